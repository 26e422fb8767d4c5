"""The laws of DESIGN 8 over generated tables, from tables to list."""

import random
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.explain import explain_account

AS_OF = datetime(2026, 1, 1)


def moment(rng: random.Random, first: int, last: int) -> datetime:
    """A random second, so many days before as_of."""
    return AS_OF - timedelta(days=rng.randint(first, last), seconds=rng.randint(1, 80_000))


def drawn_tables(seed: int, *, suppressions: bool = True) -> dict[str, pd.DataFrame]:
    """Ten accounts in all sorts of states; the same seed gives the same tables."""
    rng = random.Random(seed)
    ids = [f"a{i}" for i in range(10)]
    people = [f"c{i}" for i in range(20)]
    accounts = pd.DataFrame({
        "account_id": ids,
        "name": "x",
        "domain": [f"{name}.example" for name in ids],
        "industry": [rng.choice(["Software", "Retail", None]) for _ in ids],
        "employees": [rng.choice([50.0, 500.0, None]) for _ in ids],
        "technologies": [rng.choice([["SAP", "AWS"], ["AWS"], None]) for _ in ids],
        "account_type": [rng.choice([None, None, "Partner"]) for _ in ids],
    })  # fmt: skip
    contacts = pd.DataFrame({
        "contact_id": people,
        "account_id": [rng.choice(ids) for _ in people],
        "email": [f"{person}@{rng.choice(ids)}.example" for person in people],
        "opted_out": [rng.random() < 0.2 for _ in people],
    })  # fmt: skip
    home = dict(zip(people, contacts["account_id"], strict=True))
    doers = [rng.choice(people) for _ in range(40)]
    engagements = pd.DataFrame({
        "account_id": [home[person] for person in doers],
        "contact_id": doers,
        "kind": [rng.choice(["website_visit", "demo_request", "meeting"]) for _ in doers],
        "ts": [moment(rng, 0, 150) for _ in doers],
    })  # fmt: skip
    intent = pd.DataFrame({
        "account_id": [rng.choice(ids) for _ in range(10)],
        "topic": "crm",
        "score": [rng.uniform(0, 100) for _ in range(10)],
        "ts": [moment(rng, 0, 100) for _ in range(10)],
    })  # fmt: skip
    opened = [moment(rng, 100, 300) for _ in range(4)]
    is_won = [rng.choice([True, False, None]) for _ in opened]
    opportunities = pd.DataFrame({
        "opportunity_id": [f"o{i}" for i in range(4)],
        "account_id": [rng.choice(ids) for _ in opened],
        "created_at": opened,
        "stage": "x",
        "is_won": pd.array(is_won, "boolean"),
        "closed_at": [None if won is None else moment(rng, 1, 90) for won in is_won],
    })  # fmt: skip
    tables = {
        "accounts": accounts, "contacts": contacts, "engagements": engagements,
        "intent": intent, "opportunities": opportunities,
    }  # fmt: skip
    if suppressions:
        listed = [("account", rng.choice(ids)), ("domain", f"{rng.choice(ids)}.example")]
        listed.append(("contact", rng.choice(people)))
        tables["suppressions"] = pd.DataFrame(listed, columns=["kind", "value"])
    return tables


worlds = st.integers(0, 100_000)


def may_not_be_contacted(tables: dict[str, pd.DataFrame]) -> set[str]:
    """People who opted out, or are suppressed by id, by mail domain or with their account."""
    listed = tables["suppressions"]
    accounts, domains, people = (
        set(listed.loc[listed["kind"] == kind, "value"])
        for kind in ("account", "domain", "contact")
    )
    contacts = tables["contacts"]
    accounts |= {domain.removesuffix(".example") for domain in domains}
    stopped = (
        contacts["opted_out"]
        | contacts["contact_id"].isin(people)
        | contacts["account_id"].isin(accounts)
        | contacts["email"].str.split("@").str[1].isin(domains)
    )
    return set(contacts.loc[stopped, "contact_id"])


def more_events(tables: dict[str, pd.DataFrame], days: int) -> dict[str, pd.DataFrame]:
    """The same with a demo of every contact and intent of every account, so many days ago."""
    contacts, ts = tables["contacts"], AS_OF - timedelta(days=days)
    demos = contacts[["account_id", "contact_id"]].assign(kind="demo_request", ts=ts)
    surge = tables["accounts"][["account_id"]].assign(topic="crm", score=100.0, ts=ts)
    deals = tables["accounts"][["account_id"]].assign(
        opportunity_id=[f"new{i}" for i in range(10)], created_at=ts, stage="x", is_won=None
    )
    decided = tables["accounts"][["account_id"]].assign(action="pilot", ts=ts)
    added = {
        "engagements": demos, "intent": surge, "opportunities": deals, "overrides": decided,
    }  # fmt: skip
    return tables | {
        name: pd.concat([tables[name], rows], ignore_index=True) if name in tables else rows
        for name, rows in added.items()
    }


