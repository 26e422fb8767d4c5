"""`abm prepare`: exports in, canonical tables and quarantine out, as a whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.data.prepare import prepare_tables
from abm_ml.data.summary import PrepareSummary
from abm_ml.workflows.output import replaced_directory
from abm_ml.workflows.result import DONE, Progress, silent


@dataclass(frozen=True)
class Prepared:
    """Where the canonical tables lie, and where every input row went."""

    out: Path
    summary: PrepareSummary

    @property
    def exit_code(self) -> int:
        """Always 0: what cannot be used at all is an error."""
        return DONE

    def to_dict(self) -> dict[str, Any]:
        """Every count, ready for JSON."""
        return {"out": str(self.out), **self.summary.to_dict()}

    def to_text(self) -> str:
        """Counts by table, warnings, and where the files are."""
        counts = self.summary.to_dict()
        lines = [f"{'':<16}{'rows in':>12}{'canonical':>12}{'quarantined':>13}"]
        lines += [
            f"{name:<16}{table['rows']:>12,}{table['canonical']:>12,}{table['quarantined']:>13,}"
            for name, table in counts["tables"].items()
        ]
        lines += [f"ignored  {_rows_of(file)}" for file in counts["ignored"]]
        lines += [f"note     {warning}" for warning in counts["warnings"]]
        filled = ", ".join(f"{column} {n:,}" for column, n in counts["completed"].items())
        if filled:
            lines.append(f"filled   {filled}; sources in {self.out / 'completions.parquet'}")
        lines.append(f"tables   {self.out / 'canonical'}")
        if any(table["quarantined"] for table in counts["tables"].values()):
            lines.append(f"reasons  {self.out / 'quarantine'}")
        return "\n".join(lines)


def _rows_of(ignored: dict[str, Any]) -> str:
    rows = ignored["rows"]
    return f"{ignored['file']} ({'unreadable' if rows is None else f'{rows:,} rows'})"


def prepare(
    exports: Path,
    out: Path,
    params: Params,
    *,
    dialect: str | None = None,
    mapping: Path | None = None,
    progress: Progress = silent,
) -> Prepared:
    """Read a directory of exports into canonical tables.

    Raises
    ------
    DataError
        If the exports cannot be used; names file, row, column, value and remedy.
    OutputError
        If `out` cannot be written; what was there is untouched.
    """
    with replaced_directory(out) as staging:
        summary = prepare_tables(
            exports,
            staging,
            dialect=dialect,
            mapping=mapping,
            date_order=params.prepare.date_order,
            max_unreadable_share=params.prepare.max_unreadable_share,
            base_currency=params.prepare.base_currency,
            currency_rates=params.prepare.currency_rates,
            threads=params.threads,
            memory_limit=params.memory_limit,
            progress=progress,
        )
    return Prepared(out, summary)
