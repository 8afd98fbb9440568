"""Bundled data files, each verified against the registry whenever it is read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from coastlines.errors import DataError

__all__ = ["DATA_DIRECTORY", "REGISTRY_NAME", "read_bundled", "read_registry"]

DATA_DIRECTORY = Path(__file__).parent / "data"
REGISTRY_NAME = "registry.txt"

_REMEDY = "reinstall the package, or make the file again with its recipe in coastlines/recipes"


def read_registry(directory: Path | None = None) -> dict[str, str]:
    """Read the registry: the sha256 of every data file.

    Args:
        directory: Folder of the data; the bundled one if not given.

    Returns:
        Path relative to the folder, with forward slashes, to sha256 in lower-case hexadecimal.

    Raises `DataError`: the registry is missing, or a line of it is not "sha256  path".
    """
    path = (directory or DATA_DIRECTORY) / REGISTRY_NAME
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the data registry {path}: {_REMEDY}", path=path) from error
    registry: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name:
            raise DataError(
                f'line {number} of the data registry {path} is not "sha256  path": {_REMEDY}',
                path=path,
            )
        registry[name] = digest
    return registry


def read_bundled(name: str, directory: Path | None = None) -> bytes:
    """Read one data file and verify its sha256.

    Args:
        name: Path relative to the data folder, as registered, such as ``"osm/coast.geojson"``.
        directory: Folder of the data; the bundled one if not given.

    Returns:
        Content of the file.

    Raises `DataError`: missing, not registered, or its content is not what was registered.
    """
    folder = directory or DATA_DIRECTORY
    path = folder / name
    expected = read_registry(folder).get(name)
    if expected is None:
        raise DataError(f"data file {name} is not in {folder / REGISTRY_NAME}: {_REMEDY}", path=path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"data file {path} cannot be read: {_REMEDY}", path=path, expected=expected
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DataError(
            f"data file {path} was changed: expected sha256 {expected}, found {found}; {_REMEDY}",
            path=path,
            expected=expected,
            found=found,
        )
    return content
