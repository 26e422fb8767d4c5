"""`abm export`: a scored list in the form that a CRM, an ad platform or a salesperson takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, OutputError
from abm_ml.exports.audience import Audience, select_audience
from abm_ml.exports.files import Export
from abm_ml.exports.formats import (
    check_choice,
    limit_warnings,
    limits_of,
    make_export,
    member_note,
)
from abm_ml.scoring.schema import as_frame
from abm_ml.workflows.output import replaced_directory
from abm_ml.workflows.result import DONE, LOOK_AT_IT, Progress, silent
from abm_ml.workflows.score import checked_language

_REASONS = {
    "excluded": ("excluded by the run", "评分时已排除"),
    "holdout": ("held out", "对照组"),
    "suppressed": ("suppressed", "在禁用名单中"),
    "same_domain": ("share the domain of a suppressed account", "与禁用企业共用域名"),
    "own_company": ("the own company", "本公司"),
    "own_staff": ("own staff", "本公司员工"),
    "not_in_data": ("no longer in the data", "已不在数据中"),
    "opted_out": ("opted out", "已退订"),
    "refused": ("refused consent", "未同意"),
    "same_mailbox": (
        "have the mailbox of somebody who must not be reached",
        "与不可触达者共用邮箱",
    ),
    "no_identifier": ("nothing that the platform could match", "无可匹配的信息"),
    "duplicate": ("the same once more", "重复"),
}
_NOUNS = {"accounts": "企业", "contacts": "联系人", "rows": "行"}


@dataclass(frozen=True)
class ExportRun:
    """What was written, who was left out, and what the platform may not take."""

    out: Path
    summary: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """3 where the list breaks a limit of the platform, or is empty."""
        return LOOK_AT_IT if self.summary["warnings"] else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {"out": str(self.out), **self.summary}

    def to_text(self) -> str:
        """Counts, warnings, and where the files are."""
        told, chinese = self.summary, self.summary["lang"] == "zh"
        first = (
            f"名单中 {told['accounts']:,} 家企业，写出 {told['rows']:,} 行（{told['to']}）"
            if chinese
            else f"{told['accounts']:,} accounts in the list, {told['rows']:,} rows written for "
            f"{told['to']}"
        )
        lines = [first]
        for what, counts in told["left_out"].items():
            for reason, number in counts.items():
                en, zh = _REASONS[reason]
                lines.append(
                    f"未导出   {number:,} {_NOUNS[what]}：{zh}"
                    if chinese
                    else f"left out {number:,} {what}: {en}"
                )
        lines += [f"{'警告' if chinese else 'warning'}  {said}" for said in told["warnings"]]
        lines += [f"{'说明' if chinese else 'note'}     {said}" for said in told["notes"]]
        lines += [
            f"{'文件' if chinese else 'file'}     {self.out / one['name']} ({one['rows']:,})"
            for one in told["files"]
        ]
        return "\n".join(lines)


def export(
    tal: Path,
    data: Path,
    out: Path,
    params: Params,
    *,
    to: str,
    lang: str = "en",
    platform: str | None = None,
    algorithm: str | None = None,
    identifier: str | None = None,
    progress: Progress = silent,
) -> ExportRun:
    """Write a scored list for a CRM, an ad platform or a salesperson.

    Accounts that are excluded, held out or suppressed, people who are suppressed, opted out or
    refused consent, and own staff are in none of it. Suppressions are read from the data as it is
    now, and are in force where they end later than the list's date.

    Parameters
    ----------
    tal : Path
        What `abm score` wrote.
    data : Path
        What `abm prepare` wrote.
    out : Path
        Directory to write; replaced as a whole.
    params : Params
        Threads, memory, and own domains beside those that the list was scored with.
    to : str
        One of `abm_ml.exports.formats.FORMATS`.
    lang : {"en", "zh"}
        Language of headings, reasons and the summary.
    platform, algorithm, identifier : str, optional
        For hashed lists.

    Raises
    ------
    DataError, ParamsError, OutputError
        With the remedy; earlier files are untouched.
    """
    checked_language(lang)
    check_choice(to, platform, algorithm, identifier)
    _refuse_inputs(out, tal, data)
    listed, excluded = _read_list(tal)
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    progress("looking who may leave")
    as_of = _date_of(listed)
    own = {*params.exclusions.own_domains, *_own_domains(tal)}
    audience = select_audience(crm, listed, excluded, as_of, sorted(own))
    made = make_export(
        audience, to, lang=lang, platform=platform, algorithm=algorithm, identifier=identifier
    )
    progress(f"writing {made.rows:,} rows")
    with replaced_directory(out) as staging:
        for file in made.files:
            file.write(staging / file.name)
        sizes = {file.name: (staging / file.name).stat().st_size for file in made.files}
    told = _summary(audience, made, sizes, to, platform, lang)
    return ExportRun(out, {"to": to, "lang": lang, "as_of": as_of.isoformat(), **told})


def _summary(
    audience: Audience,
    made: Export,
    sizes: dict[str, int],
    to: str,
    platform: str | None,
    lang: str,
) -> dict[str, Any]:
    limits = limits_of(to, platform)
    broken = limit_warnings(limits, made.rows, max(sizes.values()) / 1e6)
    place = 1 if lang == "zh" else 0
    return {
        "platform": limits.name,
        "source": limits.source,
        "accounts": audience.accounts_in,
        "contacts": audience.contacts_in,
        "left_out": {
            "accounts": dict(audience.accounts_out),
            "contacts": dict(audience.contacts_out),
            "rows": dict(made.left_out),
        },
        "rows": made.rows,
        "files": [
            {"name": file.name, "rows": file.rows, "bytes": sizes[file.name]} for file in made.files
        ],
        "warnings": [pair[place] for pair in (*broken, *made.warnings)],
        "notes": [pair[place] for pair in (*made.notes, *member_note(limits))],
    }


def _refuse_inputs(out: Path, tal: Path, data: Path) -> None:
    """What is read must not be replaced by what is written."""
    for read in (tal, data):
        if read.resolve().is_relative_to(out.resolve()):
            raise OutputError(f"{read}: is read and would be replaced; choose another  --out")


def _read_list(tal: Path) -> tuple[pd.DataFrame, set[str]]:
    """The list, and what its run excluded."""
    listed, excluded = tal / "tal.parquet", tal / "excluded.parquet"
    for file in (listed, excluded):
        if not file.is_file():
            raise DataError(
                f"{tal}: no scored list here ({file.name} is missing); run  abm score --out {tal}"
            )
    left = pq.read_table(excluded, columns=["account_id"])["account_id"].to_pylist()
    return as_frame(pq.read_table(listed)), set(left)


def _own_domains(tal: Path) -> list[str]:
    """Domains of the own company as the list's run had them; no export may forget them."""
    file = tal / "run.json"
    if not file.is_file():
        return []
    return list(json.loads(file.read_text(encoding="utf-8")).get("own_domains", []))


def _date_of(listed: pd.DataFrame) -> datetime:
    """The list's date, but never a later day than today.

    So a list is the same whenever it is exported, and nobody who was suppressed when it was made
    comes in by waiting; it takes a new list for that.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    dates = listed["as_of"].dropna()
    return min(now, pd.Timestamp(dates.iloc[0]).to_pydatetime()) if len(dates) else now
