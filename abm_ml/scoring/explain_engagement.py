"""What an account's people did, day by day and event by event, with its points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from abm_ml.features.engagement import daily_events, micro_points
from abm_ml.features.ledger import event_ledger
from abm_ml.rules.score import MICRO
from abm_ml.scoring.closeup import Closeup


def engagement(account: Closeup) -> dict[str, Any]:
    """Points day by day; the days shown sum to the points of the account, to the millionth."""
    settings = account.run.params.engagement
    return {
        "points": account.value("engagement_points"),
        "full_points": settings.full_points,
        "score": account.value("engagement"),
        "half_life_days": settings.half_life_days,
        "daily_cap": settings.daily_cap,
        "days": _days(account),
        "events": _events(account),
    }


def _days(account: Closeup) -> list[dict[str, Any]]:
    """What each person did on each day within the window, newest first, with its points."""
    settings, crm = account.run.params.engagement, account.crm
    daily = daily_events(
        crm,
        crm.register("explained_spine", account.assessed.inputs.spine),
        window_days=settings.window_days,
    )
    points = micro_points(
        daily,
        points_by_kind=settings.points_by_kind,
        daily_cap=settings.daily_cap,
        half_life_days=settings.half_life_days,
    )
    table = crm.to_arrow(daily.mutate(points_micro=points.cast("int64")))
    keys = [("age_days", "ascending"), ("kind", "ascending"), ("person", "ascending")]
    return [
        {
            "day": (account.run.as_of - timedelta(days=event["age_days"])).date().isoformat(),
            "age_days": event["age_days"],
            "kind": event["kind"],
            "person": event["person"],
            "events": event["events"],
            "counted": min(event["events"], settings.daily_cap),
            "points_of_one": settings.points_by_kind.get(event["kind"], 0.0),
            "points": event["points_micro"] / MICRO,
        }
        for event in table.sort_by(keys).to_pylist()
    ]


def _events(account: Closeup) -> list[dict[str, Any]]:
    """Every event of the log, newest first; points of those counted sum to the account's."""
    run, crm = account.run, account.everything
    if run.not_people is None or not crm.has("engagements"):
        return []
    spine = crm.register("explained_spine", account.assessed.inputs.spine)
    ledger = crm.to_arrow(event_ledger(crm, spine, run.not_people, run.params.engagement))
    keys = [("ts", "descending"), ("kind", "ascending"), ("person", "ascending")]
    return [
        {
            "ts": event["ts"].isoformat(),
            "kind": event["kind"],
            "person": event["person"],
            "points": event["points_micro"] / MICRO,
            "counted": event["counted"],
            "reason": event["reason"],
        }
        for event in ledger.sort_by(keys).to_pylist()
    ]
