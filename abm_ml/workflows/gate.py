"""The gate: whether a challenger may replace the champion (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.scoring.drift import drift_report
from abm_ml.scoring.propensity import NO_SIGNAL
from abm_ml.workflows.as_of import latest_instant
from abm_ml.workflows.comparison import Comparison, by_backtests, on_later_outcomes
from abm_ml.workflows.human import open_human

_OF_THE_MACHINE = ("random_state", "n_jobs")
_FOUND_IN_DATA = ("columns", "held_back")


@dataclass(frozen=True)
class Gate:
    """What the gate says of a challenger, and on what grounds.

    Parameters
    ----------
    passed : bool
        Whether it may become champion.
    reason : str
        Why, with the figures.
    figures : mapping
        The figures by name, ready for JSON; empty where nothing was compared.
    """

    passed: bool
    reason: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def gate(
    challenger: TrainedPropensity,
    champion: TrainedPropensity | None,
    data: Path | None = None,
    params: Params | None = None,
) -> Gate:
    """Whether a challenger may replace the champion.

    The first champion needs a signal. After that both are compared by log loss on outcomes that
    came after both trainings, if `data` has at least 30 won ones: a plain retrain must not be
    worse; another kind of model must be better, or no worse than a champion that has drifted.
    Without such outcomes the back-tests recorded at training must not be worse.

    Parameters
    ----------
    challenger, champion : TrainedPropensity
        The models; no champion yet: None.
    data : Path, optional
        What `abm prepare` wrote after both trainings.
    params : Params, optional
        Bounds of drift, threads and memory; the defaults if not given.
    """
    if challenger.verdict == NO_SIGNAL:
        return Gate(False, "its back-test found no signal, so it would have no weight in the list")
    if champion is None:
        return Gate(True, f"the first champion; verdict of its back-test: {challenger.verdict}")
    if _asks(challenger) != _asks(champion):
        return Gate(
            False,
            f"it predicts {_asks(challenger)} and the champion {_asks(champion)}, which cannot "
            "be compared; if that is what you want: --force --why '…'",
        )
    if data is None:
        return _not_worse(by_backtests(challenger, champion))
    settings = params or Params()
    crm = open_human(data, settings)
    found = on_later_outcomes(challenger, champion, crm, settings.seed)
    if found is None:
        return _not_worse(by_backtests(challenger, champion))
    new = differences(challenger, champion)
    return _better(found, new, champion, crm, settings) if new else _not_worse(found)


def differences(challenger: TrainedPropensity, champion: TrainedPropensity) -> tuple[str, ...]:
    """What makes the challenger another kind of model; nothing: it is a plain retrain.

    A kind is a recipe: the settings of the estimator (but for seed and threads), those of the
    features, and the tables that features come from. What follows from the data is no other
    recipe: which candidate the search chose, which topics and kinds of events are frequent
    enough, which columns are suspected leaks.
    """
    ours, theirs = _recipe(challenger), _recipe(champion)
    return tuple(name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name))


def _recipe(trained: TrainedPropensity) -> dict[str, Any]:
    estimator, spec = trained.model.get_params(), trained.spec.to_dict()
    recipe = {name: estimator[name] for name in estimator if name not in _OF_THE_MACHINE}
    recipe |= {name: spec[name] for name in spec if name not in _FOUND_IN_DATA}
    recipe["tables"] = sorted({feature.source for feature in trained.spec.features})
    # A list that was saved as JSON is the tuple that it was.
    return {name: list(v) if isinstance(v, tuple) else v for name, v in recipe.items()}


def _not_worse(found: Comparison) -> Gate:
    """The rule for a plain retrain, and where rows are too few to prove more."""
    word = "not worse" if found.not_worse else "worse"
    return _gate(found, found.not_worse, f"{word} than the champion by more than")


def _better(
    found: Comparison,
    new: tuple[str, ...],
    champion: TrainedPropensity,
    crm: Crm,
    settings: Params,
) -> Gate:
    """The rule for another kind of model: better, or no worse than one that has drifted."""
    kind = f"another kind of model ({', '.join(new)})"
    if found.better:
        return Gate(True, f"{kind}, better than the champion: {found.grounds}", found.to_dict())
    if not found.not_worse:
        return _gate(found, False, f"{kind}, worse than the champion by more than")
    alarms = drift_report(crm, champion, latest_instant(crm), settings.drift).alarms
    if alarms:
        passed = _gate(found, True, f"{kind}, not worse by more than")
        told = f"{passed.reason}; and the champion has drifted ({'; '.join(alarms)})"
        return Gate(True, told, {**passed.figures, "champion_drift": list(alarms)})
    return Gate(
        False,
        f"{kind} must be better than the champion with 95 % confidence, and is not: "
        f"{found.grounds}; nor has the champion drifted",
        found.to_dict(),
    )


def _gate(found: Comparison, passed: bool, words: str) -> Gate:
    return Gate(passed, f"{words} {found.allowed:.4f}: {found.grounds}", found.to_dict())


def _asks(trained: TrainedPropensity) -> str:
    """The question that a model answers."""
    within = f" within {trained.horizon_days} days" if trained.horizon_days else ""
    return f"{trained.target}{within}"