@st.composite
def rule_books(draw: st.DrawFn) -> Params:
    """Rules as people set them: floors, caps, thresholds, half-lives, a `must`, own weights."""
    floors = sorted(draw(st.lists(st.integers(0, 90), min_size=3, max_size=3, unique=True)))
    points = sorted(draw(st.lists(st.integers(1, 90), min_size=3, max_size=3)))
    share = draw(st.sampled_from([0.1, 0.25, 0.5]))
    industry = {"column": "industry", "any_of": ["Software"], "must": draw(st.booleans())}
    return Params.model_validate({
        "icp": {"firmographic": [industry, {"column": "employees", "min": 100}]},
        "account_score": {
            "firmographic": 0.5 - share / 2, "technographic": 0.5 - share / 2,
            "intent": share / 2, "engagement": share / 2,
        },
        "engagement": {
            "half_life_days": draw(st.sampled_from([7, 30, 90])),
            "daily_cap": draw(st.integers(1, 5)),
            "preset": draw(st.sampled_from(["classic", "huoyan"])),
            "points": {"meeting": 50, "demo_request": 25, "website_visit": 1},
        },
        "tiers": {
            **{f"tier_{3 - i}_at": floor for i, floor in enumerate(floors)},
            "capacity": [draw(st.none() | st.integers(0, 5)) for _ in range(3)],
        },
        "mqa": {
            "way": draw(st.sampled_from(["points", "grade"])),
            **{f"tier_{i}": {"points": p, "contacts": 1} for i, p in enumerate(points, start=1)},
        },
    })  # fmt: skip


motions = st.sampled_from(["acquire", "accelerate", "expand", "all"])


@settings(settings.get_profile("law of whole lists"))
@given(worlds, rule_books(), motions, st.integers(1, 60))
def test_laws_1_to_5_of_whole_lists(score, seed, params, motion, days):
    tables = drawn_tables(seed)
    result = score(tables, params, motion=motion)
    nothing_is_lost_and_the_suppressed_never_appear(tables, result)
    more_engagement_harms_nobody(score, tables, result, params, motion, days)
    later = more_events(tables, days=0)
    mixed = {name: table.sample(frac=1, random_state=seed) for name, table in later.items()}
    again = score(mixed, params, motion=motion, threads=2)
    # Only the run's name may differ: it stands for all inputs.
    for name in ("scored", "excluded"):
        one, other = (getattr(it, name).drop(columns="run_id") for it in (result, again))
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@settings(settings.get_profile("law of whole lists"))
@given(worlds, rule_books())
def test_law_3_neither_row_order_nor_threads_change_the_run(score, seed, params):
    tables = drawn_tables(seed)
    mixed = {name: table.sample(frac=1, random_state=seed) for name, table in tables.items()}
    first, second = score(tables, params), score(mixed, params, threads=2)
    pd.testing.assert_frame_equal(first.scored, second.scored, check_exact=True)
    assert first.summary == second.summary


def nothing_is_lost_and_the_suppressed_never_appear(tables, result):
    scored, excluded = list(result.scored["account_id"]), list(result.excluded["account_id"])
    assert sorted(scored + excluded) == sorted(tables["accounts"]["account_id"])
    with_tier = result.scored[result.scored["tier"].notna()]
    pd.testing.assert_frame_equal(result.tal, with_tier.reset_index(drop=True))
    listed = tables["suppressions"].query("kind != 'contact'")["value"]
    assert set(listed.str.removesuffix(".example")).isdisjoint(scored)
    told = [who for people in result.scored["recommended_contacts"] for who in people]
    told += result.scored["handover_contact"].dropna().tolist()
    assert may_not_be_contacted(tables).isdisjoint(told)
    home = tables["contacts"].set_index("contact_id")["account_id"]
    assert set(home[told]) <= set(scored)


def more_engagement_harms_nobody(score, tables, result, params, motion, days):
    if result.scored.empty:
        return
    scored = result.scored.set_index("account_id")
    account = scored.index[-1]
    demo = pd.DataFrame({
        "account_id": [account], "kind": "demo_request", "ts": AS_OF - timedelta(days=days),
        "visitor_id": "v1",
    })  # fmt: skip
    engaged = tables | {"engagements": pd.concat([tables["engagements"], demo])}
    again = score(engaged, params, motion=motion).scored.set_index("account_id")
    before, after = scored.loc[account], again.loc[account]
    assert after["engagement_points"] > before["engagement_points"]
    for column in ("engagement", "account_score", "priority", "mqa"):
        assert after[column] >= before[column]
    was, is_now = (4 if pd.isna(one["tier"]) else one["tier"] for one in (before, after))
    assert is_now <= was


@settings(settings.get_profile("law of whole lists"))
@given(worlds, rule_books(), st.integers(0, 9))
def test_law_6_what_is_told_of_an_account_adds_up_to_its_numbers(seed, params, which):
    tables = drawn_tables(seed, suppressions=False)
    crm = Crm.from_tables(tables, threads=1)
    told = explain_account(crm, None, None, params, AS_OF, f"a{which}", motion="all")
    if told["exclusion"]:
        assert told["priority"] is None
        return
    score, engagement = told["account_score"], told["engagement"]
    total = sum(part["weight"] * part["score"] for part in score["parts"].values())
    assert total == pytest.approx(score["value"], abs=1e-9)
    counted = sum(event["points"] for event in engagement["events"] if event["counted"])
    days = sum(day["points"] for day in engagement["days"])
    assert counted == pytest.approx(engagement["points"], abs=1e-9)
    assert days == pytest.approx(engagement["points"], abs=1e-9)
    for part, criteria in told["icp"].items():
        if part in score["parts"] and not told["icp"]["knocked_out"]:
            points = sum(criterion["points"] for criterion in criteria)
            assert points == pytest.approx(score["parts"][part]["score"], abs=1e-9)
