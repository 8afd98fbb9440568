"""Who may import whom: api -> zones -> coastlines, never back, and no web framework below api."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "api": {"coastlines", "tests", "benchmarks"},
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
