"""The rules joined up, on inputs made by hand or drawn at random: no database."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.config import Params
from abm_ml.rules.exclusions import Motion
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER
from abm_ml.scoring.assessment import Assessment
from abm_ml.scoring.decisions import stage_of, verdict_of
from abm_ml.scoring.drafts import draft_of
from abm_ml.scoring.inputs import Inputs
from abm_ml.scoring.judgement import judge
from abm_ml.scoring.people import People
from abm_ml.scoring.run import Run
from abm_ml.scoring.scope import Scope
from abm_ml.scoring.standing import Standing, place

AS_OF = datetime(2026, 1, 1)

COLUMNS = {
    **dict.fromkeys(("name", "credit_code", "region", "city"), (None, pa.string())),
    **dict.fromkeys(("domain", "sub_industry", "country", "state"), (None, pa.string())),
    **dict.fromkeys(("technologies", "keywords"), (None, pa.list_(pa.string()))),
    "suppressed": (False, pa.bool_()),
    "account_type": (None, pa.string()),
    "owner_id": (None, pa.string()),
    "past_won": (0, pa.int64()),
    "past_lost": (0, pa.int64()),
    "open_opportunities": (0, pa.int64()),
    "won_elsewhere": (0, pa.int64()),
    "points_micro": (0, pa.int64()),
    "mqa_points_micro": (0, pa.int64()),
    "engaged_contacts": (0, pa.int64()),
    "intent": (0.0, pa.float64()),
    "last_engaged_at": (None, pa.timestamp("us")),
    "industry": (None, pa.string()),
    "employees": (None, pa.int64()),
}
ICP = {
    "firmographic": [
        {"column": "industry", "any_of": ["Software"], "weight": 3},
        {"column": "employees", "min": 200},
    ],
    "technographic": [],
}

PARAMS = Params.model_validate({"icp": ICP})


def inputs_of(rows: list[dict], sources: tuple[str, ...] = ("engagement", "intent")) -> Inputs:
    """Inputs from what is said of each account; the rest is as for an account unseen."""
    ids = [row.get("account_id", f"a{i:02}") for i, row in enumerate(rows)]
    columns = {
        name: pa.array([row.get(name, default) for row in rows], kind)
        for name, (default, kind) in COLUMNS.items()
    }
    table = pa.table({"account_id": pa.array(ids, pa.string()), **columns})
    seen = {name: columns[name] for name in ("industry", "employees")}
    return Inputs(
        table.select(["account_id"]), table, seen, Scope(frozenset(seen), frozenset(sources))
    )


def strangers(accounts: int) -> pa.Table:
    """What is known of customers and their people where nothing is."""
    counts = ("renewals", "usage_events", "expansions", "advocacy_events")
    none = {name: np.zeros(accounts, dtype=np.int64) for name in counts}
    return pa.table(none | {"contract_days": pa.nulls(accounts, pa.int64())})


class Told:
    """What the rules say of accounts: one by one, then among each other."""

    def __init__(self, inputs: Inputs, params: Params, motion: Motion) -> None:
        self.one_by_one = judge(inputs, params, motion)
        nothing = np.full(len(inputs), np.nan)
        nobody = pa.nulls(len(inputs), pa.string())
        score = self.one_by_one.account_score
        run = Run(params, AS_OF, motion, inputs.scope)
        people = People(pa.table({}), strangers(len(inputs)))
        judged = self.one_by_one
        assessed = Assessment(inputs, judged, None, nothing, nobody, score, people)
        draft = draft_of(run, assessed).accounts
        self.tier = place(Standing.of(assessed), run).tier
        self.mqa = verdict_of(draft, self.tier, params)
        self.stage = stage_of(draft, self.mqa.qualified, params)

    def __getattr__(self, name: str) -> object:
        return getattr(self.one_by_one, name)


def judged(*rows: dict, params: Params = PARAMS, motion="acquire", **options) -> Told:
    return Told(inputs_of(list(rows), **options), params, motion)


def with_(**sections: dict) -> Params:
    """The test's params with some settings changed."""
    return Params.model_validate({"icp": ICP, **sections})


def engaged(points: float, contacts: int = 0) -> dict:
    micro = round(points * MICRO)
    return {"points_micro": micro, "mqa_points_micro": micro, "engaged_contacts": contacts}


