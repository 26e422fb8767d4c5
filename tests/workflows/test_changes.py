"""Two lists in a row: what changed between them is written with why."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.workflows.score import ScoreRun, score

PARAMS = Params.model_validate({"threads": 1, "tiers": {"tier_1_at": 60, "tier_2_at": 45}})


@pytest.fixture(scope="module")
def lists(world: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ScoreRun, ScoreRun]:
    """An earlier list of the world, and a later one that follows it; rules alone."""
    home = tmp_path_factory.mktemp("lists")
    models = home / "models"
    first = score(world / "work", home / "first", PARAMS, models, as_of="2025-06-01")
    later = score(
        world / "work", home / "later", PARAMS, models, as_of="2025-12-01", previous=first.out
    )
    return first, later


def test_every_change_is_listed_once_with_its_reason(lists: tuple[ScoreRun, ScoreRun]) -> None:
    first, later = lists
    changes = pd.read_csv(later.out / "changes.csv")
    before = pd.read_parquet(first.out / "scored.parquet").set_index("account_id")["tier"]
    after = pd.read_parquet(later.out / "scored.parquet").set_index("account_id")["tier"]
    both = pd.concat([before, after], axis=1, keys=["before", "after"]).fillna(0)
    moved = both.index[both["before"] != both["after"]]
    assert sorted(changes["account_id"]) == sorted(moved)
    assert set(changes["change"]) <= {"new", "up", "down", "out"}
    assert changes["why"].notna().all()
    assert len(changes) > 5


def test_the_summary_and_the_page_tell_of_them(lists: tuple[ScoreRun, ScoreRun]) -> None:
    first, later = lists
    moved = sum(n for name, n in later.summary["changes"].items() if name != "same")
    assert moved == len(pd.read_csv(later.out / "changes.csv"))
    assert "changes.csv" in later.to_text()
    assert 'id="changes"' in (later.out / "report.html").read_text()
    assert not (first.out / "changes.csv").exists()
    assert 'id="changes"' not in (first.out / "report.html").read_text()


def test_an_account_that_stays_keeps_the_day_it_came(lists: tuple[ScoreRun, ScoreRun]) -> None:
    first, later = (pd.read_parquet(one.out / "scored.parquet") for one in lists)
    stayed = later[later["change"] == "same"]
    assert (stayed["tier_since"] == pd.Timestamp("2025-06-01")).all()
    came = later[later["change"].isin(["new", "up", "down"])]
    assert (came["tier_since"] == pd.Timestamp("2025-12-01")).all()
    assert len(stayed) > 5 < len(came)
    assert (first["tier_since"].dropna() == pd.Timestamp("2025-06-01")).all()


def test_reasons_are_told_in_chinese_too(lists: tuple[ScoreRun, ScoreRun], world: Path) -> None:
    first, later = lists
    out = later.out.parent / "zh"
    score(
        world / "work", out, PARAMS, out / "models", as_of="2025-12-01", previous=first.out,
        lang="zh",
    )  # fmt: skip
    changes = pd.read_csv(out / "changes.csv")
    assert list(changes.columns) == list(pd.read_csv(later.out / "changes.csv").columns)
    assert changes["why"].str.contains("[\u4e00-\u9fff]").all()
    listed = pd.read_csv(out / "tal.csv")
    assert listed["next_step"].str.contains("[\u4e00-\u9fff]").all()
