"""What the model predicts, and the window and rows that it learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, section, table
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import count, moment, share
from abm_ml.reports.texts import say, words


def learned(training: Mapping[str, Any], backtest: Mapping[str, Any]) -> Html:
    """The target in words, then the rows behind it; what the run did not keep is left out.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model.
    backtest : mapping
        `BacktestReport.to_dict()` of the model.
    """
    return section("learned", _target(training), _rows(training, backtest))


def _target(training: Mapping[str, Any]) -> Html | None:
    if training["target"] is None:
        return None
    horizon = training["horizon_days"]
    days = words("target.days", n=horizon) if horizon else words("target.horizon")
    return tag("p", say(f"learned.{training['target']}", days=days))


def _rows(training: Mapping[str, Any], backtest: Mapping[str, Any]) -> Html:
    told: dict[str, object] = {
        **{name: moment(training[name]) for name in _INSTANTS if name in training},
        "until": moment(training["as_of"]) if training["as_of"] else None,
        **{name: count(training[name]) for name in _COUNTS if name in training},
        "base_rate": share(training["base_rate"], 1) if "base_rate" in training else None,
        "columns": count(len(backtest["columns"])),
    }
    rows = [(say(f"learned.{name}"), told[name]) for name in told if told[name] is not None]
    return table([Column("learned.fact"), Column("learned.value", number=True)], rows)


_INSTANTS = ("first_as_of", "last_as_of")
_COUNTS = ("rows", "won", "lost", "accounts")
