"""What the README and the pages beside it show is what the software does."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from api.commands import NAMES
from coastlines import SOURCE_IDS
from tests.api.conftest import Caspian
from zones.classification.records import FIELDS
from zones.editions.store import Store
from zones.tracks.tables import EVENT_FIELDS, SUM_FIELDS
from zones.words import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = {
    path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
}
BLOCKS = [
    block
    for text in GUIDES.values()
    for block in re.findall(r"^```\w*\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
]
MOST_LINES = 200
CURLS = [
    (block.strip(), following.strip())
    for block, following in itertools.pairwise(BLOCKS)
    if block.startswith("curl ") and " -i " not in block and following.startswith("{")
]
EDITION = re.compile(r"osm-2024\.08-[0-9a-f]{8,32}")


def without_edition(value: Any) -> Any:
    """Everything but the edition's name, whose hash stands for inputs that may change."""
    return json.loads(EDITION.sub("EDITION", json.dumps(value)))


def test_there_are_examples() -> None:
    assert len(CURLS) >= 3


@pytest.mark.parametrize(("command", "answer"), CURLS, ids=[command[:60] for command, _ in CURLS])
def test_curl_answers(command: str, answer: str, real_client: FlaskClient) -> None:
    words = shlex.split(command)
    parts = urlsplit(next(word for word in words if word.startswith("http://")))
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    if "-d" in words:
        body = words[words.index("-d") + 1]
        response = real_client.post(address, data=body, content_type="application/json")
    else:
        response = real_client.get(address)
    assert without_edition(response.get_json()) == without_edition(json.loads(answer))


def test_first_answer_by_command_line(real_caspian: Caspian) -> None:
    answer = next(block for block in BLOCKS if block.startswith("40°06.0000'N"))
    printed = real_caspian("classify", "49.97", "40.1").out
    assert EDITION.sub("EDITION", printed) == EDITION.sub("EDITION", answer)


@pytest.mark.whole
def test_straight_lines_example(real_caspian: Caspian, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = next(block for block in BLOCKS if '"Baku bay (example)"' in block)
    assert json.loads(shown) == json.loads((ROOT / "docs" / "straight-lines.geojson").read_text())
    edition = real_caspian("build", "--straight", "docs/straight-lines.geojson").out.strip()
    answer = real_caspian("classify", "49.9", "40.34", "--edition", edition, "--no-compare").out
    block = next(block for block in BLOCKS if block.startswith("caspian build --straight"))
    assert EDITION.sub("EDITION", answer) in EDITION.sub("EDITION", block)
    record = real_caspian("classify", "49.9", "40.34", "--json", "--edition", edition).json
    assert (record["zone"], record["state"]) == ("internal_waters", "AZE")


def test_everything_has_its_row() -> None:
    names = [*ANSWERS, *SOURCE_IDS]
    missing = [name for name in names if f"`{name}`" not in README]
    assert not missing
    assert not [name for name in NAMES if f"`caspian {name}" not in README]
    rows = [f"| `{one.name}` | {one.type} | {one.unit or ''} | {one.meaning} |" for one in FIELDS]
    assert "\n".join(rows) in README
    tracks = GUIDES[ROOT / "docs" / "tracks.md"]
    for fields in (EVENT_FIELDS, SUM_FIELDS):
        rows = [f"| `{one.name}` | {one.type} | {one.unit or ''} | {one.meaning} |" for one in fields]
        assert "\n".join(rows) in tracks


def test_links_and_picture_lead_somewhere() -> None:
    for path, text in {**GUIDES, ROOT / "CONTRIBUTING.md": (ROOT / "CONTRIBUTING.md").read_text()}.items():
        for target, place in re.findall(r"\]\(([^)#:]*)(#[^)]*)?\)", text):
            found = (path.parent / target) if target else path
            assert found.exists(), (path.name, target)
            if place:
                headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), flags=re.MULTILINE)
                assert place[1:] in {
                    re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings
                }
    assert (ROOT / "docs" / "zones.png").stat().st_size <= 400_000


def test_the_readme_is_for_a_newcomer() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_python_in_the_readme(real_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASPIAN_CACHE", str(real_store.folder))
    (program,) = re.findall(r"^```python\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    zone, name, events = done.stdout.split()
    assert zone == "territorial_waters"
    assert EDITION.fullmatch(name)
    assert int(events) > 4
