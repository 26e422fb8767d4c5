"""`match_accounts`: lists as people bring them, linked to accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.data.domains import company_domain, is_free_mail
from abm_ml.data.names.accounts import AccountNames
from abm_ml.data.names.codes import normalise_code
from abm_ml.data.names.decide import Decision, Identified, decide
from abm_ml.data.names.queries import Query, read_queries
from abm_ml.data.names.wording import evidence, reason
from abm_ml.errors import ParamsError

MIN_SCORE = 87.0
"""The lowest score of a match; chosen on one half of the SEC and Nasdaq names."""

_NEAREST = 3


def match_accounts(
    queries: Iterable[Any] | pd.DataFrame,
    accounts: pd.DataFrame | AccountNames,
    *,
    min_score: float = MIN_SCORE,
    work_addresses: bool = False,
    before: npt.NDArray[np.datetime64] | None = None,
) -> pd.DataFrame:
    """The account that each query means, with the evidence; none is better than a wrong one.

    An id or a registration code decides by itself; then the domain, unless the name beside it is
    another account's or nothing like that of the domain's; then the name. Names are
    compared without case, accents, legal forms and share classes; the rarer a word is among the
    accounts, the more it counts, for and against. Places choose between accounts of one name and
    never make a match.

    Parameters
    ----------
    queries : iterable of str, or DataFrame
        Texts, each an id, a domain, URL or e-mail address, a registration code or a name; or
        columns of these (English or Chinese names), with query_id if wanted. `read_seed_list`
        reads such lists from files.
    accounts : DataFrame or AccountNames
        account_id and name, and what is there of domain, former_names, credit_code, tax_no,
        registration_no, organisation_code, country, state and city. An `AccountNames` saves
        indexing them again.
    min_score : float
        The lowest score of a match by name, 0 to 100.
    work_addresses : bool
        Whether domains are those of people's work addresses: they tell where somebody works even
        where the company beside them is written as nothing like it (a form's "n.a.", a brand).
    before : array of datetime64, optional
        For each query a moment: only accounts whose created_at is earlier, or null, are meant.
        NaT, as None: all accounts.

    Returns
    -------
    DataFrame, one row a query, in their order
        query_id (the one given, or the position), query (its text), account_id (null unless
        matched), score (0 to 100, of the best account), evidence and evidence_zh, status
        (matched, ambiguous or unmatched), reason and reason_zh (null where matched), candidates
        (where not matched: the nearest, as dicts of account_id, name and score; all of those
        that fit equally well, and at least three where so many are alike).

    Raises
    ------
    DataError
        If accounts lack account_id or name, or queries hold nothing to match by.
    ParamsError
        If min_score is not between 0 and 100.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["A1", "A2"], "name": ["Acme, Inc.", "Beta AG"]})
    >>> found = match_accounts(["ACME", "Gamma"], accounts)
    >>> found["account_id"].tolist(), found["status"].tolist()
    (['A1', None], ['matched', 'unmatched'])
    """
    if not 0 <= min_score <= 100:
        raise ParamsError(f"min_score must be from 0 to 100. Supplied value {min_score}")
    known = accounts if isinstance(accounts, AccountNames) else AccountNames(accounts)
    ids, asked = read_queries(queries)
    ends = np.full(len(asked), "NaT", dtype="datetime64[us]") if before is None else before
    views = [known if np.isnat(end) else known.before(end) for end in ends]
    decisions = [
        decide(query, _told(told, view), view, min_score, work_address=work_addresses)
        for query, told, view in zip(asked, _identify(asked, known), views, strict=True)
    ]
    named = Counter(decision.row for decision in decisions if decision.row is not None)
    rows = [
        {"query_id": key, "query": query.text, **_row(decision, known, named)}
        for key, query, decision in zip(ids, asked, decisions, strict=True)
    ]
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=_COLUMNS[column])
            for column in _COLUMNS
        }
    )


_COLUMNS: dict[str, Any] = {
    "query_id": None, "query": object, "account_id": object, "score": float, "evidence": object,
    "status": object, "reason": object, "candidates": object, "evidence_zh": object,
    "reason_zh": object,
}  # fmt: skip


def _identify(asked: list[Query], accounts: AccountNames) -> list[Identified]:
    """What ids, codes and domains lead to, looked up for all queries at once."""
    ids = accounts.identified("id", [query.account_id for query in asked])
    bare = accounts.identified("bare", [query.account_id.lstrip("0") for query in asked])
    codes = _looked_up(
        "code", [[normalise_code(code) for _, code in query.codes] for query in asked], accounts
    )
    domains = _looked_up(
        "domain", [[company_domain(text) or "" for text in query.domains] for query in asked],
        accounts,
    )  # fmt: skip
    return [
        Identified(
            ids[n],
            codes[n],
            domains[n],
            any(map(is_free_mail, query.domains)),
            bare[n] if query.account_id.isdigit() else [],
        )
        for n, query in enumerate(asked)
    ]


def _told(told: Identified, accounts: AccountNames) -> Identified:
    """What leads to accounts that were created in time."""
    return replace(
        told,
        ids=accounts.known(told.ids),
        codes=accounts.known(told.codes),
        domains=accounts.known(told.domains),
        but_for_zeros=accounts.known(told.but_for_zeros),
    )


def _looked_up(kind: str, values: list[list[str]], accounts: AccountNames) -> list[list[int]]:
    flat = [value for several in values for value in several]
    found = iter(accounts.identified(kind, flat))
    return [
        sorted({row for value in several for row in next(found) if value}) for several in values
    ]


def _row(decision: Decision, accounts: AccountNames, named: Counter[int]) -> dict[str, Any]:
    """One line of the result."""
    others = named[decision.row] - 1 if decision.row is not None else 0
    said, said_zh = evidence(decision.notes, others)
    why, why_zh = (None, None)
    if decision.reason is not None:
        key, values = decision.reason
        why, why_zh = reason(key, **values)
    return {
        "account_id": None if decision.row is None else accounts.ids[decision.row],
        "score": round(decision.score, 1),
        "evidence": said,
        "evidence_zh": said_zh,
        "status": decision.status,
        "reason": why,
        "reason_zh": why_zh,
        "candidates": [] if decision.row is not None else _candidates(decision, accounts),
    }


def _candidates(decision: Decision, accounts: AccountNames) -> list[dict[str, Any]]:
    wanted = _NEAREST
    if decision.reason and decision.reason[0] == "several":
        wanted = max(wanted, int(str(decision.reason[1]["count"])))
    return [
        {
            "account_id": accounts.ids[candidate.row],
            "name": accounts.names[candidate.row],
            "score": round(candidate.score, 1),
        }
        for candidate in decision.candidates[:wanted]
    ]
