"""`abm score --opportunities`: open deals beside the list, or what is missing for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.errors import ParamsError
from abm_ml.workflows.score import ScoreRun, score


@pytest.fixture(scope="module")
def run(
    world: Path, trained_in: Path, params: Params, tmp_path_factory: pytest.TempPathFactory
) -> ScoreRun:
    """A scoring with the first challenger, whose target is win."""
    out = tmp_path_factory.mktemp("deals") / "tal"
    return score(world / "work", out, params, trained_in, version="1", opportunities=True)


def test_open_deals_are_written_for_machines_and_for_people(run: ScoreRun) -> None:
    scored = pd.read_parquet(run.out / "opportunities.parquet")
    excluded = pd.read_parquet(run.out / "opportunities_excluded.parquet")
    shown = pd.read_csv(run.out / "opportunities.csv", encoding="utf-8-sig")
    assert shown["opportunity_id"].tolist() == scored["opportunity_id"].tolist()
    assert shown["reasons"].str.contains("↑|↓").all()
    assert not set(scored["opportunity_id"]) & set(excluded["opportunity_id"])
    told = json.loads((run.out / "run.json").read_text(encoding="utf-8"))["opportunities"]
    assert told["scored"] == len(scored) > 0
    assert told["open"] == len(scored) + len(excluded)
    assert f"{told['open']} open opportunities" in run.to_text()


def test_the_deals_are_those_that_are_open_in_the_data(run: ScoreRun, world: Path) -> None:
    deals = pd.read_parquet(world / "work" / "canonical" / "opportunities.parquet")
    parts = [
        pd.read_parquet(run.out / f"{name}.parquet", columns=["opportunity_id"])
        for name in ("opportunities", "opportunities_excluded")
    ]
    assert set(pd.concat(parts)["opportunity_id"]) == set(
        deals.loc[deals["is_won"].isna(), "opportunity_id"]
    )


def test_without_a_model_of_target_win_nothing_is_written(
    world: Path, params: Params, tmp_path: Path
) -> None:
    with pytest.raises(ParamsError, match="but there is no model"):
        score(world / "work", tmp_path / "tal", params, tmp_path / "none", opportunities=True)
    assert not (tmp_path / "tal").exists()


def test_the_command_ends_with_2_and_the_remedy(
    world: Path, tmp_path: Path, abm: Callable[..., Any]
) -> None:
    words = ("--data", world / "work", "--models", tmp_path / "none", "--out", tmp_path / "tal")
    ended = abm("score", "--opportunities", *words)
    assert ended.code == 2
    assert "set propensity.target: win" in ended.err
