"""What if: the same numbers as a scoring under the other rule book, and who moves."""

import dataclasses
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.scoring import propensity
from abm_ml.scoring.universe import score_universe
from abm_ml.scoring.whatif import Baseline, baseline, what_if
from abm_ml.scoring.whatif_changes import changed_params
from abm_ml.scoring.whatif_list import listing
from abm_ml.scoring.whatif_wins import expected_wins

AS_OF = datetime(2026, 1, 1)
PARAMS = Params.model_validate({"threads": 1, "scoring": {"explain_top": 0, "holdout_share": 0.1}})
KINDS = ("website_visit", "demo_request", "meeting")


def crowd(accounts: int = 260) -> dict[str, pd.DataFrame]:
    """Accounts of all sorts, in three slices, with a lively last quarter."""
    rng = np.random.default_rng(3)
    ids = np.array([f"A{number:04}" for number in range(accounts)])
    table = pd.DataFrame(
        {
            "account_id": ids,
            "name": "Company " + pd.Series(ids),
            "industry": rng.choice(["Software", "Retail", "Manufacturing"], accounts),
            "employees": rng.integers(10, 3000, accounts) * 1.0,
            "revenue": rng.lognormal(16, 1, accounts),
            "technologies": [["SAP", "AWS"][: rng.integers(0, 3)] for _ in ids],
            "account_type": rng.choice(["prospect", "partner"], accounts, p=[0.95, 0.05]),
        }
    )
    contacts = pd.DataFrame({"account_id": np.repeat(ids, 3)})
    contacts["contact_id"] = [f"C{number}" for number in range(len(contacts))]
    who = rng.integers(0, len(contacts), 2500)
    events = pd.DataFrame(
        {
            "account_id": contacts["account_id"].to_numpy()[who],
            "contact_id": contacts["contact_id"].to_numpy()[who],
            "kind": rng.choice(KINDS, len(who)),
            "ts": AS_OF - pd.to_timedelta(rng.integers(1, 200 * 24, len(who)), unit="h"),
        }
    )
    intent = pd.DataFrame(
        {"account_id": rng.choice(ids, 100), "topic": "crm", "score": rng.uniform(20, 100, 100),
         "ts": AS_OF - pd.to_timedelta(rng.integers(1, 80, 100), unit="D")}
    )  # fmt: skip
    deals = pd.DataFrame(
        [
            (f"O{n}", ids[n], AS_OF - pd.Timedelta(days=200 + n), AS_OF - pd.Timedelta(days=90 + n),
             "Closed Won", True, 1000.0 * (n + 1))
            for n in range(8)
        ],
        columns=["opportunity_id", "account_id", "created_at", "closed_at", "stage", "is_won",
                 "amount"],
    )  # fmt: skip
    overrides = pd.DataFrame(
        [
            (ids[20], "pin", 1, "Ann"),
            (ids[21], "tier", 2, "Bo"),
            (ids[22], "hands_off", None, "Cy"),
        ],
        columns=["account_id", "action", "tier", "by"],
    )
    overrides["tier"] = overrides["tier"].astype("Int64")
    return {
        "accounts": table,
        "contacts": contacts,
        "engagements": events,
        "intent": intent,
        "opportunities": deals,
        "overrides": overrides,
    }


@pytest.fixture(scope="module")
def model() -> TrainedPropensity:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"employees": rng.integers(10, 3000, 600) * 1.0})
    X["industry"] = rng.choice(["Software", "Retail", "Manufacturing"], 600)
    y = (rng.random(600) < X["employees"] / 6000).astype(int)
    fitted = PropensityModel(max_trees=10, n_folds=2, num_leaves=(7,), trials=2).fit(X, y)
    spec = FeatureSpec.from_columns(["employees", "industry"])
    return TrainedPropensity(
        fitted, spec, "conversion", "good", float(y.mean()), 180, expected_amount=500.0
    )


@pytest.fixture(scope="module")
def crm() -> Crm:
    return Crm.from_tables(crowd(), threads=1)


@pytest.fixture(scope="module")
def base(crm, model):
    """In two slices, which must make no difference."""
    sliced = changed_params(PARAMS, {"scoring.batch_rows": 150})
    with baseline(crm, model, None, sliced, AS_OF) as scored:
        yield scored


