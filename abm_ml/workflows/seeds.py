"""Lists of companies as people bring them: which account each line means, and whether it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from abm_ml.data.crm import Crm
from abm_ml.data.names.accounts import AccountNames
from abm_ml.data.names.match import match_accounts
from abm_ml.data.names.seeds import read_seed_list
from abm_ml.exports.headers import with_headers
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.reports.texts import code_words
from abm_ml.workflows.universe import MATCHED_BY, accounts_to_match

USED, REPEATED, SUPPRESSED = "used", "repeated", "suppressed"
NOT_INDEXED, AMBIGUOUS, UNMATCHED = "not_indexed", "ambiguous", "unmatched"
OUTCOMES = (USED, REPEATED, SUPPRESSED, NOT_INDEXED, AMBIGUOUS, UNMATCHED)
"""What became of a line of a list."""

_SHOWN = 3
_MAILBOX = re.compile(r"[^\s@<>,;\"']+@(?=[^\s@]+\.)")
_REMEDIES = {
    SUPPRESSED: "it is on the suppression list",
    NOT_INDEXED: "it is not in the index yet; run  abm index",
}


@dataclass(frozen=True)
class CompanyList:
    """A list with what became of each of its lines.

    Parameters
    ----------
    lines : DataFrame
        One row a line, in their order: line (its number in the file), text, outcome (one of
        `OUTCOMES`), account_id and name (null unless one company is meant), score, evidence,
        evidence_zh, reason, reason_zh, nearest (where no company is clearly meant).
    """

    lines: pd.DataFrame

    @property
    def ids(self) -> list[str]:
        """Companies that are used, each once, sorted."""
        used = self.lines.loc[self.lines["outcome"] == USED, "account_id"]
        return sorted(used.astype(str))

    @property
    def meant(self) -> list[str]:
        """Companies that any line means, usable or not, each once, sorted."""
        return sorted(set(self.lines["account_id"].dropna().astype(str)))

    @property
    def unclear_words(self) -> str:
        """Which lines mean no one company; empty where each does."""
        unclear = self.lines.loc[self.lines["account_id"].isna(), "text"].tolist()
        if not unclear:
            return ""
        shown = ", ".join(map(repr, unclear[:_SHOWN])) + (", …" if len(unclear) > _SHOWN else "")
        return (
            f"{len(unclear)} of {len(self.lines)} lines mean no one company and have no effect: "
            f"{shown}"
        )

    @property
    def none_used_words(self) -> str:
        """Why no line can be used, for an error."""
        counted = ", ".join(f"{n} {name}" for name, n in self.counts.items())
        first = self.lines.iloc[0]
        why = first["reason"] or _REMEDIES.get(first["outcome"], "")
        return (
            f"none of its {len(self.lines)} lines is a company that can be a seed ({counted}); "
            f"line {first['line']}, {first['text']!r}: {why}"
        )

    @property
    def counts(self) -> dict[str, int]:
        """Lines by outcome; outcomes that did not occur are left out."""
        found = self.lines["outcome"].value_counts().to_dict()
        return {name: int(found[name]) for name in OUTCOMES if name in found}

    def for_people(self, lang: str) -> pd.DataFrame:
        """The lines as a person reads them in a spreadsheet, in one language."""
        suffix = "_zh" if lang == "zh" else ""
        told = {"evidence": f"evidence{suffix}", "reason": f"reason{suffix}"}
        plain = ["line", "text", "outcome", "account_id", "name", "score"]
        columns = {name: self.lines[name] for name in plain}
        columns |= {name: self.lines[column] for name, column in told.items()}
        if lang == "zh":
            columns["outcome"] = columns["outcome"].map(_outcome_zh)
        return with_headers(pd.DataFrame({**columns, "nearest": self.lines["nearest"]}), lang)


Reader = Callable[[Path], CompanyList]


def list_reader(crm: Crm, index: LookalikeIndex, suppressed: Collection[str]) -> Reader:
    """A function that reads lists of companies; names are indexed once, at its first call.

    Parameters
    ----------
    crm : Crm
        Its accounts may be meant.
    index : LookalikeIndex
        So may companies of a bought list that are indexed.
    suppressed : collection of str
        Companies that must not be used.
    """
    cached: list[tuple[AccountNames, dict[str, str]]] = []

    def read(path: Path) -> CompanyList:
        asked = read_seed_list(path)
        if not cached:
            known = _known_companies(crm, index)
            names = dict(zip(known["account_id"], known["name"], strict=True))
            cached.append((AccountNames(known), names))
        match = match_accounts(asked, cached[0][0])
        return company_list(match, set(index.ids), suppressed, cached[0][1])

    return read


def company_list(
    match: pd.DataFrame,
    indexed: Collection[str],
    suppressed: Collection[str],
    names: Mapping[str, str],
) -> CompanyList:
    """What became of each line of a matched list.

    Parameters
    ----------
    match : DataFrame
        As `match_accounts` gives it.
    indexed, suppressed : collection of str
        Companies that can be used, and those that must not be.
    names : mapping of str to str
        Names by account_id.
    """
    ids = match["account_id"]
    outcome = match["status"].where(ids.isna(), USED)
    outcome = outcome.mask(ids.duplicated() & ids.notna(), REPEATED)
    outcome = outcome.mask(ids.notna() & ~ids.isin(list(indexed)), NOT_INDEXED)
    outcome = outcome.mask(ids.isin(list(suppressed)), SUPPRESSED)
    lines = match[["score", "evidence", "evidence_zh", "reason", "reason_zh"]].assign(
        line=match["query_id"],
        text=match["query"].map(_without_person),
        outcome=outcome,
        account_id=ids,
        name=ids.map(names),
        nearest=[_nearest(found) for found in match["candidates"]],
    )
    order = ["line", "text", "outcome", "account_id", "name"]
    return CompanyList(lines[order + [name for name in lines if name not in order]])


def _known_companies(crm: Crm, index: LookalikeIndex) -> pd.DataFrame:
    """Accounts of the CRM, and indexed companies that are not in it."""
    ours = accounts_to_match(crm)
    beyond = index.accounts[~index.accounts["account_id"].isin(ours["account_id"])]
    return pd.concat(
        [ours, beyond.reindex(columns=["account_id", *MATCHED_BY])], ignore_index=True
    ).astype(dict.fromkeys(("account_id", "name"), object))


def _outcome_zh(outcome: str) -> str:
    return str(code_words("seed_line", outcome).zh)


def _without_person(text: str | None) -> str | None:
    """A line as written, but of an e-mail address only the domain: it names a company."""
    return _MAILBOX.sub("…@", text) if isinstance(text, str) else None


def _nearest(candidates: list[dict[str, Any]]) -> str:
    """For example "A12 Acme, Inc. (81); A40 Acme AG (78)"."""
    return "; ".join(
        f"{one['account_id']} {one['name']} ({one['score']:.0f})" for one in candidates
    )