FITTING = {"industry": "Software", "employees": 500}


def test_weight_of_an_absent_part_goes_to_the_present_ones():
    result = judged(FITTING | {"intent": 100.0})
    assert result.weights == pytest.approx(
        {"firmographic": 0.5, "technographic": 0, "intent": 0.3125, "engagement": 0.1875}
    )
    assert result.account_score.tolist() == [81.25]


def test_fit_alone_is_the_account_score_where_no_behaviour_is_recorded():
    result = judged(FITTING, {"industry": "Software"}, sources=())
    assert result.account_score.tolist() == [100, 75]
    assert result.grade == ["A+", "B+"]


def test_a_score_that_is_80_by_hand_is_tier_1_whatever_floating_point_makes_of_it():
    params = with_(icp=ICP | {"technographic": [{"column": "employees", "min": 200}]})
    result = judged(FITTING | {"intent": 32.0}, params=params, sources=("intent",))
    assert (
        sum(weight * {"intent": 32}.get(name, 100) for name, weight in result.weights.items()) < 80
    )
    assert result.account_score.tolist() == [80]
    assert result.tier.tolist() == [1]


def test_a_must_that_fails_costs_fit_tier_and_mqa_whatever_else_is_met():
    must, nice = ICP["firmographic"][0] | {"must": True}, ICP["firmographic"][1]
    params = with_(icp={"firmographic": [must, nice], "technographic": []})
    retail = {"industry": "Retail", "employees": 500, "intent": 100.0} | engaged(500, 9)
    result = judged(retail, {"employees": 500}, params=params)
    assert result.knocked_out.tolist() == [True, False]
    assert result.fit.tolist() == [0, 25]
    assert result.tier.tolist() == [NO_TIER, 3]
    assert result.mqa.qualified.tolist() == [False, False]
    assert result.mqa.gap.to_pylist()[0] == "knocked out by the ICP"


def test_excluded_accounts_take_no_place_in_a_tier():
    params = with_(tiers={"capacity": [1, 0, 0], "tier_1_at": 50, "tier_2_at": 40})
    rows = [FITTING | {"suppressed": True, "intent": 100.0}, FITTING]
    assert judged(*rows, params=params).tier.tolist() == [NO_TIER, 1]


def test_missing_the_icp_asks_more_points():
    result = judged(FITTING | engaged(0), engaged(0))
    assert result.mqa.points_asked.tolist() == [60 * MICRO, 90 * MICRO]


def test_without_any_criterion_nobody_misses_the_icp():
    params = with_(icp={"firmographic": [], "technographic": []})
    result = judged(engaged(0), params=params)
    assert (result.fit, result.grade) == (None, None)
    assert result.mqa.points_asked.tolist() == [60 * MICRO]


def test_stages_from_what_was_seen():
    seen = datetime(2025, 9, 1)
    result = judged(
        {"past_won": 1, "open_opportunities": 1},
        {"open_opportunities": 1},
        FITTING | engaged(100, 3),
        engaged(1, 1),
        engaged(1, 0),
        {"intent": 5.0},
        {"last_engaged_at": seen},
        {"past_lost": 1},
        {},
    )
    assert result.stage.to_pylist() == [
        "customer", "opportunity", "MQA", "engaged", "aware", "aware", "dormant", "dormant",
        "unaware",
    ]  # fmt: skip


account = st.fixed_dictionaries({
    "industry": st.sampled_from(["Software", "Retail", None]),
    "employees": st.sampled_from([10, 200, 5000, None]),
    "intent": st.floats(0, 100),
    "points_micro": st.integers(0, 200 * MICRO),
    "engaged_contacts": st.integers(0, 4),
    "open_opportunities": st.integers(0, 1),
    "past_won": st.integers(0, 1),
    "suppressed": st.booleans(),
    "account_type": st.sampled_from([None, "Partner", "Customer"]),
}).map(lambda row: row | {"mqa_points_micro": row["points_micro"]})  # fmt: skip
accounts = st.lists(account, min_size=1, max_size=12)


