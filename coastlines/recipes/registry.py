"""Enter every data file in the registry anew, after one was changed by hand."""

from __future__ import annotations

from coastlines.bundled import DATA_DIRECTORY
from coastlines.recipes.writing import update_registry

if __name__ == "__main__":
    for folder in sorted(path.name for path in DATA_DIRECTORY.iterdir() if path.is_dir()):
        update_registry(folder)
