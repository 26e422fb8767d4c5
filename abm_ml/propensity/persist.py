"""Saving and loading a trained model without ever running code from the files.

A model is three files: JSON for what can be read, arrays without pickles, and LightGBM's own
text. Loading builds our own classes from plain values; nothing in the files names a class, a
module or a function. (Whether the files are the ones that were written is for the manifest of
`abm_ml.tracking` to say.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from lightgbm.basic import LightGBMError

from abm_ml.errors import AbmError, ArtefactError, OutputError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.drift import Profile
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.leaks import Leak
from abm_ml.propensity.scorer import Scorer
from abm_ml.propensity.value import AmountModel

FORMAT = "abm_ml propensity model 2"
JSON_FILE = "model.json"
ARRAYS_FILE = "arrays.npz"
TREES_FILE = "trees.txt"

_ARRAY = "$array"


@dataclass(frozen=True)
class TrainedPropensity:
    """A fitted model with all that scoring and reports must know of it.

    Parameters
    ----------
    model : PropensityModel
        Fitted.
    spec : FeatureSpec
        The features that it was trained on.
    target : str
        `conversion` or `win`.
    horizon_days : int or None
        The label's window (`conversion`).
    verdict : str
        `good`, `weak` or `no signal found`.
    base_rate : float
        Rate of positives in the training data.
    expected_amount : float or None
        Mean amount of a won opportunity.
    report : mapping
        The back-test, as `BacktestReport.to_dict` gives it.
    leaks : tuple of Leak
        Suspected leaks that were kept out.
    as_of : datetime or None
        What the training data ends at.
    seed : int
        The run's seed.
    facts : mapping
        Whatever else the run wants to keep (plain values).
    profile : Profile or None
        The universe at training, to find drift against.
    amounts : AmountModel or None
        What a won deal is expected to bring; None where no amount was given.
    fusion : mapping or None
        Weights of priority's parts that the training learned, with their evidence (plain
        values): `weights` and `weights_with_similarity` by part. None: the params' hold.
    """

    model: PropensityModel
    spec: FeatureSpec
    target: str
    verdict: str
    base_rate: float
    horizon_days: int | None = None
    expected_amount: float | None = None
    report: Mapping[str, Any] = field(default_factory=dict)
    leaks: tuple[Leak, ...] = ()
    as_of: datetime | None = None
    seed: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    profile: Profile | None = None
    amounts: AmountModel | None = None
    fusion: Mapping[str, Any] | None = None


def save_propensity(trained: TrainedPropensity, directory: Path) -> None:
    """Write a trained model into a directory (created where it is missing).

    Raises
    ------
    OutputError
        If the directory cannot be written.
    """
    model = trained.model
    state = model.scorer_.state()
    trees = state["trees"]
    text = trees.pop("text") if trees else None
    arrays: dict[str, Any] = {}
    saved = {
        "format": FORMAT,
        "target": trained.target,
        "verdict": trained.verdict,
        "base_rate": trained.base_rate,
        "horizon_days": trained.horizon_days,
        "expected_amount": trained.expected_amount,
        "as_of": trained.as_of and trained.as_of.isoformat(),
        "seed": trained.seed,
        "facts": dict(trained.facts),
        "profile": trained.profile and trained.profile.to_dict(),
        "leaks": [asdict(leak) for leak in trained.leaks],
        "spec": trained.spec.to_dict(),
        "params": model.get_params(),
        "classes": model.classes_.tolist(),
        "columns": model.columns_,
        "named": hasattr(model, "feature_names_in_"),
        "split": model.split_,
        "scorer": _without_arrays(state, arrays),
        "amounts": trained.amounts and _without_arrays(trained.amounts.state(), arrays),
        "report": dict(trained.report),
        "fusion": trained.fusion and dict(trained.fusion),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        written = json.dumps(saved, ensure_ascii=False, indent=1, default=_plain)
        (directory / JSON_FILE).write_text(written, encoding="utf-8")
        np.savez_compressed(directory / ARRAYS_FILE, allow_pickle=False, **arrays)
        if text is not None:
            (directory / TREES_FILE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{directory}: the model could not be written: {error}") from error


def load_propensity(directory: Path) -> TrainedPropensity:
    """The model that `save_propensity` wrote.

    Raises
    ------
    ArtefactError
        If files are missing or are not what `save_propensity` writes.
    """
    try:
        saved = json.loads((directory / JSON_FILE).read_text(encoding="utf-8"))
        if not isinstance(saved, dict) or saved.get("format") != FORMAT:
            raise ArtefactError(f"{directory / JSON_FILE}: is not {FORMAT!r}; train the model anew")
        # Without pickles an array file can hold numbers and nothing that runs.
        with np.load(directory / ARRAYS_FILE, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        state = _with_arrays(saved["scorer"], arrays)
        saved["amounts"] = _with_arrays(saved["amounts"], arrays)
        if state["trees"]:
            state["trees"]["text"] = (directory / TREES_FILE).read_text(encoding="utf-8")
        return _trained(saved, Scorer.from_state(state))
    except ArtefactError:
        raise
    except (OSError, EOFError, BadZipFile, LightGBMError, AbmError) as error:
        raise ArtefactError(f"{directory}: the model cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtefactError(
            f"{directory}: the files are not a model that abm_ml wrote ({error}); train it anew"
        ) from error


def _trained(saved: dict[str, Any], scorer: Scorer) -> TrainedPropensity:
    model = PropensityModel.from_scorer(
        scorer,
        classes=saved["classes"],
        columns=saved["columns"],
        named=saved["named"],
        split=saved["split"],
        params=saved["params"],
    )
    return TrainedPropensity(
        model=model,
        spec=FeatureSpec.from_dict(saved["spec"]),
        target=saved["target"],
        verdict=saved["verdict"],
        base_rate=saved["base_rate"],
        horizon_days=saved["horizon_days"],
        expected_amount=saved["expected_amount"],
        report=saved["report"],
        leaks=tuple(Leak(**leak) for leak in saved["leaks"]),
        as_of=saved["as_of"] and datetime.fromisoformat(saved["as_of"]),
        seed=saved["seed"],
        facts=saved["facts"],
        profile=saved["profile"] and Profile.from_dict(saved["profile"]),
        amounts=saved["amounts"] and AmountModel.from_state(saved["amounts"]),
        fusion=_checked_fusion(saved.get("fusion")),
    )


def _checked_fusion(fusion: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Learned weights, which must not be negative: a better part never lowers priority."""
    for name in ("weights", "weights_with_similarity"):
        weights = None if fusion is None else fusion[name]
        if weights is not None and not (min(weights.values()) >= 0 and sum(weights.values()) > 0):
            raise ValueError(f"fusion.{name} must be 0 or more and not all 0, got {weights}")
    return fusion


def _without_arrays(value: Any, arrays: dict[str, Any]) -> Any:
    """The same value with each array replaced by the name under which it goes to `arrays`."""
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {_ARRAY: name}
    if isinstance(value, dict):
        return {key: _without_arrays(item, arrays) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_arrays(item, arrays) for item in value]
    return value


def _with_arrays(value: Any, arrays: dict[str, Any]) -> Any:
    """Undo `_without_arrays`."""
    if isinstance(value, dict):
        if _ARRAY in value:
            return arrays[value[_ARRAY]]
        return {key: _with_arrays(item, arrays) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_arrays(item, arrays) for item in value]
    return value


def _plain(value: Any) -> Any:
    """What JSON doesn't know: numpy's numbers, dates, mappings and tuples."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be saved in a model's JSON: {value!r}")
