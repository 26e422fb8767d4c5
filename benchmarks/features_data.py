"""A plain random CRM for benchmarks/features.py, as prepared Parquet files."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DAYS = 3 * 365
KINDS = (
    "website_visit", "content_download", "event_registration", "demo_request", "meeting",
    "email_click", "opportunity",
)  # fmt: skip
SHARES = (0.61, 0.12, 0.05, 0.02, 0.03, 0.16, 0.01)
CHUNK = 1_000_000
ROW_GROUP = 122_880


def generate(folder: Path, end: datetime, options: argparse.Namespace) -> None:
    """Three years of events up to `end`, spread unevenly over accounts, in order of time."""
    folder.mkdir()
    world = _World(options.accounts, end)
    _write(folder / "accounts.parquet", [world.account_table()])
    _write(folder / "contacts.parquet", [world.contacts(options.accounts * 3)])
    _write(folder / "opportunities.parquet", [world.opportunities(options.opportunities)])
    _write(folder / "intent.parquet", [world.intent(options.events // 20)])
    _write(folder / "signals.parquet", [world.signals(options.events // 20)])
    sizes = [min(CHUNK, options.events - i) for i in range(0, options.events, CHUNK)]
    parts = (world.events(n, i / len(sizes), 1 / len(sizes)) for i, n in enumerate(sizes))
    _write(folder / "engagements.parquet", parts)


class _World:
    """Random numbers with the accounts' uneven activity."""

    def __init__(self, accounts: int, end: datetime) -> None:
        self.rng = np.random.default_rng(0)
        self.accounts = accounts
        self.end = np.datetime64(end, "us")
        weight = np.cumsum(self.rng.lognormal(0, 1, accounts))
        self.cumulative = weight / weight[-1]

    def account_table(self) -> pa.Table:
        every = np.arange(self.accounts)
        employees = self.rng.lognormal(5, 2, self.accounts).astype(np.int64) + 1
        return pa.table(
            {
                "account_id": _ids("A", every),
                "name": _ids("Company ", every),
                "industry": _ids("Industry ", self.rng.integers(0, 20, self.accounts)),
                "country": _ids("Country ", self.rng.integers(0, 50, self.accounts)),
                "employees": pa.array(employees, mask=self.rng.random(self.accounts) < 0.1),
                "created_at": self._moments(self.accounts),
            }
        )

    def contacts(self, rows: int) -> pa.Table:
        account = self._some(rows)
        return pa.table(
            {
                "contact_id": _ids("C", np.arange(rows)),
                "account_id": _ids("A", account),
                "created_at": self._moments(rows),
            }
        )

    def opportunities(self, rows: int) -> pa.Table:
        created = self._moments(rows)
        days = self.rng.integers(1, 200, rows) * 86_400_000_000
        closed = pc.add(created, pa.array(days, pa.duration("us")))
        is_open = self.rng.random(rows) < 0.2
        won = pa.array(self.rng.random(rows) < 0.3, mask=is_open)
        return pa.table(
            {
                "opportunity_id": _ids("O", np.arange(rows)),
                "account_id": _ids("A", self._some(rows)),
                "stage": _ids("Stage ", self.rng.integers(0, 5, rows)),
                "created_at": created,
                "closed_at": pc.if_else(pa.array(is_open), None, closed),
                "is_won": won,
            }
        )

    def intent(self, rows: int) -> pa.Table:
        return pa.table(
            {
                "account_id": _ids("A", self._some(rows)),
                "topic": _ids("Topic ", self.rng.integers(0, 8, rows)),
                "ts": self._moments(rows),
                "score": self.rng.integers(0, 101, rows).astype(np.float64),
            }
        )

    def signals(self, rows: int) -> pa.Table:
        kinds = np.array(["job_posting", "funding_round", "news"])
        return pa.table(
            {
                "account_id": _ids("A", self._some(rows)),
                "kind": kinds[self.rng.integers(0, 3, rows)],
                "ts": self._moments(rows),
            }
        )

    def events(self, rows: int, start: float, share: float) -> pa.Table:
        """Events of one stretch of the three years; two in three by a contact."""
        account = self._some(rows)
        person = account * 6 + self.rng.integers(0, 6, rows)
        who = self.rng.random(rows)
        visitor = pa.array((who >= 0.65) & (who < 0.95))
        return pa.table(
            {
                "ts": self._moments(rows, start, share, ordered=True),
                "kind": np.array(KINDS)[self.rng.choice(len(KINDS), rows, p=SHARES)],
                "account_id": _ids("A", account),
                "contact_id": pc.if_else(pa.array(who < 0.65), _ids("C", person), None),
                "visitor_id": pc.if_else(visitor, _ids("V", person), None),
            }
        )

    def _some(self, rows: int) -> np.ndarray:
        return np.searchsorted(self.cumulative, self.rng.random(rows))

    def _moments(
        self, rows: int, start: float = 0.0, share: float = 1.0, ordered: bool = False
    ) -> pa.Array:
        place = start + share * self.rng.random(rows)
        seconds = ((place - 1) * DAYS * 86_400).astype(np.int64)
        moments = self.end + (np.sort(seconds) if ordered else seconds).astype("timedelta64[s]")
        return pa.array(moments, pa.timestamp("us"))


def _ids(prefix: str, numbers: np.ndarray) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def _write(path: Path, parts: Iterable[pa.Table]) -> None:
    writer = None
    for part in parts:
        writer = writer or pq.ParquetWriter(path, part.schema)
        writer.write_table(part, row_group_size=ROW_GROUP)
    if writer is not None:
        writer.close()
