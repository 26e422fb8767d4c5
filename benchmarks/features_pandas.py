"""The competitors of benchmarks/features.py: the same features in plain pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

POINTS = {
    "website_visit": 1, "content_download": 5, "event_registration": 10, "demo_request": 25,
    "meeting": 50,
}  # fmt: skip
KINDS = (*POINTS, "email_click")
WINDOWS = (7, 30, 90, 365)
DAILY_CAP, HALF_LIFE, REACH = 5, 30.0, 365


def read_spine(folder: Path, rows: int) -> pa.Table:
    """Opportunities as row_id, account_id and as_of (their creation)."""
    file = folder / "canonical" / "opportunities.parquet"
    table = pq.read_table(file, columns=["account_id", "created_at"])
    table = table.slice(0, rows).rename_columns(["account_id", "as_of"])
    return table.add_column(0, "row_id", pa.array(np.arange(table.num_rows)))


def universe_features(folder: Path, as_of: datetime) -> pd.DataFrame:
    """Every feature of every account as of one date."""
    reader = _Reader(folder / "canonical", pd.Timestamp(as_of))
    out = reader.accounts[["row_id"]].copy()
    for name in ("industry", "country", "employees"):
        out[name] = reader.accounts[name]
    out["account_age_days"] = reader.age(reader.accounts["created_at"]).astype(float)
    contacts = reader.read("contacts", [], at="created_at")
    out["known_contacts"] = contacts.groupby("row").size()
    _engagement(reader, out)
    _signals(reader, out)
    _intent(reader, out)
    _opportunities(reader, out)
    unknown = ("industry", "country", "employees", "account_age_days")
    counts = [c for c in out if c not in unknown and not c.startswith("days_since")]
    out[counts] = out[counts].fillna(0)
    return out


class _Reader:
    """Tables before as_of with the account's row number in place of its id."""

    def __init__(self, folder: Path, as_of: pd.Timestamp) -> None:
        self.folder, self.as_of = folder, as_of
        accounts = pd.read_parquet(
            folder / "accounts.parquet", filters=[("created_at", "<", as_of)]
        )
        self.accounts = accounts.sort_values("account_id", ignore_index=True)
        self.accounts["row_id"] = np.arange(len(accounts))
        self.index = pd.Index(self.accounts["account_id"])

    def read(
        self, name: str, columns: list[str], at: str = "ts", days: int | None = None
    ) -> pd.DataFrame:
        span: list[Any] = [(at, "<", self.as_of)]
        if days is not None:
            span.append((at, ">=", self.as_of - pd.Timedelta(days=days)))
        file = self.folder / f"{name}.parquet"
        table = pd.read_parquet(file, columns=["account_id", at, *columns], filters=span)
        # Whole numbers are far cheaper to group by than text.
        table["row"] = self.index.get_indexer(table.pop("account_id"))
        table["age"] = self.age(table.pop(at)).astype(np.int16)
        return table[table["row"] >= 0]

    def age(self, moments: pd.Series) -> pd.Series:
        return (self.as_of.normalize() - moments.dt.normalize()).dt.days


def _engagement(reader: _Reader, out: pd.DataFrame) -> None:
    events = reader.read("engagements", ["kind", "contact_id", "visitor_id"], days=REACH)
    events = events[events["kind"] != "opportunity"]
    events["kind"] = events["kind"].astype("category")
    events["known"] = events["contact_id"].notna()
    person = events.pop("contact_id").fillna(events.pop("visitor_id"))
    events["person"] = pd.factorize(person)[0]  # -1: nobody
    del person
    for days in WINDOWS:
        out[f"engagements:all:{days}d"] = events[events["age"] <= days].groupby("row").size()
    by_kind = events[events["age"] <= 90].groupby(["row", "kind"], observed=True).size()
    by_kind = by_kind.unstack(fill_value=0)
    for kind in KINDS:
        out[f"engagements:{kind}:90d"] = by_kind[kind]
    people = events[events["person"] >= 0].groupby(["row", "person"], sort=False)
    people = people.agg(age=("age", "min"), known=("known", "first")).reset_index()
    for days in WINDOWS:
        near = people[people["age"] <= days]
        out[f"engaged_people:{days}d"] = near.groupby("row").size()
        out[f"engaged_contacts:{days}d"] = near[near["known"]].groupby("row").size()
    keys = ["row", "person", "kind", "age"]
    daily = events.groupby(keys, sort=False, observed=True).size().rename("n").reset_index()
    each = (
        daily["kind"].astype(str).map(POINTS).fillna(0) * 1e6 * 2.0 ** (-daily["age"] / HALF_LIFE)
    )
    micro = np.floor(each + 0.5) * daily["n"].clip(upper=DAILY_CAP)
    out["engagement_points"] = micro.groupby(daily["row"]).sum() / 1e6
    out["days_since_engagement"] = events.groupby("row")["age"].min().astype(float)
    recent = out["engagements:all:30d"].fillna(0)
    before = out["engagements:all:90d"].fillna(0) - recent
    out["engagement_trend"] = (2 * recent - before) / (2 * recent + before).replace(0, np.nan)


