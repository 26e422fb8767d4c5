"""The model registry: versions of the propensity model, who is champion, and since when.

Versions and aliases live in MLflow's database, files under `models/artefacts/`, named relative
to the models directory so that it can be moved or copied as a whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from abm_ml.errors import ArtefactError
from abm_ml.propensity.persist import TrainedPropensity, load_propensity
from abm_ml.tracking.artefacts import verify_manifest, write_manifest
from abm_ml.tracking.store import has_store, open_store, writing

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import RegisteredModel

MODEL = "propensity"
CHAMPION = "champion"
CHALLENGER = "challenger"

_DIGEST = "manifest_sha256"
_HISTORY = "history:"


@dataclass(frozen=True)
class Move:
    """One move of the champion alias.

    Parameters
    ----------
    action : str
        "promote" or "rollback".
    version : str
        The champion from then on.
    previous : str or None
        The champion until then.
    who, why : str
        Who moved it and the reason given.
    when : str
        UTC, ISO 8601.
    """

    action: str
    version: str
    previous: str | None
    who: str
    why: str
    when: str


class Registry:
    """Versions of the propensity model in one models directory.

    Parameters
    ----------
    models : Path
        The models directory; reading never creates anything in it.
    """

    def __init__(self, models: Path) -> None:
        self.models = models

    @cached_property
    def _client(self) -> MlflowClient:
        return open_store(self.models)

    def register(self, directory: Path, *, run_id: str, facts: Mapping[str, str]) -> str:
        """Copy a saved model into the registry as a new version, the challenger.

        Parameters
        ----------
        directory : Path
            What `save_propensity` wrote.
        run_id : str
            The MLflow run that trained it.
        facts : mapping of str to str
            What is worth reading in the list of versions (verdict, target, as_of …).

        Returns
        -------
        str
            The version, counted from 1.

        Raises
        ------
        OutputError
            If the models directory cannot be written.
        """
        source = f"artefacts/{MODEL}-{run_id}"
        client = self._client
        with writing(self.models):
            digest = _copy_whole(directory, self.models / source)
            if self._model() is None:
                client.create_registered_model(MODEL)
            created = client.create_model_version(
                MODEL, source=source, run_id=run_id, tags={**facts, _DIGEST: digest}
            )
            version = str(created.version)
            client.set_registered_model_alias(MODEL, CHALLENGER, version)
        return version

    def alias(self, name: str) -> str | None:
        """The version that an alias points to; None where it points nowhere."""
        model = self._model()
        version = model.aliases.get(name) if model else None
        return None if version is None else str(version)

    def versions(self) -> dict[str, dict[str, str]]:
        """Every version with its facts, oldest first."""
        if self._model() is None:
            return {}
        found = self._client.search_model_versions(f"name='{MODEL}'", max_results=10_000)
        ordered = sorted(found, key=lambda version: int(version.version))
        return {str(version.version): dict(version.tags) for version in ordered}

    def load(self, version_or_alias: str = CHAMPION) -> tuple[TrainedPropensity, str]:
        """A version, once its files are found to be the ones that were registered.

        Parameters
        ----------
        version_or_alias : str
            "champion", "challenger", or a version such as "3".

        Returns
        -------
        trained : TrainedPropensity
            The model and what it needs to score.
        version : str
            Its version.

        Raises
        ------
        ArtefactError
            If there is no such version, or its files are missing or were changed.
        """
        version = self.resolve(version_or_alias)
        found = self._client.get_model_version(MODEL, version)
        directory = self.models / found.source
        verify_manifest(directory, found.tags.get(_DIGEST))
        return load_propensity(directory), version

    def resolve(self, version_or_alias: str) -> str:
        """The version that is meant by a version or an alias.

        Raises
        ------
        ArtefactError
            If there is none.
        """
        versions = self.versions()
        if not versions:
            raise ArtefactError(f"{self.models}: no model is registered; run  abm train  first")
        if version_or_alias in versions:
            return version_or_alias
        version = self.alias(version_or_alias)
        if version is None:
            alias = version_or_alias in (CHAMPION, CHALLENGER)
            wanted = f"{version_or_alias} now" if alias else f"version {version_or_alias}"
            raise ArtefactError(
                f"{self.models}: there is no {wanted}; there is {self._list_of(list(versions))}"
            )
        return version

    def move_champion(self, version: str, *, action: str, who: str, why: str) -> Move:
        """Make a version the champion and record who did it, when and why.

        The record is written first: a run killed in between leaves the champion as it was, and
        what it recorded is not found by `previous_champion`.
        """
        when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # MLflow takes no "+" in names
        move = Move(action, version, self.alias(CHAMPION), who, why, when)
        record = json.dumps(asdict(move), ensure_ascii=False)
        with writing(self.models):
            self._client.set_registered_model_tag(MODEL, f"{_HISTORY}{when}", record)
            self._client.set_registered_model_alias(MODEL, CHAMPION, version)
        return move

    def withdraw_challenger(self) -> None:
        """Take the challenger alias away, so that nothing waits for promotion."""
        with writing(self.models):
            self._client.delete_registered_model_alias(MODEL, CHALLENGER)

    def history(self) -> list[Move]:
        """All promotions and rollbacks, oldest first."""
        model = self._model()
        tags = dict(model.tags) if model else {}
        keys = sorted(key for key in tags if key.startswith(_HISTORY))
        return [Move(**json.loads(tags[key])) for key in keys]

    def previous_champion(self) -> str | None:
        """The version that the present champion replaced when it was promoted; None if none."""
        current = self.alias(CHAMPION)
        for move in reversed(self.history()):
            if move.action == "promote" and move.version == current:
                return move.previous
        return None

    def _list_of(self, versions: list[str]) -> str:
        """All versions with their aliases: "version 1 (champion), version 2"."""
        named = {self.alias(name): f" ({name})" for name in (CHALLENGER, CHAMPION)}
        return ", ".join(f"version {version}{named.get(version, '')}" for version in versions)

    def _model(self) -> RegisteredModel | None:
        if not has_store(self.models):
            return None
        found = self._client.search_registered_models(f"name='{MODEL}'")
        return found[0] if found else None


def _copy_whole(directory: Path, target: Path) -> str:
    """Copy a directory so that it appears whole; return the digest of its manifest."""
    staging = target.with_name(f".{target.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    shutil.copytree(directory, staging)
    digest = write_manifest(staging)
    os.rename(staging, target)
    return digest
