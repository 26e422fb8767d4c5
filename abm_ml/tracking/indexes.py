"""Look-alike indexes in the models directory: every build a version, one of them current.

Files live in `models/index/<version>-<checksum>/`; `models/index/current.json` names the version in
use and the checksum of its manifest.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

from abm_ml.errors import ArtefactError
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.tracking.artefacts import MANIFEST, verify_manifest, write_manifest
from abm_ml.tracking.store import writing

EXPERIMENT = "index"
"""MLflow's name for runs that build an index."""

CURRENT = "current.json"

_REMEDY = "run  abm index  again"


class IndexStore:
    """Versions of the look-alike index in one models directory.

    Parameters
    ----------
    models : Path
        The models directory; reading never creates anything in it.
    """

    def __init__(self, models: Path) -> None:
        self.models = models
        self.folder = models / "index"

    def register(self, index: LookalikeIndex, as_of: datetime) -> str:
        """Save an index as the current version; the one before it is kept, older ones are not.

        Parameters
        ----------
        index : LookalikeIndex
            What is saved.
        as_of : datetime
            Up to when outcomes were seen that decided its columns and their weights.

        Returns
        -------
        str
            Its name: the embedding's version, and a checksum of all that is in it.

        Raises
        ------
        OutputError
            If the models directory cannot be written.
        """
        with writing(self.models):
            before = self._pointer()["folder"] if self._has_pointer() else ""
            pointer = self._save(index) | {"as_of": as_of.isoformat()}
            self._point_to(pointer)
            self._prune({pointer["folder"], before})
        return pointer["folder"]

    def current(self) -> str | None:
        """Name of the version in use; None before the first build."""
        return self._pointer()["folder"] if self._has_pointer() else None

    def seen_until(self) -> datetime:
        """Up to when outcomes were seen that decided the current index's columns and weights."""
        return datetime.fromisoformat(self._pointer()["as_of"])

    def load(self, *, threads: int = 2) -> tuple[LookalikeIndex, str]:
        """The current index and its name, once its files are found to be those that were saved.

        Raises
        ------
        ArtefactError
            If there is none yet, or its files are missing or were changed.
        """
        if not self._has_pointer():
            raise ArtefactError(
                f"{self.models}: there is no look-alike index yet; run  abm index  first"
            )
        pointer = self._pointer()
        folder = self.folder / pointer["folder"]
        try:
            verify_manifest(folder, pointer["manifest_sha256"])
        except ArtefactError as error:
            raise ArtefactError(f"{error} (or {_REMEDY})") from error
        return LookalikeIndex.load(folder, threads=threads), pointer["folder"]

    def _has_pointer(self) -> bool:
        return (self.folder / CURRENT).is_file()

    def _pointer(self) -> dict[str, str]:
        file = self.folder / CURRENT
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            return {name: str(told[name]) for name in ("folder", "manifest_sha256", "as_of")}
        except (ValueError, KeyError, TypeError) as error:
            raise ArtefactError(f"{file}: not a file of ours; {_REMEDY}") from error

    def _save(self, index: LookalikeIndex) -> dict[str, str]:
        """Write a version beside its place and move it there whole; returns what names it.

        The folder is named after the content too: an intact one is never replaced, so that the
        current version stays whole whatever happens here.
        """
        staging = self.folder / f".{index.version}.new"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        index.save(staging)
        digest = write_manifest(staging)
        target = self.folder / f"{index.version}-{digest[:8]}"
        if _intact(target, digest):
            shutil.rmtree(staging)
        else:
            shutil.rmtree(target, ignore_errors=True)
            os.rename(staging, target)
        return {"folder": target.name, "manifest_sha256": digest}

    def _point_to(self, pointer: dict[str, str]) -> None:
        """Name the current version, in one step."""
        staging = self.folder / f".{CURRENT}.new"
        staging.write_text(json.dumps(pointer, indent=2) + "\n", encoding="utf-8")
        os.replace(staging, self.folder / CURRENT)

    def _prune(self, kept: set[str]) -> None:
        """Remove the versions that nobody will go back to, and what a killed build left."""
        for folder in sorted(self.folder.iterdir()):
            ours = (folder / MANIFEST).is_file() or folder.name.endswith(".new")
            if folder.is_dir() and ours and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _intact(folder: Path, digest: str) -> bool:
    """Whether a folder holds exactly these files."""
    try:
        verify_manifest(folder, digest)
    except ArtefactError:
        return False
    return True
