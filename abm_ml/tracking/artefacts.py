"""A manifest of SHA-256 checksums beside saved files: what was changed is not loaded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from abm_ml.errors import ArtefactError

MANIFEST = "manifest.json"

_REMEDY = "restore it from a backup, or train again"


def write_manifest(directory: Path) -> str:
    """List every file under a directory with its size and SHA-256 in `manifest.json`.

    Parameters
    ----------
    directory : Path
        Files to be listed, at any depth; an earlier manifest is replaced.

    Returns
    -------
    str
        SHA-256 of the manifest itself, in hex: kept elsewhere, it vouches for the whole directory.
    """
    files = {name: _entry(directory / name) for name in _file_names(directory)}
    manifest = directory / MANIFEST
    manifest.write_text(json.dumps({"files": files}, indent=2, sort_keys=True), encoding="utf-8")
    return _sha256(manifest)


def verify_manifest(directory: Path, digest: str | None = None) -> None:
    """Check that a directory holds exactly the files of its manifest, unchanged.

    Parameters
    ----------
    directory : Path
        A directory that `write_manifest` has seen.
    digest : str, optional
        What `write_manifest` returned; given, the manifest itself is checked too.

    Raises
    ------
    ArtefactError
        If the manifest, or a file that it names, is missing or changed, or a file was added.
    """
    manifest = directory / MANIFEST
    if not manifest.is_file():
        raise ArtefactError(f"{manifest}: missing, so nothing here can be trusted; {_REMEDY}")
    if digest is not None and _sha256(manifest) != digest:
        raise ArtefactError(f"{manifest}: changed since it was registered; {_REMEDY}")
    listed = _listed_files(manifest)
    found = _file_names(directory)
    for name in sorted(set(found) - set(listed)):
        raise ArtefactError(f"{directory / name}: not in the manifest; remove it, or train again")
    for name, entry in sorted(listed.items()):
        if name not in found:
            raise ArtefactError(f"{directory / name}: missing; {_REMEDY}")
        if _entry(directory / name) != entry:
            raise ArtefactError(
                f"{directory / name}: changed since it was saved (SHA-256 differs); {_REMEDY}"
            )


def _file_names(directory: Path) -> list[str]:
    """Every file under a directory but the manifest, as sorted relative names."""
    paths = (path for path in directory.rglob("*") if not path.is_dir())
    names = (path.relative_to(directory).as_posix() for path in paths)
    return sorted(name for name in names if name != MANIFEST)


def _listed_files(manifest: Path) -> dict[str, Any]:
    """The files that a manifest names."""
    try:
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError) as error:
        raise ArtefactError(f"{manifest}: not a manifest of ours; {_REMEDY}") from error
    if not isinstance(files, dict):
        raise ArtefactError(f"{manifest}: not a manifest of ours; {_REMEDY}")
    return files


def _entry(path: Path) -> dict[str, Any]:
    """Size in bytes and checksum of one file."""
    if not path.is_file():
        raise ArtefactError(f"{path}: not a regular file")
    return {"bytes": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
