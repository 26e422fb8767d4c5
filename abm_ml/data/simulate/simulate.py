"""A seeded CRM world whose truth is known: exports on one side, the truth beside them."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.simulate import company_tables, deal_tables, truth
from abm_ml.data.simulate.chunk import Chunk, make_chunk
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.dirt import with_earlier_versions
from abm_ml.data.simulate.draws import Draws
from abm_ml.data.simulate.people_tables import People
from abm_ml.data.simulate.world import World
from abm_ml.data.simulate.write import ExportStyle, FileFormat, TableFile
from abm_ml.errors import ParamsError

CHUNK_ACCOUNTS = 20_000
"""Accounts that are made at a time: memory stays flat, the result does not depend on it."""

MOST_ACCOUNTS = 67_000_000
"""As many office networks fit into 240.0.0.0/4."""


def simulate_world(
    out: Path,
    *,
    accounts: int = 5_000,
    seed: int = 0,
    dialect: str = "canonical",
    file_format: FileFormat | None = None,
    encoding: str = "utf-8",
    world: World | None = None,
    chunk_accounts: int = CHUNK_ACCOUNTS,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Write a CRM export and the truth behind it.

    Parameters
    ----------
    out : Path
        Directory that gets `exports/` (one file a table) and `truth/` (opportunities, accounts,
        campaigns as Parquet, world.json).
    accounts : int
        How many companies; everything else follows from `world`.
    seed : int
        The same seed gives the same files, byte for byte.
    dialect : str
        Names and spelling of the export: canonical, salesforce, hubspot or zh.
    file_format : {"parquet", "csv"}, optional
        Kind of the exported files; by default Parquet for canonical, CSV for the others.
    encoding : str
        Of CSV files, e.g. utf-8 or gb18030.
    world : World, optional
        What the world is like.
    chunk_accounts : int
        Accounts made at a time; matters for memory only.
    progress : callable, optional
        Is told, in words, how far it is.

    Returns
    -------
    dict
        accounts, seed, dialect, rows by exported table, closed opportunities and won ones.

    Raises
    ------
    ParamsError
        If an argument is out of range.
    """
    file_format = file_format or ("parquet" if dialect == "canonical" else "csv")
    _check(accounts, seed, dialect, file_format, encoding, chunk_accounts)
    world = world or World()
    style = ExportStyle(dialect, file_format)
    rows: dict[str, int] = {}
    outcomes = {"closed_opportunities": 0, "won_opportunities": 0}
    with ExitStack() as files:
        exports = _Directory(out / "exports", files)
        known = _Directory(out / "truth", files)
        for done, chunk in _chunks(accounts, seed, world, chunk_accounts):
            tables, secrets = _tables(chunk, world, Draws(seed))
            for name, table in tables.items():
                exports.add(style.file_name(name), style.spelt(name, table), encoding)
                rows[name] = rows.get(name, 0) + len(table)
            for name, table in secrets.items():
                known.add(f"{name}.parquet", table)
            closed = chunk.deals.closed < world.last_second
            outcomes["closed_opportunities"] += int(closed.sum())
            outcomes["won_opportunities"] += int((closed & chunk.deals.won).sum())
            if progress:
                progress(f"simulated {done:,} of {accounts:,} accounts")
    _write_world(out / "truth" / "world.json", truth.world_truth(world, accounts, seed))
    return {"accounts": accounts, "seed": seed, "dialect": dialect, "rows": rows, **outcomes}


class _Directory:
    """Files that grow as chunks arrive."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._stack = stack
        self._files: dict[str, TableFile] = {}

    def add(self, file_name: str, table: pa.Table, encoding: str = "utf-8") -> None:
        """Append rows to one of the files."""
        if file_name not in self._files:
            file = TableFile(self._path / file_name, encoding)
            self._files[file_name] = self._stack.enter_context(file)
        self._files[file_name].add(table)


def _chunks(accounts: int, seed: int, world: World, size: int) -> Iterator[tuple[int, Chunk]]:
    """Chunks of accounts, and how many accounts are made with each."""
    for first in range(0, accounts, size):
        last = min(first + size, accounts)
        yield last, make_chunk(first, last, world, Draws(seed))


def _tables(
    chunk: Chunk, world: World, draws: Draws
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Exported tables and tables of truth of one chunk."""
    companies = Companies(chunk, world, draws)
    people = People(chunk, companies, world, draws)
    deals = deal_tables.opportunities_table(chunk, companies, world, draws)
    deal_keys = (chunk.accounts.index[chunk.deals.account], chunk.deals.number)
    contacts = chunk.cast.contacts
    exported = {
        "accounts": with_earlier_versions(
            companies.accounts_table(), "accounts", (companies.index,), world, draws
        ),
        "contacts": with_earlier_versions(
            people.contacts_table(), "contacts", (contacts.index, contacts.number), world, draws
        ),
        "opportunities": with_earlier_versions(deals, "opportunities", deal_keys, world, draws),
        "engagements": deal_tables.engagements_table(
            chunk, companies, people.contact_ids, people.lead_ids
        ),
        "intent": deal_tables.intent_table(chunk, companies, draws),
        "signals": deal_tables.signals_table(chunk, companies),
        "leads": people.leads_table(),
        "networks": company_tables.networks_table(chunk, companies),
        "suppressions": company_tables.suppressions_table(
            chunk, companies, people.contact_ids, people.emails, world, draws
        ),
        "relations": company_tables.relations_table(companies),
        "account_history": company_tables.history_table(chunk, companies, world, draws),
        "contracts": deal_tables.contracts_table(deals, world),
    }
    if companies.index[0] == 0:
        exported["campaigns"] = deal_tables.campaigns_table(world, draws)
    secrets = {
        "opportunities": truth.opportunities_truth(chunk, companies, world),
        "accounts": truth.accounts_truth(chunk, companies),
        "campaigns": truth.campaigns_truth(chunk, companies, world),
    }
    return exported, secrets


def _check(
    accounts: int, seed: int, dialect: str, file_format: str, encoding: str, chunk_accounts: int
) -> None:
    if not 1 <= accounts <= MOST_ACCOUNTS:
        raise ParamsError(
            f"accounts must be between 1 and {MOST_ACCOUNTS:,}. Supplied value {accounts}"
        )
    if seed < 0:
        raise ParamsError(f"seed must not be negative. Supplied value {seed}")
    if dialect not in DIALECTS:
        raise ParamsError(f"no such dialect: '{dialect}'; choose from {', '.join(DIALECTS)}")
    if file_format not in ("parquet", "csv"):
        raise ParamsError(f"no such file format: '{file_format}'; choose parquet or csv")
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ParamsError(f"no such encoding: '{encoding}'; try utf-8 or gb18030") from error
    if chunk_accounts < 1:
        raise ParamsError(f"chunk_accounts must be at least 1. Supplied value {chunk_accounts}")


def _write_world(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
