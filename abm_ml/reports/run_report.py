"""The page of a run: the list first, then how far to trust it, then where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from abm_ml.reports.card.fused import fused
from abm_ml.reports.changes import changes_since
from abm_ml.reports.closing import limits
from abm_ml.reports.drift import drift
from abm_ml.reports.elements import facts
from abm_ml.reports.headline import headline
from abm_ml.reports.listing import listing
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import moment
from abm_ml.reports.page import page
from abm_ml.reports.plays import plays
from abm_ml.reports.shape import shape
from abm_ml.reports.sources import sources
from abm_ml.reports.texts import say, say_code
from abm_ml.reports.trust import trust


def render_run_report(
    *,
    prepare: Mapping[str, Any] | None,
    training: Mapping[str, Any] | None,
    backtest: Mapping[str, Any] | None = None,
    tal: pd.DataFrame,
    spread: pd.DataFrame | None = None,
    changes: pa.Table | None = None,
    summary: Mapping[str, Any],
    lang: str = "en",
) -> str:
    """One self-contained HTML page about a scored list, in English and Chinese.

    It names no contact and loads nothing. The same arguments give the same page.

    Parameters
    ----------
    prepare : mapping or None
        `PrepareSummary.to_dict()`; None leaves the data's part out.
    training : mapping or None
        `training_facts` of the model that `backtest` speaks of.
    backtest : mapping or None
        `BacktestReport.to_dict()` of the model in use or, where rules carry the list, of the one
        that was trained last; None leaves that part out.
    tal : DataFrame
        `ScoreResult.tal`, or its first rows.
    spread : DataFrame, optional
        `priority`, `grade` and `fit` of the whole list, where `tal` holds its first rows only.
    changes : pyarrow.Table, optional
        `rules.changes.CHANGES_SCHEMA`, where there is an earlier list.
    summary : mapping
        `ScoreResult.summary`; where drift was looked for, with `DriftReport.to_dict()` as
        `drift`.
    lang : {"en", "zh"}
        Language that shows when the page opens.

    Raises
    ------
    ParamsError
        If there is no such language.
    """
    parts: dict[str, Html] = {
        "headline": headline(summary, backtest),
        "list": listing(tal, summary, training),
        "plays": plays(summary),
        "shape": shape(tal if spread is None else spread, summary),
    }
    if changes is not None:
        parts["changes"] = changes_since(changes)
    in_use = summary["propensity"] is not None
    if backtest:
        parts["trust"] = trust(backtest, training, in_use=in_use)
    if in_use and training and (made_of := fused(training)):
        parts["fused"] = made_of
    if summary.get("drift"):
        parts["drift"] = drift(summary["drift"])
    if prepare:
        parts["data"] = sources(prepare)
    parts["limits"] = limits(with_model=in_use)
    named = [name for name in parts if name != "headline"]
    return page("page.run", lang, _facts(summary), list(parts.values()), named)


def _facts(summary: Mapping[str, Any]) -> Html:
    version = summary["model_version"]
    return facts(
        [
            ("fact.as_of", moment(summary["as_of"])),
            ("fact.motion", say_code("motion", summary["motion"])),
            ("fact.model_version", version or say("fact.no_model")),
            ("fact.run_id", tag("code", summary["run_id"])),
        ]
    )
