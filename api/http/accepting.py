"""Which of several media types an Accept header asks for."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept


def best_type(accepted: MIMEAccept, offered: Sequence[str], usual: str) -> str | None:
    """The offered type with the highest quality; among equals the usual one, then the first.

    Parameters of media ranges are ignored. None where nothing offered is acceptable.
    """
    if not accepted:
        return usual
    qualities: dict[str, float] = {}
    for value, quality in accepted:
        named = value.split(";")[0].strip().lower()
        qualities[named] = max(quality, qualities.get(named, 0.0))

    def quality_of(media_type: str) -> float:
        for named in (media_type, f"{media_type.split('/')[0]}/*", "*/*"):
            if named in qualities:
                return qualities[named]
        return 0.0

    ranked = sorted(offered, key=lambda media_type: (-quality_of(media_type), media_type != usual))
    return ranked[0] if quality_of(ranked[0]) > 0.0 else None
