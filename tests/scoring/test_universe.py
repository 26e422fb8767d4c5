"""The tiny CRM of conftest from tables to list, every number worked out by hand."""

from datetime import datetime

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.errors import DataError, ParamsError
from abm_ml.scoring.schema import EXCLUDED_SCHEMA, SCORED_SCHEMA

AS_OF = datetime(2026, 1, 1)
AT_ONCE = Params.model_validate(
    {
        "exclusions": {"hands_off_owners": ["boss"]},
        "tiers": {"keep_margin": 0, "min_stay_days": 0},
    }
)
"""The tiny rule book without any delay."""


def by_id(frame: pd.DataFrame, column: str) -> dict:
    return dict(zip(frame["account_id"], frame[column], strict=True))


def icp(*technographic: dict) -> Params:
    """The default rule book with other technographic criteria."""
    return Params.model_validate({"icp": {"technographic": list(technographic)}})


def test_fit_grade_and_score_of_each_account(acquired):
    acme, beta, gamma = (
        acquired.scored.set_index("account_id").loc[name] for name in ("acme", "beta", "gamma")
    )
    # Firmographic: industry 2, employees 2, revenue 1 of 5; technographic: 2 and 1 of 3.
    assert (acme.firmographic, acme.technographic) == (100, 100)
    assert (beta.firmographic, beta.technographic) == (40, pytest.approx(200 / 3))
    assert (gamma.firmographic, gamma.technographic) == (60, 0)
    assert acme.fit == 100
    assert beta.fit == pytest.approx((0.4 * 40 + 0.2 * 200 / 3) / 0.6)
    assert (acme.grade, beta.grade, gamma.grade) == ("A+", "C", "C")
    assert acme.account_score == 40 + 20 + 0.25 * 40 + 0.15 * 62.5
    assert (acme.tier, acme.abm_type) == (2, "one_to_few")


def test_engagement_and_intent_after_decay(acquired):
    acme = acquired.scored.set_index("account_id").loc["acme"]
    # A demo request (25) and a meeting (50) 30 days ago count half, an opportunity (100) 60
    # days ago a quarter; the meeting of c4, who is suppressed, counts nothing.
    assert acme.engagement_points == 12.5 + 25 + 25
    assert acme.engagement == 62.5
    assert acme.intent == 80 / 2


def test_the_outcome_counts_for_the_score_but_not_for_mqa(acquired):
    acme = acquired.scored.set_index("account_id").loc["acme"]
    assert not acme.mqa
    assert acme.mqa_gap == "missing 7.50 points"  # 37.5 of tier 2's 45
    assert acme.engaged_contacts == 2


def test_excluded_accounts_say_why(acquired):
    assert by_id(acquired.excluded, "reason") == {
        "customer": "customer",
        "keep-off": "hands_off",
        "open": "open_opportunity",
        "rival": "account_type",
        "stopped": "suppressed",
    }
    details = acquired.excluded.set_index("account_id")["detail"]
    assert details[["stopped", "rival", "keep-off"]].tolist() == [
        "domain stopped.example, because asked us to", "Competitor", "owner boss",
    ]  # fmt: skip


def test_the_motion_decides_who_is_scored(acquired, everyone, score, tables):
    assert set(acquired.scored["account_id"]) == {"acme", "beta", "gamma"}
    assert set(everyone.scored["account_id"]) == {"acme", "beta", "gamma", "open", "customer"}
    assert score(tables, motion="accelerate").scored["account_id"].tolist() == ["open"]
    assert score(tables, motion="expand").scored["account_id"].tolist() == ["customer"]


def test_each_account_has_its_stage(everyone):
    assert by_id(everyone.scored, "stage") == {
        "acme": "engaged",
        "beta": "aware",
        "gamma": "aware",
        "open": "opportunity",
        "customer": "customer",
    }


def test_law_5_people_who_may_not_be_contacted_are_never_recommended(acquired):
    contacts = by_id(acquired.scored, "recommended_contacts")
    assert {account: sorted(people) for account, people in contacts.items()} == {
        "acme": ["c1", "c2"], "beta": [], "gamma": ["c5"],
    }  # fmt: skip


@pytest.mark.parametrize("said", ["FALSE", "opted-out", "无"])
def test_whoever_withholds_consent_is_not_recommended(score, tables, said):
    tables["contacts"]["consent"] = [said, "yes", "yes", "yes", "yes"]
    result = score(tables, motion="all").scored.set_index("account_id")
    assert list(result.loc["acme", "recommended_contacts"]) == ["c2"]


