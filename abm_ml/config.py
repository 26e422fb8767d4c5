"""params.yaml as frozen, typed settings: every name known, every contradiction refused."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from abm_ml.criterion import Criterion, Section
from abm_ml.errors import ParamsError
from abm_ml.rulebook import (
    AccountScore,
    Engagement,
    Exclusions,
    Fusion,
    Icp,
    Intent,
    Mqa,
    Plays,
    Stages,
    Tiers,
    Workload,
)


class Prepare(Section):
    """How exports are read."""

    date_order: Literal["auto", "dmy", "mdy"] = "auto"
    max_unreadable_share: float = Field(0.05, ge=0, le=1)
    base_currency: str = "USD"
    currency_rates: dict[str, float] = Field({"USD": 1.0, "EUR": 1.08, "GBP": 1.27, "CNY": 0.14})


class Features(Section):
    """What the model sees of an account as of a date."""

    engagement_windows_days: tuple[int, ...] = (7, 30, 90, 365)
    signal_windows_days: tuple[int, ...] = (90, 365)
    stable_columns: tuple[str, ...] = (
        "country", "region", "state", "city", "industry", "sub_industry", "founded_year",
        "ownership", "employees", "revenue", "registered_capital", "insured_count",
        "description", "keywords", "technologies",
    )  # fmt: skip
    extra_columns: tuple[str, ...] = ()
    max_kinds: int = Field(30, ge=1)
    max_topics: int = Field(30, ge=1)


class Propensity(Section):
    """How the conversion model is trained and judged."""

    target: Literal["conversion", "win"] = "conversion"
    horizon_days: int = Field(180, ge=1)
    snapshot_every_months: int = Field(3, ge=1)
    max_rows: int = Field(200_000, ge=1_000)
    min_won: int = Field(40, ge=1)
    min_lost: int = Field(40, ge=1)
    folds: int = Field(4, ge=2)
    trials: int = Field(24, ge=1)
    num_leaves: tuple[int, ...] = (4, 7, 15, 31, 63)
    monotone: dict[str, Literal[-1, 1]] = Field({})
    min_matured_share: float = Field(0.9, ge=0, le=1)
    allow_columns: tuple[str, ...] = ()
    exclude_columns: tuple[str, ...] = ()


class Lookalike(Section):
    """Look-alikes: what is indexed, and how long a list is."""

    k: int = Field(1_000, ge=1)
    kind: Literal["auto", "exact", "approximate"] = "auto"
    exclude_columns: tuple[str, ...] = ()


class Scoring(Section):
    """The scored list itself."""

    holdout_share: float = Field(0.0, ge=0, lt=1)
    explain_top: int = Field(1_000, ge=0)
    batch_rows: int = Field(100_000, ge=100)


class Drift(Section):
    """When a model no longer looks at what it was trained on."""

    psi: float = Field(0.25, gt=0)
    importance: float = Field(0.02, ge=0, le=1)
    outcomes: float = Field(0.25, gt=0)
    slope: float = Field(0.5, ge=0, le=1)
    min_won: float = Field(20, gt=0)
    sample: int = Field(20_000, ge=1_000)


class Params(Section):
    """All settings of one run; the defaults are those of the shipped params.yaml."""

    seed: int = Field(0, ge=0)
    threads: int = Field(2, ge=1)
    memory_limit: str = Field("4GB", pattern=r"^\d+(MB|GB)$")
    prepare: Prepare = Prepare()
    features: Features = Features()
    propensity: Propensity = Propensity()
    engagement: Engagement = Engagement()
    intent: Intent = Intent()
    icp: Icp = Icp()
    account_score: AccountScore = AccountScore()
    tiers: Tiers = Tiers()
    mqa: Mqa = Mqa()
    stages: Stages = Stages()
    plays: Plays = Plays()
    exclusions: Exclusions = Exclusions()
    fusion: Fusion = Fusion()
    workload: Workload = Workload()
    lookalike: Lookalike = Lookalike()
    scoring: Scoring = Scoring()
    drift: Drift = Drift()

    @model_validator(mode="after")
    def _grade_exists(self) -> Self:
        asked = self.mqa.way == "grade" or "grade" in self.mqa.model_fields_set
        if asked and self.mqa.grade not in self.icp.grades:
            known = ", ".join(self.icp.grades)
            raise ValueError(f"mqa.grade: '{self.mqa.grade}' is no grade of icp.grades ({known})")
        return self


def load_params(path: str | Path | None = None) -> Params:
    """Settings from a YAML file; what the file leaves out keeps its default.

    Parameters
    ----------
    path : str or Path, optional
        The file; None gives the defaults.

    Raises
    ------
    ParamsError
        If the file cannot be read, names an unknown setting, or a value is refused.
    """
    if path is None:
        return Params()
    try:
        loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParamsError(f"{path}: cannot be read as YAML: {error}") from error
    if loaded is not None and not isinstance(loaded, dict):
        raise ParamsError(f"{path}: expected settings such as 'seed: 0', found {loaded!r}")
    return checked_params(loaded or {}, str(path))


def checked_params(settings: Mapping[str, Any], where: str) -> Params:
    """Settings by section and name; what is left out has its default.

    Parameters
    ----------
    settings : mapping
        As params.yaml holds them.
    where : str
        Where they come from, for the message.

    Raises
    ------
    ParamsError
        If a setting is unknown (names the nearest), or a value is refused.
    """
    try:
        return Params.model_validate(settings)
    except ValidationError as error:
        raise ParamsError(f"{where}: {_first_message(error)}") from error


_PLAIN = {
    "tuple_type": "give a list, such as [a, b]",
    "dict_type": "give names and values, such as {name: 1}",
    "model_type": "give settings by their names, such as {name: 1}",
    "model_attributes_type": "give settings by their names, such as {name: 1}",
    "missing": "is needed here; write it too",
}
"""What the library says of a value of the wrong kind, in words that say what to write."""


def _first_message(error: ValidationError) -> str:
    """Name the setting, what is wrong and, for a typo, what was probably meant."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "params"
    if first["type"] == "extra_forbidden":
        known = _known_names(first["loc"][:-1])
        near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
        hint = f" (did you mean {near[0]}?)" if near else f" (known: {', '.join(known)})"
        return f"{where}: no such setting{hint}"
    if first["input"] is None:
        return f"{where}: nothing is given; leave its name out for the default, or write a value"
    message = _PLAIN.get(first["type"], first["msg"].removeprefix("Value error, "))
    supplied = (
        ""
        if isinstance(first["input"], dict | BaseModel)
        else f". Supplied value {first['input']!r}"
    )
    return f"{where}: {message}{supplied}"


def _known_names(path: tuple[int | str, ...]) -> list[str]:
    """Setting names of the section at `path`."""
    model: Any = Params
    for part in path:
        annotation = (
            model.model_fields[str(part)].annotation if not isinstance(part, int) else model
        )
        model = Criterion if annotation == tuple[Criterion, ...] else annotation
    return list(model.model_fields)
