"""Answers and coordinates of the default edition are those kept beside the format number."""

from __future__ import annotations

import json

from tests.zones import golden
from zones.editions.identity import FORMAT

KEPT = json.loads(golden.PATH.read_bytes())
RISE = "an answer or a coordinate changed: let FORMAT in identity.py rise, then run tests.zones.golden"


def test_the_format_and_the_name_are_those_kept(edition) -> None:
    assert KEPT["format"] == FORMAT, "python -m tests.zones.golden"
    assert KEPT["edition"] == edition.name, "an input changed: python -m tests.zones.golden"


def test_answers_are_those_kept(edition) -> None:
    found = golden.answers(edition)
    assert len(found) == len(KEPT["answers"])
    for row, kept in zip(found, KEPT["answers"], strict=True):
        assert row == kept, RISE
        assert list(row) == list(kept), RISE


def test_coordinates_are_those_kept(edition) -> None:
    assert golden.drawn(edition) == KEPT["features"], RISE


def test_positions_show_every_kind_of_answer() -> None:
    answers = KEPT["answers"]
    assert len(answers) >= 50
    belts = {(row["zone"], row["state"]) for row in answers}
    for state in ("AZE", "IRN", "KAZ", "RUS", "TKM"):
        assert {("territorial_waters", state), ("fishery_zone", state)} <= belts
    zones = {"internal_waters", "common_maritime_space", "land", "outside_caspian"}
    assert zones <= {zone for zone, _ in belts}
    for field in ("delimitation", "hint", "caveat", "by_coast", "sector"):
        assert any(row[field] for row in answers)
    assert {row["certain"] for row in answers} == {True, False, None}


def test_a_changed_answer_is_not_written_under_the_same_name(edition, tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "golden.json"
    monkeypatch.setattr(golden, "PATH", path)
    monkeypatch.setattr(golden, "Store", lambda: type("Kept", (), {"edition": lambda self, name: edition})())
    assert golden.main() == 0
    written = path.read_text()
    assert json.loads(written) == golden.content_of(edition)
    assert golden.main() == 0
    path.write_text(written.replace('"fishery_zone"', '"territorial_waters"', 1))
    assert golden.main() == 1
    assert "FORMAT" in capsys.readouterr().err
    path.write_text(
        written.replace('"fishery_zone"', '"territorial_waters"', 1).replace(edition.name, "osm-0")
    )
    assert golden.main() == 0
    assert path.read_text() == written