def test_a_subsidiary_that_is_founded_later_is_not_seen_yet(score, tables):
    later = tables["accounts"].iloc[:1].assign(
        account_id="sub", name="Sub", domain="sub.example", parent_account_id="customer",
        created_at=AS_OF + pd.Timedelta(days=3),
    )  # fmt: skip
    before = score(tables, motion="all").scored.drop(columns="run_id")
    tables["accounts"] = pd.concat([tables["accounts"], later], ignore_index=True)
    after = score(tables, motion="all").scored.drop(columns="run_id")
    told = ["account_id", "play", "play_why", "next_step", "tier"]
    pd.testing.assert_frame_equal(before[told], after[told])


def test_own_staff_are_nobodys_contacts(score, tables):
    tables["contacts"].loc[0, "email"] = "c1@own.example"
    own = Params.model_validate({"exclusions": {"own_domains": ["own.example"]}})
    result = score(tables, own, motion="all").scored.set_index("account_id")
    assert list(result.loc["acme", "recommended_contacts"]) == ["c2"]
    assert result.loc["acme", "engaged_contacts"] == 1


def test_the_output_has_exactly_the_declared_columns(acquired):
    assert list(acquired.scored.columns) == SCORED_SCHEMA.names
    assert list(acquired.tal.columns) == SCORED_SCHEMA.names
    assert list(acquired.excluded.columns) == EXCLUDED_SCHEMA.names
    absent = ["applicability", "similarity", "nearest_seed", "mqa_at"]
    assert acquired.scored[absent].isna().all(axis=None)
    told = ["tier_why", "stage", "content_stage", "play", "handover", "next_step", "missing_roles"]
    assert acquired.scored[told].notna().all(axis=None)


def test_without_a_model_propensity_is_null_and_the_rules_rank(acquired):
    scored = acquired.scored
    assert scored[["propensity", "propensity_target", "expected_value"]].isna().all(axis=None)
    assert scored["priority"].tolist() == scored["account_score"].tolist()
    assert "no model: the list is ordered by rules alone" in acquired.summary["warnings"]


def test_ranks_run_from_1_by_priority(everyone):
    assert everyone.scored["rank"].tolist() == [1, 2, 3, 4, 5]
    assert everyone.scored["priority"].is_monotonic_decreasing


def test_counts_in_the_summary_add_up(acquired):
    summary = acquired.summary
    assert summary["universe"] == summary["scored"] + summary["excluded"] == 8
    assert summary["tal"] == sum(summary["tiers"].values()) == 3
    assert sum(summary["excluded_by_reason"].values()) == summary["excluded"]
    assert sum(summary["stages"].values()) == summary["scored"]


def test_without_a_previous_list_nothing_is_said_of_changes(acquired):
    assert acquired.scored["change"].isna().all()
    assert acquired.summary["changes"] == {}


def test_an_account_stays_in_its_tier_until_it_was_there_long_enough(score, tables):
    def previous(since: object) -> pd.DataFrame:
        return pd.DataFrame({"account_id": ["acme"], "tier": [1], "tier_since": [since]})

    week_ago = AS_OF - pd.Timedelta(days=7)
    staying = AT_ONCE.model_copy(
        update={"tiers": AT_ONCE.tiers.model_copy(update={"min_stay_days": 30})}
    )
    fresh = score(tables, staying, previous=previous(week_ago)).scored.iloc[0]
    told = ["account_id", "tier", "tier_why", "change", "tier_since"]
    assert fresh[told].tolist() == ["acme", 1, "kept_by_stay", "same", week_ago]
    old = score(tables, staying, previous=previous(AS_OF - pd.Timedelta(days=90))).scored.iloc[0]
    assert old[told].tolist() == ["acme", 2, "threshold", "down", AS_OF]


def test_what_people_decided_holds(score, tables):
    tables["overrides"] = pd.DataFrame(
        [("beta", "tier", 1), ("gamma", "hands_off", None)],
        columns=["account_id", "action", "tier"],
    ).assign(by="Ann", reason="partner day", ts=AS_OF - pd.Timedelta(days=9), until=pd.NaT)
    result = score(tables)
    beta = result.scored.set_index("account_id").loc["beta"]
    assert (beta["tier"], beta["tier_why"]) == (1, "manual")
    gamma = result.excluded.set_index("account_id").loc["gamma"]
    assert gamma["reason"] == "hands_off"
    assert gamma["detail"] == "by Ann, because partner day"


def test_a_list_for_one_product_keeps_customers_of_another(score, tables):
    tables["opportunities"]["product"] = ["CRM", "ERP", "CRM"]
    crm, erp = (score(tables, product=product) for product in ("crm", "ERP"))
    assert "customer" not in set(crm.scored["account_id"])
    assert "open" in set(crm.scored["account_id"])
    assert "customer" in set(erp.scored["account_id"])
    bought = erp.scored.set_index("account_id").loc["customer"]
    assert (bought["stage"], bought["play"], bought["play_why"], bought["handover"]) == (
        "aware", "land_and_expand", "cross_sell:1", "nurture",
    )  # fmt: skip
    with pytest.raises(ParamsError, match="no opportunity is of product 'CRN'; did you mean CRM"):
        score(tables, product="CRN")