@st.composite
def rule_books(draw: st.DrawFn) -> Params:
    """Params with drawn floors, caps, thresholds and a `must` now and then."""
    floors = sorted(draw(st.lists(st.integers(0, 99), min_size=3, max_size=3, unique=True)))
    points = sorted(draw(st.lists(st.integers(1, 200), min_size=3, max_size=3)))
    people = sorted(draw(st.lists(st.integers(1, 4), min_size=3, max_size=3)))
    industry = {"column": "industry", "any_of": ["Software"], "must": draw(st.booleans())}
    return Params.model_validate({
        "icp": {"firmographic": [industry, *ICP["firmographic"][1:]], "technographic": []},
        "tiers": {
            **{f"tier_{3 - i}_at": floor for i, floor in enumerate(floors)},
            "capacity": [draw(st.none() | st.integers(0, 6)) for _ in range(3)],
        },
        "mqa": {
            f"tier_{i}": {"points": p, "contacts": c}
            for i, (p, c) in enumerate(zip(points, people, strict=True), start=1)
        },
    })  # fmt: skip


motions = st.sampled_from(["acquire", "accelerate", "expand", "all"])


@settings(settings.get_profile("pure law"))
@given(accounts, rule_books(), motions, st.data())
def test_law_4_more_engagement_never_lowers_score_or_tier_or_unmakes_an_mqa(
    rows, params, motion, data
):
    row = data.draw(st.integers(0, len(rows) - 1))
    more = data.draw(st.integers(0, 100 * MICRO))
    people = data.draw(st.integers(0, 2))
    raised = [dict(one) for one in rows]
    for column in ("points_micro", "mqa_points_micro"):
        raised[row][column] += more
    raised[row]["engaged_contacts"] += people
    before, after = (Told(inputs_of(some), params, motion) for some in (rows, raised))
    assert after.account_score[row] >= before.account_score[row]
    assert (after.tier[row] or 4) <= (before.tier[row] or 4)
    assert after.mqa.qualified[row] >= before.mqa.qualified[row]


@settings(settings.get_profile("pure law"))
@given(accounts, rule_books(), motions, st.integers(1, 3), st.integers(1, 30))
def test_law_4_a_stricter_floor_never_adds_accounts_to_that_tier_or_a_better(
    rows, params, motion, tier, more
):
    stricter = params.tiers.model_copy(
        update={f"tier_{tier}_at": getattr(params.tiers, f"tier_{tier}_at") + more}
    )
    inputs = inputs_of(rows)
    before = Told(inputs, params, motion).tier
    after = Told(inputs, params.model_copy(update={"tiers": stricter}), motion).tier
    was_in, is_in = (((some != NO_TIER) & (some <= tier)) for some in (before, after))
    assert not np.any(is_in & ~was_in)


@settings(settings.get_profile("pure law"))
@given(accounts, rule_books(), motions)
def test_an_account_scores_the_same_whoever_else_is_there(rows, params, motion):
    together = Told(inputs_of(rows), params, motion)
    for position, row in enumerate(rows):
        alone = Told(inputs_of([row]), params, motion)
        assert alone.account_score[0] == together.account_score[position]
        assert alone.excluded[0].as_py() == together.excluded[position].as_py()


@settings(settings.get_profile("pure law"))
@given(accounts, rule_books(), motions)
def test_law_5_who_is_suppressed_is_excluded_and_has_no_tier(rows, params, motion):
    result = Told(inputs_of(rows), params, motion)
    suppressed = np.array([row["suppressed"] for row in rows])
    assert not np.any(result.kept & suppressed)
    assert not np.any((result.tier != NO_TIER) & ~result.kept)


@settings(settings.get_profile("pure law"))
@given(accounts, rule_books(), motions, st.randoms(use_true_random=False))
def test_law_3_the_order_of_rows_does_not_matter(rows, params, motion, random):
    named = [row | {"account_id": f"a{i:02}"} for i, row in enumerate(rows)]
    shuffled = random.sample(named, len(named))
    before, after = (Told(inputs_of(some), params, motion) for some in (named, shuffled))
    back = [shuffled.index(row) for row in named]
    assert before.tier.tolist() == after.tier[back].tolist()
    assert before.account_score.tolist() == after.account_score[back].tolist()
    assert before.mqa.gap.to_pylist() == [after.mqa.gap[i].as_py() for i in back]
