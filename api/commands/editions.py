"""``caspian editions``: what there is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from api.commands.common import Command, Context
from api.texts.json_text import write_json
from api.texts.parameters_text import parameters_of_metadata

if TYPE_CHECKING:
    from zones.editions.store import EditionInfo


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print everything known as JSON")


def _run(arguments: argparse.Namespace, context: Context) -> int:
    infos = context.store.editions()
    if arguments.json:
        print(write_json({"editions": [_as_dict(info) for info in infos]}))
        return 0
    name_width = max((len(info.name) for info in infos), default=0)
    coast_width = max((len(info.coast) for info in infos), default=0)
    for info in infos:
        built = "built    " if info.built else "not built"
        assumptions = info.metadata.get("assumptions") or ""
        # A coast of one's own is one of the assumptions.
        parts = (assumptions,) if info.title in assumptions else (info.title, assumptions)
        said = "; ".join(filter(None, parts))
        print(f"{info.name:<{name_width}}  {info.coast:<{coast_width}}  {built}  {said}")
    return 0


def _as_dict(info: EditionInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "coast": info.coast,
        "title": info.title,
        "built": info.built,
        "assumptions": info.metadata.get("assumptions"),
        "parameters": parameters_of_metadata(info.metadata),
        "metadata": info.metadata,
    }


COMMAND = Command("editions", "list the editions there are", _arguments, _run)