def test_changes_since_the_previous_list(score, tables):
    previous = pd.DataFrame(
        {"account_id": ["acme", "beta", "open", "gone"], "tier": [1, 3, 2, 2], "other": 0}
    )
    result = score(tables, AT_ONCE, previous=previous)
    assert by_id(result.scored, "change") == {"acme": "down", "beta": "same", "gamma": "new"}
    assert result.scored["previous_tier"].tolist() == [1, 3, pd.NA]
    assert by_id(result.excluded, "change")["open"] == "out"
    assert result.summary["changes"] == {"down": 1, "same": 1, "new": 1, "out": 1, "gone": 1}


def test_the_target_account_list_is_what_has_a_tier(score, tables):
    params = Params.model_validate({
        "tiers": {"tier_3_at": 30}, "exclusions": {"hands_off_owners": ["boss"]},
        "scoring": {"holdout_share": 0.999},
    })  # fmt: skip
    result = score(tables, params)
    assert result.tal["account_id"].tolist() == ["acme", "beta"]
    assert result.scored["tier"].tolist() == [2, 3, pd.NA]
    # Held-out accounts are marked and keep their tier.
    assert result.tal["holdout"].all()


def test_an_absent_source_gives_its_weight_away_and_an_empty_one_does_not(score, tables):
    del tables["intent"]
    tables["accounts"]["technologies"] = None  # empty for all: as good as absent
    tables["engagements"] = tables["engagements"].iloc[:0]
    result = score(tables)
    assert result.summary["absent_parts"] == ["technographic", "intent"]
    assert result.scored[["intent", "technographic"]].isna().all(axis=None)
    assert result.scored["engagement"].tolist() == [0, 0, 0]
    assert by_id(result.scored, "account_score")["acme"] == pytest.approx(40 / 0.55)
    assert by_id(result.scored, "fit")["acme"] == 100


def test_accounts_without_recent_signs_are_dormant_or_unaware(score, tables):
    tables["intent"] = tables["intent"].iloc[:0]
    tables["engagements"] = tables["engagements"].query("account_id == 'beta'")
    assert by_id(score(tables).scored, "stage") == {
        "beta": "dormant",  # visited 120 days ago
        "gamma": "dormant",  # lost a year ago
        "acme": "unaware",
    }


def test_accounts_created_at_or_after_as_of_are_not_in_the_universe(score, tables):
    tables["accounts"]["created_at"] = pd.to_datetime(["2026-01-01"] + ["2020-01-01"] * 7)
    result = score(tables)
    assert "acme" not in {*result.scored["account_id"], *result.excluded["account_id"]}
    assert result.summary["universe"] == 7


def test_an_empty_universe_gives_empty_tables_and_says_so(score, tables):
    tables["accounts"]["created_at"] = pd.Timestamp("2027-01-01")
    result = score(tables)
    assert len(result.scored) == len(result.excluded) == 0
    assert "the universe is empty: no account existed before as_of" in result.summary["warnings"]


def test_criteria_may_count_signals_and_look_at_columns_that_the_user_brought(score, tables):
    tables["signals"] = pd.DataFrame(
        {
            "account_id": ["acme", "acme", "beta", "beta"],
            "kind": "job_posting",
            "ts": pd.to_datetime(["2025-12-01", "2025-12-02", "2025-12-01", "2025-01-01"]),
        }
    )
    # A name that the inputs of the rules use themselves does no harm.
    tables["accounts"]["suppressed"] = pd.Categorical(["good", "good", "bad"] + ["good"] * 5)
    postings = {"signal": "job_posting", "count_at_least": 2, "within_days": 90}
    result = score(tables, icp(postings, {"column": "suppressed", "any_of": ["good"]}))
    technographic = by_id(result.scored, "technographic")
    assert technographic == {"acme": 100, "beta": 50, "gamma": 0, "keep-off": 50}


def test_an_empty_icp_is_told_with_what_to_do(score, tables):
    empty = Params.model_validate({"icp": {"firmographic": [], "technographic": []}})
    said = [one for one in score(tables, empty).summary["warnings"] if "ICP" in one]
    assert said == [
        "the ICP is empty: fit says nothing; declare criteria under icp in params.yaml, or let  "
        "abm icp propose  do it"
    ]


def test_a_misspelt_criterion_is_named(score, tables):
    with pytest.raises(ParamsError, match=r"no column 'industy' \(did you mean industry\?\)"):
        score(tables, icp({"column": "industy", "exists": True}))


def test_an_account_that_stands_twice_is_refused(score, tables):
    tables["accounts"] = pd.concat([tables["accounts"], tables["accounts"].iloc[:1]])
    with pytest.raises(DataError, match="account_id 'acme' stands in it more than once"):
        score(tables)