def _signals(reader: _Reader, out: pd.DataFrame) -> None:
    signals = reader.read("signals", ["kind"], days=365)
    for days in (90, 365):
        counts = signals[signals["age"] <= days].groupby(["row", "kind"]).size().unstack()
        for kind in counts:
            out[f"signals:{kind}:{days}d"] = counts[kind]


def _intent(reader: _Reader, out: pd.DataFrame) -> None:
    file = reader.folder / "intent.parquet"
    span = [("ts", "<", reader.as_of), ("ts", ">=", reader.as_of - pd.Timedelta(days=90))]
    scores = pd.read_parquet(file, filters=span)
    scores["row"] = reader.index.get_indexer(scores["account_id"])
    scores = scores[scores["row"] >= 0].sort_values(["ts", "score"])
    newest = scores.drop_duplicates(["row", "topic"], keep="last")
    by_topic = newest.pivot(index="row", columns="topic", values="score")
    for topic in by_topic:
        out[f"intent:{topic}"] = by_topic[topic]
    out["intent_max"] = by_topic.max(axis=1)


def _opportunities(reader: _Reader, out: pd.DataFrame) -> None:
    deals = reader.read("opportunities", ["closed_at", "is_won"], at="created_at")
    closed = deals[deals["closed_at"] < reader.as_of]
    closed = closed.assign(days=reader.age(closed["closed_at"]))
    won = closed["is_won"].astype(bool)
    for name, part in (("won", closed[won]), ("lost", closed[~won])):
        out[f"past_{name}"] = part.groupby("row").size()
        out[f"days_since_{name}"] = part.groupby("row")["days"].min()
    is_open = ~(deals["closed_at"] < reader.as_of)
    out["open_opportunities"] = deals[is_open].groupby("row").size()


@dataclass(frozen=True)
class Indexed:
    """Events sorted by account and time, and where each account's lie."""

    events: pd.DataFrame
    moments: np.ndarray
    bounds: dict[str, tuple[int, int]]


def index_events(folder: Path) -> Indexed:
    """Read, sort and index all events once."""
    columns = ["account_id", "ts", "kind", "contact_id", "visitor_id"]
    events = pd.read_parquet(folder / "canonical" / "engagements.parquet", columns=columns)
    events = events[events["kind"] != "opportunity"]
    events = events.sort_values(["account_id", "ts"], ignore_index=True)
    account = events.pop("account_id")
    starts = np.flatnonzero((account != account.shift()).to_numpy())
    ends = np.append(starts[1:], len(account))
    names = account.iloc[starts]
    bounds = dict(zip(names, zip(starts.tolist(), ends.tolist(), strict=True), strict=True))
    events["known"] = events["contact_id"].notna()
    events["person"] = events.pop("contact_id").fillna(events.pop("visitor_id"))
    return Indexed(events, events["ts"].to_numpy(), bounds)


def loop_features(index: Indexed, spine: pd.DataFrame) -> pd.DataFrame:
    """Engagement features of each spine row, one after the other."""
    return pd.DataFrame(
        [_row_features(index, row.row_id, row.account_id, row.as_of) for row in spine.itertuples()]
    )


def _row_features(
    index: Indexed, row_id: int, account_id: str, as_of: pd.Timestamp
) -> dict[str, float | None]:
    low, high = index.bounds.get(account_id, (0, 0))
    today = as_of.normalize()
    moments = index.moments[low:high]
    first = low + np.searchsorted(moments, (today - pd.Timedelta(days=REACH)).to_datetime64())
    last = low + np.searchsorted(moments, as_of.to_datetime64())
    seen = index.events.iloc[first:last]
    kind, person, known = seen["kind"].to_numpy(), seen["person"], seen["known"].to_numpy()
    midnights = index.moments[first:last].astype("datetime64[D]")
    age = (today.to_datetime64().astype("datetime64[D]") - midnights).astype(np.int64)
    found: dict[str, float | None] = {"row_id": row_id}
    for days in WINDOWS:
        inside = age <= days
        found[f"engagements:all:{days}d"] = float(inside.sum())
        found[f"engaged_people:{days}d"] = float(person[inside].nunique())
        found[f"engaged_contacts:{days}d"] = float(person[inside & known].nunique())
    near = age <= 90
    for name in KINDS:
        found[f"engagements:{name}:90d"] = float((near & (kind == name)).sum())
    daily = seen.assign(age=age).groupby(["person", "kind", "age"], dropna=False, sort=False).size()
    of_kind, of_age = daily.index.get_level_values("kind"), daily.index.get_level_values("age")
    worth = of_kind.map(POINTS).to_numpy(dtype=float, na_value=0.0)
    each = np.floor(worth * 1e6 * 2.0 ** (-of_age.to_numpy(dtype=float) / HALF_LIFE) + 0.5)
    found["engagement_points"] = float((each * np.minimum(daily.to_numpy(), DAILY_CAP)).sum()) / 1e6
    found["days_since_engagement"] = float(age.min()) if len(age) else None
    recent = float((age <= 30).sum())
    both = 2 * recent + float(near.sum()) - recent
    found["engagement_trend"] = (2 * recent - (float(near.sum()) - recent)) / both if both else 0.0
    return found