CHANGES = [
    {"tiers.tier_1_at": 55, "tiers.tier_2_at": 35, "tiers.capacity": [5, 30, 90],
     "account_score": {"firmographic": 0.3, "technographic": 0.1, "intent": 0.2,
                       "engagement": 0.4}, "fusion.propensity": 0.9, "tiers.tier_3_at": 20,
     "mqa.way": "grade", "mqa.grade": "B", "icp.grades.B": 40},
    {"engagement": {"half_life_days": 90, "points": {"website_visit": 9}},
     "icp.firmographic.1.must": True, "exclusions.account_types": [], "intent.window_days": 20,
     "scoring.holdout_share": 0.3,
     "mqa": {"tier_1": {"points": 10, "contacts": 1}, "tier_2": {"points": 12, "contacts": 1}}},
    {"mqa.way": "demandbase", "mqa.engagement_minutes": 60, "mqa.window_days": 60},
]  # fmt: skip


@pytest.fixture(scope="module")
def scored(crm, model):
    """Scores by the rule book that changes make, each once."""
    kept: dict[str, pd.DataFrame] = {}

    def run(params: Params) -> pd.DataFrame:
        key = params.model_dump_json()
        if key not in kept:
            kept[key] = score_universe(crm, model, None, params, AS_OF).scored
        return kept[key]

    return run


@pytest.mark.parametrize("changes", CHANGES)
def test_the_other_list_is_that_of_a_scoring(base, scored, changes) -> None:
    params = changed_params(PARAMS, changes)
    _check(base.compare(changes).after, scored(params), params)


def test_the_list_before_is_that_of_a_scoring(base, scored) -> None:
    _check(base.compare().before, scored(PARAMS), PARAMS)


def _check(told: dict, scored: pd.DataFrame, params: Params) -> None:
    tal = scored[scored["tier"].notna()]
    assert told["scored"] == len(scored)
    assert told["accounts"] == len(tal)
    for tier in (1, 2, 3):
        rows = tal[tal["tier"] == tier]
        figures = told["tiers"][str(tier)]
        assert figures["accounts"] == len(rows)
        assert figures["mqa"] == rows["mqa"].sum()
        worked = rows[~rows["holdout"]]
        assert figures["expected_wins"]["value"] == pytest.approx(worked["propensity"].sum())
        assert figures["expected_value"]["value"] == pytest.approx(worked["expected_value"].sum())
        assert figures["hours_a_week"] == params.workload.hours[tier - 1] * len(worked)
    assert told["mqa"] == scored["mqa"].sum()
    active = scored[~scored["holdout"]]
    if params.mqa.way != "demandbase":  # a pipeline score does not say since when
        new = active["mqa_at"] >= AS_OF - pd.Timedelta(days=28)
        assert told["new_mqas_a_week"] == new.sum() / 4
    assert told["handovers"] == (active["handover"] == "sales").sum()
    assert told["contacts"] == 3 * (~tal["holdout"]).sum()
    assert told["holdout"]["accounts"] == tal["holdout"].sum()
    top = active[active["rank"] <= 100]["propensity"].sum()
    assert told["first_100"]["expected_wins"]["value"] == pytest.approx(top)


def test_no_change_makes_no_difference(base) -> None:
    found = base.compare()
    assert found.before == found.after
    assert found.settings == {}
    assert found.moves.empty


def test_those_who_move_are_the_difference_of_the_lists(base, scored) -> None:
    found = base.compare(CHANGES[0])
    other = changed_params(PARAMS, CHANGES[0])
    before, after = (scored(params).set_index("account_id") for params in (PARAMS, other))
    moves = found.moves.set_index("account_id")
    differ = before["tier"].fillna(0).ne(after["tier"].fillna(0).reindex(before.index))
    differ |= before["mqa"] != after["mqa"].reindex(before.index)
    assert set(moves.index) == set(before.index[differ])
    for name, old, new in moves[["tier_before", "tier_after"]].itertuples():
        assert (old, new) == (before.loc[name, "tier"], after.loc[name, "tier"]) or (
            pd.isna(new) and pd.isna(after.loc[name, "tier"])
        )
    words = moves["change"].tolist()
    assert words == sorted(words, key=["new", "out", "up", "down", "same", ""].index)
    assert {"out", "up"} <= set(words)
    assert (moves["rank_after"] == after["rank"].reindex(moves.index)).all()


