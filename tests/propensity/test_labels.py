"""Labels say what happened after a moment, and only what was known by the end of the data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError
from abm_ml.propensity.labels import conversion_labels, last_instant, win_labels, won_amounts

CrmOf = Callable[..., Crm]


def day(number: int) -> datetime:
    """Noon of a day, counted from 2024-01-01."""
    return datetime(2024, 1, 1, 12) + timedelta(days=number)


def snapshots(crm: Crm, **arguments: Any) -> dict[tuple[str, str], int]:
    """Label by account and day of conversion labels with a horizon of 60 days."""
    table = conversion_labels(
        crm, **{"horizon_days": 60, "every_months": 1, "until": day(300), **arguments}
    )
    rows = table.to_pylist()
    assert [row["row_id"] for row in rows] == list(range(len(rows)))
    return {(row["account_id"], f"{row['as_of']:%Y-%m-%d}"): row["y"] for row in rows}


def test_each_closed_opportunity_is_seen_at_its_creation(crm_of: CrmOf) -> None:
    crm = crm_of([("a", 0, 10, True), ("b", 5, 8, False), ("a", 3, None, None)])
    rows = win_labels(crm, day(100)).to_pylist()
    assert [(row["group"], row["y"]) for row in rows] == [("o0", 1), ("o1", 0)]
    assert [row["as_of"] for row in rows] == [day(0), day(5)]
    assert [row["known_at"] for row in rows] == [day(10), day(8)]


def test_what_closed_at_or_after_the_end_is_not_known(crm_of: CrmOf) -> None:
    crm = crm_of([("a", 0, 10, True), ("b", 0, 20, True), ("c", 30, 40, True)])
    assert win_labels(crm, day(20)).column("group").to_pylist() == ["o0"]


def test_an_opportunity_closed_on_a_day_before_its_creation_is_not_used(crm_of: CrmOf) -> None:
    crm = crm_of([("a", 10, 9, True), ("b", 10, 10, False)])
    assert win_labels(crm, day(100)).column("group").to_pylist() == ["o1"]


def test_an_outcome_is_never_known_before_its_row_was_seen(crm_of: CrmOf) -> None:
    crm = crm_of([("a", 10, 10, True)])
    crm.con.raw_sql("create view early as select * replace (closed_at - interval 6 hour as "
                    "closed_at) from opportunities")  # fmt: skip
    early = Crm(
        crm.con, {"accounts": crm.table("accounts"), "opportunities": crm.con.table("early")}
    )
    assert win_labels(early, day(100)).to_pylist()[0]["known_at"] == day(10)


def test_suppressed_and_unknown_accounts_teach_nothing(crm_of: CrmOf) -> None:
    listed = pd.DataFrame({"kind": ["account"], "value": ["b"]})
    crm = crm_of(
        [("a", 0, 10, True), ("b", 0, 10, True), ("nobody", 0, 10, True)], suppressions=listed
    )
    assert win_labels(crm, day(100)).column("account_id").to_pylist() == ["a"]
    assert {account for account, _ in snapshots(crm)} == {"a", "c"}


def test_only_months_that_have_closed_enough_may_be_tested(crm_of: CrmOf) -> None:
    january = [("a", k, k + 5, k % 2 == 0) for k in range(10)]
    february = [
        ("a", 40 + k, 50 + k if k < 8 else None, False if k < 8 else None) for k in range(10)
    ]
    rows = win_labels(crm_of(january + february), day(200)).to_pylist()
    assert [row["testable"] for row in rows] == [True] * 10 + [False] * 8
    loose = win_labels(crm_of(january + february), day(200), min_matured_share=0.8)
    assert all(loose.column("testable").to_pylist())


def test_an_account_converts_if_it_wins_inside_the_horizon(crm_of: CrmOf) -> None:
    # Won on day 100 (2024-04-10), whenever it was created.
    found = snapshots(crm_of([("a", 0, 100, True), ("b", 0, 100, False)]))
    won = [moment for (account, moment), y in found.items() if account == "a" and y]
    assert won == ["2024-02-28", "2024-03-28"]
    assert not any(y for (account, _), y in found.items() if account != "a")


def test_the_window_holds_its_first_instant_and_not_its_last() -> None:
    moment = datetime(2024, 1, 1)
    closed = {
        "just before": moment - timedelta(microseconds=1),
        "first": moment,
        "last": moment + timedelta(days=60, microseconds=-1),
        "just after": moment + timedelta(days=60),
    }
    deals = pd.DataFrame(
        {
            "opportunity_id": list(closed),
            "account_id": list(closed),
            "stage": "any",
            "created_at": datetime(2023, 12, 20),
            "closed_at": list(closed.values()),
            "is_won": True,
        }
    )
    accounts = pd.DataFrame({"account_id": list(closed), "name": list(closed)})
    crm = Crm.from_tables({"accounts": accounts, "opportunities": deals}, threads=1)
    until = moment + timedelta(days=60, hours=12)
    rows = conversion_labels(crm, horizon_days=60, every_months=60, until=until).to_pylist()
    assert {row["as_of"] for row in rows} == {moment}
    assert {row["account_id"] for row in rows if row["y"]} == {"first", "last"}


def test_snapshots_whose_horizon_has_not_passed_are_left_out(crm_of: CrmOf) -> None:
    table = conversion_labels(
        crm_of([("a", 0, 100, True)]), horizon_days=60, every_months=1, until=day(300)
    )
    last = max(table.column("known_at").to_pylist())
    assert day(300) - timedelta(days=1) < last <= day(300)


def test_no_snapshot_lies_before_the_first_opportunity(crm_of: CrmOf) -> None:
    moments = {moment for _, moment in snapshots(crm_of([("a", 90, 100, True)]))}
    assert min(moments) >= "2024-03-31"
    assert snapshots(crm_of([])) == {}


def test_an_account_has_rows_only_after_it_was_created(crm_of: CrmOf) -> None:
    crm = crm_of([("a", 0, 100, True)])
    accounts = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "name": ["A", "B"],
            "created_at": pd.Series([pd.NaT, day(200)], dtype="datetime64[us]"),
        }
    )
    dated = Crm.from_tables(
        {"accounts": accounts, "opportunities": crm.to_arrow(crm.table("opportunities"))}, threads=1
    )
    found = snapshots(dated)
    assert min(moment for account, moment in found if account == "b") > "2024-07-19"
    assert min(moment for account, moment in found if account == "a") < "2024-02-01"


def many_accounts(n: int) -> Crm:
    accounts = pd.DataFrame({"account_id": [f"a{k}" for k in range(n)], "name": "N"})
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"o{k}" for k in range(n)],
            "account_id": accounts["account_id"],
            "stage": "any",
            "created_at": day(0),
            "closed_at": [day(20 + 10 * (k % 20)) for k in range(n)],
            "is_won": [k % 3 == 0 for k in range(n)],
        }
    )
    return Crm.from_tables({"accounts": accounts, "opportunities": deals}, threads=1)


def test_too_many_rows_are_cut_by_whole_accounts_and_keep_the_rate() -> None:
    crm = many_accounts(3_000)
    everything = snapshots(crm)
    some = snapshots(crm, max_rows=len(everything) // 4)
    assert len(some) == pytest.approx(len(everything) / 4, rel=0.15)
    assert all(everything[key] == y for key, y in some.items())
    each = len({moment for _, moment in everything})
    assert len(some) == each * len({account for account, _ in some})
    rate, drawn = (sum(rows.values()) / len(rows) for rows in (everything, some))
    assert drawn == pytest.approx(rate, rel=0.15)


def test_the_seed_decides_which_accounts_are_drawn() -> None:
    crm = many_accounts(200)
    one, same, other = (snapshots(crm, max_rows=300, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.keys() != other.keys()


def test_the_end_of_the_data_is_just_after_its_last_event(crm_of: CrmOf) -> None:
    crm = crm_of([("a", 0, 50, True), ("b", 20, None, None)])
    assert last_instant(crm) == day(50) + timedelta(microseconds=1)
    assert win_labels(crm).num_rows == 1


def test_data_without_any_date_is_refused(crm_of: CrmOf) -> None:
    with pytest.raises(DataError, match="no row has a date; give `until`"):
        last_instant(crm_of([]))


@pytest.mark.parametrize("name", ["horizon_days", "every_months"])
def test_a_window_of_nothing_is_refused(crm_of: CrmOf, name: str) -> None:
    with pytest.raises(ParamsError, match=f"{name} must be at least 1. Supplied value 0"):
        conversion_labels(crm_of([]), **{name: 0})


# --- money ---------------------------------------------------------------------------------------


def priced(crm_of: CrmOf) -> Crm:
    """Account a wins 10 and 5 in one horizon, c wins without an amount; b loses."""
    crm = crm_of(
        [
            ("a", 0, 30, True), ("b", 5, 8, False), ("a", 3, 60, True), ("c", 4, 40, True),
            ("a", 4, 250, True),
        ],
    )  # fmt: skip
    deals = crm.to_arrow(crm.table("opportunities")).to_pandas()
    deals["amount"] = deals["opportunity_id"].map({"o0": 10.0, "o1": 7.0, "o2": 5.0, "o4": 90.0})
    accounts = crm.to_arrow(crm.table("accounts"))
    return Crm.from_tables({"accounts": accounts, "opportunities": deals}, threads=1)


def test_an_opportunity_brings_its_own_amount_if_it_was_won_in_time(crm_of: CrmOf) -> None:
    crm = priced(crm_of)
    labels = win_labels(crm, day(300))
    money = won_amounts(crm, labels, "win", day(300)).to_pylist()
    assert dict(zip(labels["group"].to_pylist(), money, strict=True)) == {
        "o0": 10.0, "o1": None, "o2": 5.0, "o3": None, "o4": 90.0,
    }  # fmt: skip
    early = won_amounts(crm, labels, "win", day(40)).to_pylist()
    assert dict(zip(labels["group"].to_pylist(), early, strict=True))["o2"] is None


def test_an_account_brings_what_it_won_within_the_horizon(crm_of: CrmOf) -> None:
    crm = priced(crm_of)
    labels = conversion_labels(crm, horizon_days=60, every_months=1, until=day(300))
    money = won_amounts(crm, labels, "conversion", day(300)).to_pylist()
    brought = {
        (row["account_id"], f"{row['as_of']:%m-%d}"): amount
        for row, amount in zip(labels.to_pylist(), money, strict=True)
    }
    first = min(when for _, when in brought)
    assert brought["b", first] is None
    assert brought["c", first] is None
    assert {amount for (who, _), amount in brought.items() if who == "a"} == {None, 5.0, 15.0, 90.0}
