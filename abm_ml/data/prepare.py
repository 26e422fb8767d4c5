"""Exports in, canonical tables out: every row is kept or quarantined, and the counts add up."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import duckdb

from abm_ml.config import Prepare
from abm_ml.data.company_links import CompanyLinks
from abm_ml.data.completions import complete_duplicates, start_completions, write_completions
from abm_ml.data.convert import Settings
from abm_ml.data.crm import Crm
from abm_ml.data.links import quarantine_duplicates, quarantine_orphans
from abm_ml.data.mapping import ExportMapping, load_mapping
from abm_ml.data.people import resolve_engagements
from abm_ml.data.plan import ExportPlan, plan_export
from abm_ml.data.quarantine import write_quarantine
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.staging import StagedFile, stage_file
from abm_ml.data.summary import PrepareSummary, summarise
from abm_ml.data.tables import Workbench, text
from abm_ml.data.timestamps import DateOrder
from abm_ml.errors import DataError

Progress = Callable[[str], None]

FEW_UNREADABLE = 3
"""So many rows of a small table may be unreadable, whatever share of it they are."""

_LINK_ORDER = ("accounts", "contacts", "leads", "opportunities")


def prepare_tables(
    exports: Path,
    out: Path,
    *,
    dialect: str | None = None,
    mapping: Path | None = None,
    date_order: str = "auto",
    max_unreadable_share: float = 0.05,
    base_currency: str = "USD",
    currency_rates: Mapping[str, float] | None = None,
    threads: int = 2,
    memory_limit: str = "4GB",
    progress: Progress | None = None,
) -> PrepareSummary:
    """Turn a directory of exports into canonical tables, quarantine and a summary.

    Writes `out/canonical/<table>.parquet`, `out/quarantine/<table>.parquet` and
    `out/summary.json`; `out/completions.parquet` too where values were completed from a matched
    record, each with its source. No file is ever held in memory as a whole.

    Parameters
    ----------
    exports : Path
        Directory of CSV, Parquet and XLSX files, or one such file.
    out : Path
        Directory to write to.
    dialect : str, optional
        canonical, salesforce, hubspot or zh; None: the one that knows most columns.
    mapping : Path, optional
        A mapping file (YAML), which goes before the dialect.
    date_order : "auto", "dmy" or "mdy"
        How to read 05/01/2024; a mapping file goes before it.
    max_unreadable_share : float
        The largest share of a table's rows that may hold values that make no sense; 0 to 1. Of a
        small table `FEW_UNREADABLE` rows may, as long as they are fewer than half; with 0 none.
    base_currency : str
        ISO code of the currency that all money is converted to.
    currency_rates : mapping of str to float, optional
        Worth of one unit of each currency, in any common one; None: only the base is known.
    threads, memory_limit : int, str
        What DuckDB may use.
    progress : callable, optional
        Told in a few words what happens.

    Raises
    ------
    DataError
        If the exports cannot be used as they are.
    """
    say = progress or (lambda _: None)
    told = load_mapping(mapping)
    plan = plan_export(exports, dialect, told)
    settings = Settings(_date_order(told, date_order), base_currency, currency_rates or {})
    for folder in ("canonical", "quarantine"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=out) as temporary:
        staging = Path(temporary)
        staged = _stage(plan, staging, settings, max_unreadable_share, say)
        with duckdb.connect() as con:  # in memory; it spills into the staging directory
            _configure(con, staging, threads, memory_limit)
            bench = Workbench(con)
            warnings = _check_tables(bench, staged, say)
            summary = _write(bench, plan, staged, staging, out, warnings, say)
    text_ = json.dumps(summary.to_dict(), indent=2, ensure_ascii=False)
    (out / "summary.json").write_text(text_ + "\n", encoding="utf-8")
    return summary


def read_crm(
    path: str | Path,
    *,
    dialect: str | None = None,
    mapping: str | Path | None = None,
    threads: int = 2,
    memory_limit: str = "4GB",
    **settings: Any,
) -> Crm:
    """The CRM in a prepared directory, or in a directory of exports that is prepared first.

    Exports are prepared into a temporary directory that lives as long as the Crm. The counts are
    in its `summary`, the rows left out in its `quarantine`, by table.

    Parameters
    ----------
    path : str or Path
        What `abm prepare` wrote, or exports.
    dialect, mapping, threads, memory_limit, **settings
        As for `prepare_tables`, with the default exchange rates of params.yaml; a prepared
        directory needs none of them.

    Raises
    ------
    DataError
        If the exports cannot be used as they are.
    """
    directory = Path(path)
    temporary = None
    if not (directory / "canonical").is_dir():
        temporary = tempfile.TemporaryDirectory(prefix="abm-")
        settings.setdefault("currency_rates", Prepare().currency_rates)
        prepare_tables(
            directory,
            Path(temporary.name),
            dialect=dialect,
            mapping=Path(mapping) if mapping else None,
            threads=threads,
            memory_limit=memory_limit,
            **settings,
        )
        directory = Path(temporary.name)
    crm = Crm.open(directory, threads=threads, memory_limit=memory_limit)
    crm._temporary = temporary
    return crm


def _date_order(mapping: ExportMapping, given: str) -> DateOrder | None:
    order = mapping.date_order or given
    if order not in ("auto", "dmy", "mdy"):
        raise DataError(f"date_order: {order!r} is not one of auto, dmy, mdy")
    return None if order == "auto" else cast(DateOrder, order)


def _configure(con: Any, staging: Path, threads: int, memory_limit: str) -> None:
    con.execute(f"SET threads = {int(threads)}")
    con.execute(f"SET memory_limit = {text(memory_limit)}")
    con.execute(f"SET temp_directory = {text(staging / 'spill')}")
    con.execute("SET TimeZone = 'UTC'")


def _stage(
    plan: ExportPlan, folder: Path, settings: Settings, most: float, say: Progress
) -> dict[str, list[StagedFile]]:
    """Stream every file into typed Parquet; stop where too much of a table makes no sense."""
    staged: dict[str, list[StagedFile]] = {}
    for number, file in enumerate(plan.files):
        say(f"reading {file.source.label} as {file.table}")
        kept, rejected = folder / f"{number}-kept.parquet", folder / f"{number}-rejected.parquet"
        staged.setdefault(file.table, []).append(stage_file(file, kept, rejected, settings))
    for table, files in staged.items():
        _refuse_unreadable(table, files, most)
    return {table: staged[table] for table in SCHEMAS if table in staged}


def _refuse_unreadable(table: str, files: list[StagedFile], most: float) -> None:
    rows = sum(file.rows for file in files)
    unreadable = sum(file.unreadable for file in files)
    few = min(FEW_UNREADABLE, (rows - 1) // 2) if most else 0
    if unreadable <= max(most * rows, few):
        return
    worst = next(file for file in files if file.first_unreadable is not None)
    first = worst.first_unreadable
    assert first is not None
    where = f"{worst.plan.source.path} row {first.row}"
    what = f"{first.column}: {first.value!r} {first.reason}" if first.column else first.reason
    raise DataError(
        f"{where}, {what}; {unreadable} of {rows} rows of {table} are unreadable, more than the "
        f"{most:.0%} allowed: correct the column, map another one in mapping.yaml, or raise "
        "prepare.max_unreadable_share in params.yaml"
    )


def _check_tables(
    bench: Workbench, staged: Mapping[str, list[StagedFile]], say: Progress
) -> list[str]:
    """Join files, then settle keys and links, from accounts downward."""
    say("checking keys and links")
    for table, files in staged.items():
        bench.load(table, files)
        quarantine_duplicates(bench, table)
    _refuse_no_accounts(bench, staged["accounts"])
    start_completions(bench)
    companies = CompanyLinks(bench)
    warnings: list[str] = []
    first = [table for table in _LINK_ORDER if table in staged]
    last = [table for table in staged if table not in _LINK_ORDER and table != "engagements"]
    for table in (*first, *last, *(["engagements"] if "engagements" in staged else [])):
        if table == "leads":
            warnings += companies.resolve_leads()
        quarantine_orphans(bench, table)
    if "intent" in staged:
        warnings += companies.resolve("intent")
    if "engagements" in staged:
        warnings += resolve_engagements(bench)
        warnings += companies.resolve("engagements")
    return warnings + complete_duplicates(bench)


def _refuse_no_accounts(bench: Workbench, files: list[StagedFile]) -> None:
    if bench.count("SELECT count(*) FROM accounts"):
        return
    path = files[0].plan.source.path
    first = bench.con.execute(
        "SELECT _row, col, val, reason FROM quarantined WHERE tbl = 'accounts' ORDER BY ALL LIMIT 1"
    ).fetchone()
    if first is None:
        raise DataError(f"{path}: has a header but no rows; export the accounts again")
    row, column, value, reason = first
    raise DataError(
        f"{path} row {row}, {column}: {value!r} {reason}; no account is left: correct the column, "
        "or map another one in mapping.yaml"
    )


def _write(
    bench: Workbench,
    plan: ExportPlan,
    staged: Mapping[str, list[StagedFile]],
    folder: Path,
    out: Path,
    warnings: list[str],
    say: Progress,
) -> PrepareSummary:
    for table, files in staged.items():
        say(f"writing {table}")
        bench.write(table, out / "canonical" / f"{table}.parquet")
        write_quarantine(bench, table, files, folder, out / "quarantine" / f"{table}.parquet")
    completed = write_completions(bench, out / "completions.parquet")
    return summarise(bench, plan, staged, out, warnings, completed)
