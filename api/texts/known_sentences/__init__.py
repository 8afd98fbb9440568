"""Sentences that are said in English where they arise, by subject; ``%(name)s`` stands for a part."""

from __future__ import annotations

from api.texts.known_sentences import answers, assumptions, features, jobs, positions, what_ifs

KNOWN = tuple(
    sentence
    for subject in (assumptions, answers, positions, features, what_ifs, jobs)
    for sentence in subject.SENTENCES
)
