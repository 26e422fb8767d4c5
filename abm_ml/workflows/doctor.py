"""`abm doctor`: what this machine has, and what abm_ml misses on it."""

from __future__ import annotations

import importlib
import os
import platform
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.workflows.result import DONE, LOOK_AT_IT

_PACKAGES = (
    "abm_ml", "duckdb", "faiss-cpu", "ibis-framework", "lightgbm", "mlflow", "numpy", "opencc",
    "pandas", "pyarrow", "rapidfuzz", "scikit-learn", "tldextract",
)  # fmt: skip


@dataclass(frozen=True)
class Diagnosis:
    """Versions, threads, stores, and what is missing with its remedy."""

    python: str
    packages: dict[str, str]
    threads: int
    cores: int
    models: str
    champion: str | None
    missing: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """3 when something is missing."""
        return LOOK_AT_IT if self.missing else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return asdict(self)

    def to_text(self) -> str:
        """One line a fact."""
        lines = [f"Python      {self.python}"]
        lines += [f"{name:<16}{version}" for name, version in self.packages.items()]
        lines += [
            f"threads     {self.threads} of {self.cores} cores",
            f"models      {self.models}; champion: {self.champion or 'none yet'}",
        ]
        lines += [f"missing     {remedy}" for remedy in self.missing] or ["nothing is missing"]
        return "\n".join(lines)


def doctor(params: Params, models: Path) -> Diagnosis:
    """Look at this machine and at the model registry."""
    versions = {name: _version(name) for name in _PACKAGES}
    missing = [
        f"{name}: not installed; run  pip install abm_ml"
        for name, version in versions.items()
        if not version
    ]
    missing += _native_libraries()
    return Diagnosis(
        python=platform.python_version(),
        packages={name: version for name, version in versions.items() if version},
        threads=params.threads,
        cores=os.cpu_count() or 1,
        models=str(models),
        champion=_champion(models),
        missing=tuple(missing),
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _native_libraries() -> list[str]:
    """LightGBM's wheel needs the system's OpenMP, which slim images lack."""
    try:
        importlib.import_module("lightgbm")
    except OSError as error:
        return [f"{error}; on Debian run  apt-get install libgomp1"]
    return []


def _champion(models: Path) -> str | None:
    if not (models / "mlflow.db").exists():
        return None
    from abm_ml.tracking.registry import Registry

    return Registry(models).alias("champion")
