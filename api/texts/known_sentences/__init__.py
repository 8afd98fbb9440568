"""Sentences that are said in English where they arise, by subject; ``%(name)s`` stands for a part."""

from __future__ import annotations

from api.texts.known_sentences import (
    answers,
    assumptions,
    features,
    files,
    filters,
    jobs,
    law,
    positions,
    requests,
    routes,
    straight_lines,
    what_ifs,
)

KNOWN = tuple(
    sentence
    for subject in (
        answers, assumptions, features, files, filters, jobs, law, positions, requests, routes,
        straight_lines, what_ifs,
    )
    for sentence in subject.SENTENCES
)  # fmt: skip
LABELS = straight_lines.LABELS
NAMES = features.NAMES
