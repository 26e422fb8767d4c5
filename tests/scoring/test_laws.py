"""The laws of DESIGN 8 over generated tables, from tables to list."""

import random
from datetime import datetime, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.config import Params

AS_OF = datetime(2026, 1, 1)
PARAMS = Params.model_validate({
    "tiers": {"tier_1_at": 60, "tier_2_at": 40, "tier_3_at": 10, "capacity": [2, 3, 4]},
    "mqa": {f"tier_{i}": {"points": 5 * i, "contacts": 1} for i in (1, 2, 3)},
})  # fmt: skip
few = settings(max_examples=2, deadline=None)  # the rules alone have hundreds: test_judgement


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


@few
@given(worlds, st.sampled_from(["acquire", "accelerate", "expand", "all"]))
def test_laws_2_and_5_nothing_is_lost_and_the_suppressed_never_appear(score, seed, motion):
    tables = drawn_tables(seed)
    result = score(tables, PARAMS, motion=motion)
    scored, excluded = list(result.scored["account_id"]), list(result.excluded["account_id"])
    assert sorted(scored + excluded) == sorted(tables["accounts"]["account_id"])
    with_tier = result.scored[result.scored["tier"].notna()]
    pd.testing.assert_frame_equal(result.tal, with_tier.reset_index(drop=True))
    listed = tables["suppressions"].query("kind != 'contact'")["value"]
    suppressed = set(listed.str.removesuffix(".example"))
    assert suppressed.isdisjoint(scored)
    recommended = {who for people in result.scored["recommended_contacts"] for who in people}
    assert recommended.isdisjoint(may_not_be_contacted(tables))
    home = tables["contacts"].set_index("contact_id")["account_id"]
    assert set(home[list(recommended)]) <= set(scored)


@few
@given(worlds)
def test_law_3_neither_row_order_nor_threads_change_a_byte(score, seed):
    tables = drawn_tables(seed)
    shuffled = {name: table.sample(frac=1, random_state=seed) for name, table in tables.items()}
    first, second = score(tables, PARAMS), score(shuffled, PARAMS, threads=2)
    pd.testing.assert_frame_equal(first.scored, second.scored, check_exact=True)
    pd.testing.assert_frame_equal(first.excluded, second.excluded, check_exact=True)
    assert first.summary == second.summary


def more_events(tables: dict[str, pd.DataFrame], days: int) -> dict[str, pd.DataFrame]:
    """The same with a demo of every contact and intent of every account, so many days ago."""
    contacts, ts = tables["contacts"], AS_OF - timedelta(days=days)
    demos = contacts[["account_id", "contact_id"]].assign(kind="demo_request", ts=ts)
    surge = tables["accounts"][["account_id"]].assign(topic="crm", score=100.0, ts=ts)
    deals = tables["accounts"][["account_id"]].assign(
        opportunity_id=[f"new{i}" for i in range(10)], created_at=ts, stage="x", is_won=None
    )
    added = {"engagements": demos, "intent": surge, "opportunities": deals}
    return tables | {
        name: pd.concat([tables[name], rows], ignore_index=True) for name, rows in added.items()
    }


@few
@given(worlds)
def test_law_1_events_at_or_after_as_of_change_nothing(score, seed):
    tables = drawn_tables(seed, suppressions=False)
    before = score(tables, PARAMS)
    after = score(more_events(tables, days=0), PARAMS)
    # Only the run's name may differ: it stands for all inputs.
    pd.testing.assert_frame_equal(
        before.scored.drop(columns="run_id"), after.scored.drop(columns="run_id")
    )


@few
@given(worlds, st.integers(1, 60))
def test_law_4_more_engagement_of_one_account_never_harms_it(score, seed, days):
    tables = drawn_tables(seed, suppressions=False)
    scored = score(tables, PARAMS, motion="all").scored.set_index("account_id")
    account = scored.index[-1]
    demo = pd.DataFrame({
        "account_id": [account], "kind": "demo_request", "ts": AS_OF - timedelta(days=days),
        "visitor_id": "v1",
    })  # fmt: skip
    engaged = tables | {"engagements": pd.concat([tables["engagements"], demo])}
    again = score(engaged, PARAMS, motion="all").scored.set_index("account_id")
    before, after = scored.loc[account], again.loc[account]
    assert after["engagement_points"] > before["engagement_points"]
    for column in ("engagement", "account_score", "priority", "mqa"):
        assert after[column] >= before[column]
    assert int(after["tier"] if pd.notna(after["tier"]) else 4) <= int(
        before["tier"] if pd.notna(before["tier"]) else 4
    )


def test_the_generator_reaches_every_state_that_the_laws_speak_of(score):
    tables = drawn_tables(3)
    result = score(tables, PARAMS)
    assert {"suppressed", "account_type"} <= set(result.excluded["reason"])
    assert result.scored["recommended_contacts"].map(len).sum() > 0
    assert may_not_be_contacted(tables)
