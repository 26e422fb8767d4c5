"""The files of `abm score --opportunities`: open deals by P(win), beside the account list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from abm_ml.exports.people import deals_for_people
from abm_ml.exports.spreadsheet import write_csv
from abm_ml.scoring.opportunities import LEFT_OUT_SCHEMA, OPPORTUNITIES_SCHEMA, OpportunityScores
from abm_ml.scoring.schema import as_table


def write_opportunities(scores: OpportunityScores, staging: Path, lang: str) -> None:
    """Write opportunities.parquet and .csv, and opportunities_excluded.parquet.

    Parameters
    ----------
    scores : OpportunityScores
        Of this run.
    staging : Path
        Directory of the run's files.
    lang : {"en", "zh"}
        Language of the reasons in the CSV.
    """
    scored = as_table(scores.scored, OPPORTUNITIES_SCHEMA)
    pq.write_table(scored, staging / "opportunities.parquet")
    excluded = as_table(scores.excluded, LEFT_OUT_SCHEMA)
    pq.write_table(excluded, staging / "opportunities_excluded.parquet")
    write_csv(deals_for_people(scores.scored, lang), staging / "opportunities.csv")


def opportunity_lines(summary: dict[str, Any], out: Path) -> list[str]:
    """What a person is told of them; nothing where they were not asked for."""
    told = summary.get("opportunities")
    if not told:
        return []
    return [
        f"{told['open']:,} open opportunities: {told['scored']:,} scored as of their creation, "
        f"{told['excluded']:,} excluded",
        f"deals    {out / 'opportunities.csv'}",
    ]
