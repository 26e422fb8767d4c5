"""The pages take what prepare, training and scoring really give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.prepare import prepare_tables
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.metrics import Scores
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.verdict import judge
from abm_ml.reports.card.facts import training_facts
from abm_ml.reports.card.page import render_model_card
from abm_ml.reports.run_report import render_run_report
from abm_ml.reports.texts import note_words
from abm_ml.scoring.universe import ScoreResult, score_universe

EXPORTS = {
    "accounts.csv": "account_id,name,industry,employees\na1,Acme,Software,900\na2,北方,软件,-5\n",
    "opportunities.csv": "opportunity_id,account_id,created_at,stage,closed_at,is_won\n"
    "o1,a1,2025-03-01,Closed Won,2025-02-01,true\no2,a9,2025-03-01,Open,,\n"
    "o3,a1,2025-03-01,Closed Lost,,false\n",
    "leads.csv": "lead_id,company\nl1,Nobody Inc\n",
    "engagements.csv": "ts,kind,account_id,ip\n2025-05-01,meeting,a1,\n"
    "2025-05-01,website_visit,,203.0.113.9\n",
    "intent.csv": "domain,topic,ts,score\nnobody.example,CRM,2025-05-01,70\n",
    "networks.csv": "ip,account_id\nnot an address,a1\n",
    "campaigns.csv": "campaign_id,name\n",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    exports, out = tmp_path_factory.mktemp("exports"), tmp_path_factory.mktemp("work")
    for name, text in EXPORTS.items():
        (exports / name).write_text(text, encoding="utf-8")
    (exports / "Case.csv").write_text("CaseNumber,Subject\n1,Printer\n", encoding="utf-8")
    prepare_tables(exports, out, max_unreadable_share=0.5)
    return out


@pytest.fixture(scope="module")
def scored(prepared: Path) -> ScoreResult:
    return score_universe(Crm.open(prepared), None, None, Params(), "2025-06-01", motion="all")


@pytest.fixture(scope="module")
def trained() -> TrainedPropensity:
    rng = np.random.default_rng(0)
    employees = rng.integers(1, 1_000, 400)
    y = (employees + rng.normal(0, 300, 400) > 600).astype(int)
    X = pd.DataFrame({"employees": employees, "won_reason": np.where(y, "price", None)})
    model = PropensityModel(regularisation=(1.0,), num_leaves=(7,), max_trees=5)
    trial = Trial.of(X, y, pd.date_range("2023-01-01", periods=400), model=model)
    report = trial.report(resamples=20)
    return TrainedPropensity(
        model=trial.fit(),
        spec=FeatureSpec.from_columns(["employees"]),
        target="win",
        verdict=report.verdict,
        base_rate=float(y.mean()),
        report=report.to_dict(),
        facts={"rows": 400},
    )


def test_every_count_and_warning_of_prepare_is_told(prepared: Path, scored: ScoreResult) -> None:
    prepare = Crm.open(prepared).summary
    assert prepare is not None
    page = render_run_report(
        prepare=prepare, training=None, tal=scored.tal, summary=scored.summary, lang="zh"
    )
    assert "Case.csv" in page
    assert len(prepare["warnings"]) >= 6
    for warning in prepare["warnings"]:
        english, chinese = note_words(warning)
        assert english != chinese
        assert str(chinese) in page


def test_every_warning_of_a_scoring_run_has_its_chinese(scored: ScoreResult) -> None:
    assert scored.summary["warnings"]
    for warning in scored.summary["warnings"]:
        english, chinese = note_words(warning)
        assert english != chinese


def test_a_trained_model_gives_its_page(trained: TrainedPropensity) -> None:
    page = render_model_card(training_facts(trained), trained.report)
    assert "won_reason" in page
    assert f"{trained.report['metrics']['model']['auc']['value']:.3f}" in page
    for note in (trained.report["why"], *(leak["evidence"] for leak in trained.report["leaks"])):
        english, chinese = note_words(note)
        assert english != chinese


@pytest.mark.parametrize("level", [1.0, 4.0])
@pytest.mark.parametrize("slope", [1.0, 5.0])
@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_every_ground_of_a_verdict_has_its_chinese(level: float, slope: float, rate: float) -> None:
    """The model's level is right or not, its differences are right or far too large."""
    truth = np.tile([0.5, 1.5], 300) * rate
    y = (np.random.default_rng(0).random(600) < truth).astype(int)
    odds = level * np.tile([0.2, 0.8], 300) ** slope
    fold = np.zeros(600, dtype=np.int64)
    model, base = (Scores(p, y, fold) for p in (odds / (1 + odds), np.full(600, 0.3)))
    why = judge(model, base, np.ones(600), np.arange(600), seed=0).why
    english, chinese = note_words(why)
    assert english == why
    assert english != chinese
