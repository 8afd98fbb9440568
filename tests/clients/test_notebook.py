"""The notebook among the examples, as who opens it runs it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from zones.cache_folder import CACHE_VARIABLE
from zones.editions.store import Store

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "ships.ipynb"


def test_the_notebook_runs_and_shows_maps_and_tables(
    real_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(real_store.folder))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not [cell for cell in notebook.cells if cell.get("outputs")], "kept without what it shows"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in data for data in shown) == 2
    tables = "".join(data.get("text/html", "") for data in shown)
    for word in ("common_maritime_space", "fishery_zone-KAZ", "423000006"):
        assert word in tables
