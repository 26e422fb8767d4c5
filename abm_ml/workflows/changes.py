"""What changed since an earlier list, with why: `changes.csv`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from abm_ml.exports.spreadsheet import write_csv
from abm_ml.rules.changes import PARTS, list_changes
from abm_ml.rules.overrides import Decisions, decision_words
from abm_ml.scoring.schema import as_frame

_KNOWN = ("account_id", "name", "tier", "account_score", "tier_why", *PARTS)


def write_changes(
    folder: Path, previous: Path, summary: dict[str, Any], decisions: Decisions, lang: str
) -> pa.Table:
    """Write `changes.csv`: new, up, down and out, each with why.

    Parameters
    ----------
    folder : Path
        Where the new list lies; gets the file.
    previous : Path
        The earlier output directory.
    summary : dict
        Of the new list.
    decisions : Decisions
        What people decided.
    lang : {"en", "zh"}
        Language of the reasons.

    Returns
    -------
    pyarrow.Table
        `rules.changes.CHANGES_SCHEMA`, of the accounts that changed.
    """
    before = _summary(previous)
    found = list_changes(
        _scored(previous),
        _now(folder, decisions),
        summary["account_score_weights"],
        summary["tier_floors"],
        previous_weights=before.get("account_score_weights"),
        previous_floors=before.get("tier_floors"),
    )
    moved = found.filter(pc.not_equal(found["change"], "same"))
    told = as_frame(moved).drop(columns="why" if lang == "zh" else "why_zh")
    write_csv(told.rename(columns={"why_zh": "why"}), folder / "changes.csv")
    return moved


def _scored(folder: Path) -> pa.Table:
    file = folder / "scored.parquet"
    known = [name for name in _KNOWN if name in pq.read_schema(file).names]
    return pq.read_table(file, columns=known)


def _now(folder: Path, decisions: Decisions) -> pa.Table:
    """All accounts of the new run, with who set a tier by hand."""
    scored = _scored(folder)
    for lang, name in (("en", "decided_by"), ("zh", "decided_by_zh")):
        said = {one: decision_words(told, lang) for one, told in decisions.tiers.items()}
        words = [said.get(account) for account in scored["account_id"].to_pylist()]
        scored = scored.append_column(name, pa.array(words, pa.string()))
    columns = ["account_id", "name", "reason", "detail"]
    left_out = pq.read_table(folder / "excluded.parquet", columns=columns)
    named = left_out.rename_columns(["account_id", "name", "excluded", "excluded_detail"])
    return pa.concat_tables([scored, named], promote_options="default")


def _summary(folder: Path) -> dict[str, Any]:
    file = folder / "run.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found
