"""Who may import whom: api -> zones -> coastlines, never back, no web framework below api, no knot in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "api": {"tests", "benchmarks"},
    "zones": {"api", "flask", "gunicorn", "werkzeug", "tests", "benchmarks"},
    "coastlines": {"api", "zones", "flask", "gunicorn", "werkzeug", "tests", "benchmarks"},
}
MODULES = [(package, path) for package in FORBIDDEN for path in sorted((ROOT / package).rglob("*.py"))]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("package", "path"), MODULES, ids=[str(path.relative_to(ROOT)) for _, path in MODULES]
)
def test_imports_point_one_way(package: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not FORBIDDEN[package] & set(imported(tree))


# The rooms of api/ in an order in which each imports those before it alone.
ROOMS = (
    *("errors", "ending", "settings", "version", "colours"),
    *(
        "languages",
        "texts",
        "processes",
        "atlas",
        "batches",
        "http",
        "collections",
        "pages",
        "reports",
        "openapi",
        "routes",
    ),
    "commands",
    *("application", "building", "messages", "precompile", "__main__"),
)


def rooms_imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "api":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("api."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("api."))


@pytest.mark.parametrize("path", sorted((ROOT / "api").rglob("*.py")), ids=lambda path: path.stem)
def test_rooms_import_those_before_them(path: Path) -> None:
    room = path.relative_to(ROOT / "api").with_suffix("").parts[0]
    if room == "__init__":
        return
    before = set(ROOMS[: ROOMS.index(room) + 1])
    assert set(rooms_imported(ast.parse(path.read_text(encoding="utf-8")))) <= before
