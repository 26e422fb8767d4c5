"""A training on a small real world: what is learned, kept, said, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import OutputError, ParamsError
from abm_ml.tracking.registry import Registry
from abm_ml.tracking.store import open_store
from abm_ml.workflows.as_of import latest_instant
from abm_ml.workflows.train import TrainResult, train

BASELINES = {"model", "base_rate", "logistic_regression", "lightgbm", "rules"}


# --- what is registered ------------------------------------------------------------------------


def test_the_first_model_is_a_challenger_and_waits_for_promotion(
    trained: TrainResult, trained_in: Path
) -> None:
    registry = Registry(trained_in)
    assert (registry.alias("challenger"), registry.alias("champion")) == ("1", None)
    assert trained.version == "1"
    assert trained.exit_code == 0


def test_what_is_loaded_is_what_was_trained(
    trained: TrainResult, trained_in: Path, world: Path
) -> None:
    loaded, version = Registry(trained_in).load("challenger")
    assert version == trained.version
    assert loaded.report == trained.backtest
    assert (loaded.target, loaded.horizon_days, loaded.verdict) == (
        "win",
        None,
        trained.verdict,
    )
    assert loaded.as_of == latest_instant(Crm.open(world / "work"))
    assert loaded.facts["won"] + loaded.facts["lost"] == trained.rows
    assert loaded.base_rate == loaded.facts["won"] / trained.rows


def test_the_expected_amount_is_the_mean_of_what_was_won(
    trained: TrainResult, trained_in: Path, world: Path
) -> None:
    table = pq.read_table(world / "work" / "canonical" / "opportunities.parquet")
    deals = table.to_pandas()
    loaded, _ = Registry(trained_in).load("challenger")
    won = deals[deals["is_won"].eq(True) & (deals["closed_at"] < loaded.as_of)]
    assert len(won) == trained.history.won
    assert loaded.expected_amount == pytest.approx(won["amount"].mean())


def test_the_run_keeps_how_far_off_expected_value_was(trained_in: Path) -> None:
    loaded, _ = Registry(trained_in).load("challenger")
    value = loaded.facts["value"]
    assert loaded.amounts is not None
    assert value["method"] == loaded.amounts.method
    assert value["expected_amount"] == loaded.expected_amount
    assert value["low"] < value["ratio"] < value["high"]
    assert 0 < value["rows"] < 36
    assert all({"text", "text_zh"} == set(sentence) for sentence in value["sentences"])


def test_every_column_of_the_model_can_be_computed_for_scoring(trained_in: Path) -> None:
    loaded, _ = Registry(trained_in).load("challenger")
    assert list(loaded.model.feature_names_in_) == list(loaded.spec.columns)
    assert not [name for name in loaded.spec.columns if name.startswith("opportunity:")]


def test_suspected_leaks_are_kept_out_but_for_those_that_params_allow(
    trained: TrainResult, trained_in: Path
) -> None:
    loaded, _ = Registry(trained_in).load("challenger")
    assert trained.backtest is not None
    reported = {leak["column"] for leak in trained.backtest["leaks"]}
    assert "customer_health" in reported
    assert "customer_health" not in loaded.model.feature_names_in_
    assert "seats_provisioned" in loaded.model.feature_names_in_
    assert "seats_provisioned" not in reported


# --- what is told ------------------------------------------------------------------------------


def test_the_model_stands_beside_its_baselines(trained: TrainResult) -> None:
    assert trained.backtest is not None
    assert set(trained.backtest["metrics"]) == BASELINES
    auc = trained.backtest["metrics"]["model"]["auc"]
    assert trained.metrics["auc"] == auc["value"]
    text = trained.to_text()
    for words in ("verdict", "rules", "base rate", f"{auc['value']:.3f} ({auc['low']:.3f}–"):
        assert words in text


def test_falling_back_to_wins_is_said(trained: TrainResult, params: Params) -> None:
    assert params.propensity.target == "conversion"
    assert trained.history.target == "win"
    assert trained.history.won >= 30
    (note,) = trained.notes
    assert "too few conversions (24 accounts won within 180 days" in note
    assert note in trained.to_text()


def test_the_result_is_ready_for_json(trained: TrainResult) -> None:
    told = json.loads(json.dumps(trained.to_dict(), allow_nan=False))
    assert told["version"] == "1"
    assert told["history"] == {"target": "win", "won": 36, "lost": 119}


# --- what is logged ----------------------------------------------------------------------------


def test_the_run_shows_settings_figures_schema_page_and_data_hash(
    trained: TrainResult, trained_in: Path, params: Params
) -> None:
    assert trained.run_id is not None
    run = open_store(trained_in).get_run(trained.run_id)
    assert run.data.params["propensity.folds"] == "2"
    assert run.data.metrics["auc"] == trained.metrics["auc"]
    assert "rules_auc" in run.data.metrics
    assert "lift_10pct" in run.data.metrics
    assert run.data.tags["verdict"] == trained.verdict
    assert len(run.data.tags["data_hash"]) == 64
    folds = open_store(trained_in).get_metric_history(trained.run_id, "fold_auc")
    assert trained.backtest is not None
    assert [fold.value for fold in folds] == [fold["auc"] for fold in trained.backtest["folds"]]
    assert trained.report is not None
    page = Path(trained.report)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run.data.tags["choice"] in page.read_text(encoding="utf-8")


def test_the_run_keeps_schema_importances_and_leaks(trained: TrainResult, trained_in: Path) -> None:
    assert trained.report is not None
    assert trained.backtest is not None
    folder = Path(trained.report).parent
    kept = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("schema", "feature_importance", "leaks", "backtest")
    }
    loaded, _ = Registry(trained_in).load("challenger")
    inputs = [column["name"] for column in kept["schema"]["inputs"]]
    assert inputs == list(loaded.model.feature_names_in_)
    assert [column["name"] for column in kept["schema"]["outputs"]] == ["propensity"]
    assert set(kept["feature_importance"]) <= set(inputs)
    assert sum(kept["feature_importance"].values()) == pytest.approx(1)
    assert kept["leaks"] == trained.backtest["leaks"]
    assert kept["backtest"] == trained.backtest


def test_the_card_tells_window_target_versions_and_what_to_do_next(
    trained: TrainResult, trained_in: Path
) -> None:
    assert trained.report is not None
    card = Path(trained.report).read_text(encoding="utf-8")
    loaded, _ = Registry(trained_in).load("challenger")
    facts = loaded.facts
    assert facts["first_as_of"] < facts["last_as_of"] < f"{trained.as_of:%Y-%m-%d}Z"
    for words in (
        facts["first_as_of"][:10],
        facts["last_as_of"][:10],
        f"{facts['accounts']:,}",
        "A row is an opportunity",
        facts["data_hash"],
        facts["versions"]["lightgbm"],
        "seats_provisioned",
        "abm promote",
    ):
        assert words in card
    assert "lie outside the training data" in card
    assert "处于训练数据范围之外" in card


def test_no_contact_is_named_anywhere_under_models(
    trained_in: Path, world: Path, params: Params
) -> None:
    contacts = pq.read_table(world / "work" / "canonical" / "contacts.parquet").to_pandas()
    personal = {*contacts["email"].dropna(), *contacts["phone"].dropna(), *contacts["contact_id"]}
    owners = set(params.exclusions.hands_off_owners)
    assert len(personal) > 1_000
    for file in trained_in.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not [one for one in personal | owners if one.encode() in content], file


# --- too little to learn from ------------------------------------------------------------------


def test_under_forty_won_nothing_is_fitted_and_the_result_says_so(
    world: Path, tmp_path: Path
) -> None:
    result = train(world / "work", Params(), tmp_path / "models")
    assert (result.version, result.verdict, result.backtest) == (None, None, None)
    assert result.exit_code == 2
    assert result.reason is not None
    assert "36 won and 119 lost are too few; a model needs 40 won and 40 lost" in result.reason
    assert result.reason in result.to_text()
    assert not (tmp_path / "models").exists()


def test_without_any_opportunity_it_says_no_won_rather_than_failing(tmp_path: Path) -> None:
    canonical = tmp_path / "work" / "canonical"
    canonical.mkdir(parents=True)
    accounts = pd.DataFrame({"account_id": ["a"], "name": ["Ada"]})
    accounts.to_parquet(canonical / "accounts.parquet")
    result = train(tmp_path / "work", Params(), tmp_path / "models", as_of="2026-01-01")
    assert result.reason is not None
    assert "0 won and 0 lost are too few" in result.reason


def test_as_of_decides_what_may_be_learned_from(world: Path, tmp_path: Path) -> None:
    early = train(world / "work", Params(), tmp_path / "models", as_of="2024-01-01")
    late = train(world / "work", Params(), tmp_path / "models", as_of="2025-01-01")
    assert 0 < early.history.won < late.history.won < 36


def test_a_constraint_on_a_column_that_is_not_there_is_refused_by_name(
    world: Path, params: Params, tmp_path: Path
) -> None:
    typo = params.propensity.model_copy(update={"monotone": {"employes": 1}})
    wrong = params.model_copy(update={"propensity": typo})
    with pytest.raises(
        ParamsError,
        match=r"propensity\.monotone: there is no column 'employes' .did you mean 'employees'",
    ):
        train(world / "work", wrong, tmp_path / "models")


def test_a_models_directory_that_cannot_be_written_is_refused_before_the_work(
    world: Path, params: Params, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    told: list[str] = []
    with pytest.raises(OutputError, match=r"file: cannot be written"):
        train(world / "work", params, tmp_path / "file", progress=told.append)
    assert not [message for message in told if "features" in message]
