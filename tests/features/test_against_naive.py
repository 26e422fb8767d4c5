"""Every feature against a naive computation, row by row, to the last digit."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.features.account import account_features
from abm_ml.features.engagement import engagement_points
from abm_ml.features.spec import FeatureSpec
from abm_ml.rulebook import ENGAGEMENT_PRESETS

AS_OF = datetime(2025, 6, 1)
SPINE = [
    *((f"A{i}", AS_OF) for i in range(6)),
    *((f"A{i}", AS_OF - timedelta(days=31 * i, hours=7)) for i in range(6)),
]
POINTS = ENGAGEMENT_PRESETS["classic"]


def age(as_of: datetime, ts: datetime) -> int:
    return (as_of.date() - ts.date()).days


def naive(tables: dict[str, list[dict[str, Any]]], account: str, as_of: datetime) -> dict[str, Any]:
    """All features of one account as of a date, the long way round."""
    mine = {
        name: [row for row in rows if row["account_id"] == account]
        for name, rows in tables.items()
        if name != "suppressions"
    }
    return {
        **naive_attributes(mine, as_of),
        **naive_engagement(mine["engagements"], tables["suppressions"], as_of),
        **naive_signals(mine["signals"], as_of),
        **naive_intent(mine["intent"], as_of),
        **naive_opportunities(mine["opportunities"], as_of),
    }


def naive_attributes(mine, as_of) -> dict[str, Any]:
    [account] = mine["accounts"]
    found: dict[str, Any] = {name: account[name] for name in ("industry", "technologies")}
    found["employees"] = None if account["employees"] is None else float(account["employees"])
    found["account_type"] = None  # only history may tell: it isn't stable
    for name in ("industry", "employees", "account_type"):
        past = [
            row for row in mine["account_history"]
            if row["column"] == name and row["valid_from"] < as_of
        ]  # fmt: skip
        if past:
            value = max(past, key=lambda row: (row["valid_from"], row["value"] or ""))["value"]
            found[name] = float(value) if name == "employees" else value
    created = account["created_at"]
    found["account_age_days"] = float(age(as_of, created)) if created and created < as_of else None
    dates = [row["created_at"] for row in mine["contacts"]]
    found["known_contacts"] = float(sum(date is not None and date < as_of for date in dates))
    return found


def naive_engagement(events, suppressions, as_of) -> dict[str, Any]:
    barred = {
        row["value"] for row in suppressions if row.get("until") is None or row["until"] > as_of
    }
    seen = []
    for row in events:
        person = next(
            ((k, row[k]) for k in ("contact_id", "lead_id", "visitor_id") if k in row), None
        )
        suppressed = person is not None and person[0] == "contact_id" and person[1] in barred
        old = age(as_of, row["ts"])
        if row["ts"] < as_of and old <= 365 and row["kind"] != "opportunity" and not suppressed:
            seen.append((old, row["kind"], person))
    found: dict[str, Any] = {}
    for days in (7, 30, 90, 365):
        people = {person for old, _, person in seen if old <= days and person}
        known = {person for person in people if person[0] != "visitor_id"}
        found[f"engagements:all:{days}d"] = float(sum(old <= days for old, _, _ in seen))
        found[f"engaged_people:{days}d"] = float(len(people))
        found[f"engaged_contacts:{days}d"] = float(len(known))
    for kind in ("website_visit", "meeting", "content_download", "web:chat"):
        count = sum(old <= 90 and its == kind for old, its, _ in seen)
        found[f"engagements:{kind}:90d"] = float(count)
    micro = 0
    for (old, kind, _), count in Counter(seen).items():
        one = math.floor(POINTS.get(kind, 0) * 1e6 * 2 ** (-old / 30) + 0.5)
        micro += min(count, 5) * one
    found["engagement_points"] = micro / 1e6
    found["days_since_engagement"] = float(min(old for old, _, _ in seen)) if seen else None
    recent = sum(old <= 30 for old, _, _ in seen)
    before = sum(30 < old <= 90 for old, _, _ in seen)
    both = 2 * recent + before
    found["engagement_trend"] = (2 * recent - before) / both if both else 0.0
    return found


def naive_signals(signals, as_of) -> dict[str, Any]:
    return {
        f"signals:{kind}:{days}d": float(
            sum(
                row["kind"] == kind and row["ts"] < as_of and age(as_of, row["ts"]) <= days
                for row in signals
            )
        )
        for kind in ("job_posting", "funding_round")
        for days in (90, 365)
    }


def naive_intent(scores, as_of) -> dict[str, Any]:
    found = {}
    for topic in ("CRM", "ERP", "客户管理"):
        mine = [
            (row["ts"], row["score"]) for row in scores
            if row["topic"] == topic and row["ts"] < as_of and age(as_of, row["ts"]) <= 90
        ]  # fmt: skip
        found[f"intent:{topic}"] = max(mine)[1] if mine else 0.0
    return {**found, "intent_max": max(found.values())}


def naive_opportunities(deals, as_of) -> dict[str, Any]:
    born = [row for row in deals if row["created_at"] < as_of]
    closed = [row for row in born if row["closed_at"] is not None and row["closed_at"] < as_of]
    won = [age(as_of, row["closed_at"]) for row in closed if row["is_won"]]
    lost = [age(as_of, row["closed_at"]) for row in closed if not row["is_won"]]
    return {
        "past_won": float(len(won)),
        "past_lost": float(len(lost)),
        "open_opportunities": float(len(born) - len(closed)),
        "days_since_won": float(min(won)) if won else None,
        "days_since_lost": float(min(lost)) if lost else None,
    }


@pytest.mark.parametrize("seed", range(3))
def test_every_feature_equals_the_naive_one(crm_of, look, world, seed) -> None:
    tables = world(seed)
    crm = crm_of(**tables)
    spec = FeatureSpec.discover(crm, AS_OF)
    found = look(crm, SPINE, spec)
    expected = [naive(tables, account, as_of) for account, as_of in SPINE]
    assert set(spec.columns) == set(expected[0]), "the naive one knows all features"
    assert found == [{name: row[name] for name in spec.columns} for row in expected]


def test_the_rules_points_are_the_features_points(crm_of, world, make_spine) -> None:
    crm = crm_of(**world(9))
    spine = make_spine(crm, SPINE)
    spec = FeatureSpec.from_columns(["engagement_points"])
    points = engagement_points(
        crm,
        spine,
        points_by_kind=spec.points_by_kind,
        daily_cap=spec.daily_cap,
        half_life_days=spec.half_life_days,
        window_days=spec.window_days,
        excluded_kinds=spec.outcome_kinds,
    )
    micro = crm.to_arrow(points).sort_by("row_id")["points_micro"].to_pylist()
    features = crm.to_arrow(account_features(crm, spine, spec)).sort_by("row_id")
    assert [value / 1e6 for value in micro] == features["engagement_points"].to_pylist()
    assert all(isinstance(value, int) for value in micro)
    assert sum(micro) > 0
