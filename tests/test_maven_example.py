"""The example in the docs, on the real files: outcomes that are noise are called noise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "maven"


@pytest.mark.real_data
@pytest.mark.slow
def test_maven_has_no_signal_and_is_ordered_by_the_rules(
    real_data: Path, tmp_path: Path, abm: Callable[..., Any]
) -> None:
    params = ("--params", EXAMPLE / "params.yaml")
    models = ("--models", tmp_path / "models")
    mapping = ("--mapping", EXAMPLE / "mapping.yaml")
    assert abm("prepare", real_data / "maven_crm", *mapping, "--out", tmp_path / "work").code == 0

    trained = abm("train", "--data", tmp_path / "work", *models, *params)
    assert trained.code == 0
    assert "verdict  no signal found" in trained.out

    assert abm("promote", *models).code == 3
    scored = abm(
        "score", "--data", tmp_path / "work", *models, *params, "--motion", "all",
        "--out", tmp_path / "tal",
    )  # fmt: skip
    assert scored.code == 0
    report = (tmp_path / "tal" / "report.html").read_text(encoding="utf-8")
    assert "no signal found" in report.lower()
    tal = pd.read_parquet(tmp_path / "tal" / "tal.parquet")
    assert len(tal) == 85
    assert (tal["priority"] == tal["account_score"]).all()
    assert tal["account_score"].is_monotonic_decreasing