def test_propensities_are_predicted_once(base, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked the model again")

    monkeypatch.setattr(propensity, "_model_input", refuse)
    assert base.compare({"engagement.half_life_days": 60}).after["expected_wins"]
    with pytest.raises(AssertionError, match="asked the model again"):
        base.compare({"exclusions.account_types": []})  # partners were never predicted


floors = st.lists(st.integers(0, 1000), min_size=3, max_size=3, unique=True).map(
    lambda tenths: sorted((tenth / 10 for tenth in tenths), reverse=True)
)


@given(floors, st.integers(0, 2), st.floats(0.1, 30))
@settings(max_examples=25)
def test_a_stricter_threshold_adds_nobody_to_its_tier_or_a_better_one(
    base: Baseline, at, tier, by
) -> None:
    names = ("tiers.tier_1_at", "tiers.tier_2_at", "tiers.tier_3_at")
    stricter = [*at]
    stricter[tier] = min(at[tier] + by, (at[tier] + at[tier - 1]) / 2 if tier else 100)
    lists = []
    for one in (at, stricter):
        moves = base.compare(dict(zip(names, one, strict=True)))
        lists.append(moves.after["tiers"])
    for number in range(1, tier + 2):
        counts = [sum(told[str(t)]["accounts"] for t in range(1, number + 1)) for told in lists]
        assert counts[1] <= counts[0]


@given(st.floats(1, 200), st.floats(1, 3))
@settings(max_examples=25)
def test_more_points_asked_make_no_mqa(base: Baseline, points, factor) -> None:
    asked = [
        base.compare({f"mqa.tier_{t}.points": points * scale for t in (1, 2, 3)}).after["mqa"]
        for scale in (1, factor)
    ]
    assert asked[1] <= asked[0]


def test_a_case_by_hand() -> None:
    crm = Crm.from_tables({"accounts": pd.DataFrame({
        "account_id": ["a", "b", "c"], "name": ["Ada", "Bea", "Cy"],
        "industry": ["Software", "Software", "Retail"], "employees": [500.0, 20.0, 20.0],
        "revenue": [5e7, 5e7, 1.0],
    })}, threads=1)  # fmt: skip
    # Firmographic fit is all there is: 5 of 5 points, 3 of 5, none.
    found = what_if(
        crm, None, None, Params(), {"tiers": {"tier_2_at": 60.5, "tier_3_at": 1}}, AS_OF
    )
    assert [found.before["tiers"][t]["accounts"] for t in "123"] == [1, 1, 1]
    assert [found.after["tiers"][t]["accounts"] for t in "123"] == [1, 0, 1]
    assert found.moves[["name", "change", "tier_before", "tier_after"]].values.tolist() == [
        ["Cy", "out", 3, pd.NA],
        ["Bea", "down", 2, 3],
    ]
    assert found.before["hours_a_week"] == pytest.approx(2.0 + 0.25 + 0.01)
    assert found.after["hours_a_week"] == pytest.approx(2.0 + 0.01)
    assert found.before["expected_wins"] is None
    assert found.to_dict()["moves"] == {"down": 1, "out": 1}


def test_a_model_of_win_given_an_opportunity_promises_no_number_of_wins(base) -> None:
    asked = dataclasses.replace(base.run.predictor, target="win")
    run = dataclasses.replace(base.run, predictor=asked)
    assert listing(base.accounts, run).figures(0.0)["expected_wins"] is None


def test_the_interval_rests_on_what_the_model_says_of_its_level(base) -> None:
    known = base.accounts
    rows = (base.listing.tier == 1) & ~base.listing.held_out
    columns = ("propensity", "propensity_low", "propensity_high")
    told = expected_wins(*(known.floats(name)[rows] for name in columns))
    assert base.compare().after["tiers"]["1"]["expected_wins"] == told.to_dict()


def test_what_cannot_be_shown_is_named(base) -> None:
    found = base.compare({"propensity.horizon_days": 90})
    assert found.untold == ["propensity.horizon_days"]
    assert found.before == found.after


def test_a_criterion_on_an_unknown_column_is_refused(base) -> None:
    with pytest.raises(ParamsError, match="no column 'employes'"):
        base.compare({"icp.firmographic.1.column": "employes"})
