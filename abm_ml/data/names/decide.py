"""From what is known of one query to one account, several, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from abm_ml.data.domains import company_domain
from abm_ml.data.names.accounts import AccountNames
from abm_ml.data.names.agreement import LEAST_SAID, may_be
from abm_ml.data.names.codes import normalise_code
from abm_ml.data.names.normalise import normalise_name
from abm_ml.data.names.parts import NameParts, parse_name, place_named
from abm_ml.data.names.queries import Query
from abm_ml.data.names.similarity import likeness

MARGIN = 3.0
"""Points by which a similar name must lead the next account's."""
MARGIN_OF_SAME = 0.75
"""The same where the words are the same: then an equal legal form or place decides."""

UNLIKE = "name_unlike"
"""Note of a name that has nothing in common with the domain's account."""

_FORMER = 2.0
_OTHER_CODE = 20.0
_OTHER_DOMAIN = 3.0
_PLACES = (("city", 1.0, 2.0), ("state", 0.5, 1.5), ("country", 0.25, 4.0))
_DOMAIN_SCORE = 98.0
_BARELY_ALIKE = 60.0


class Candidate(NamedTuple):
    """An account that a query may mean.

    Parameters
    ----------
    row : int
        Row of the account.
    score : float
        0 to 100.
    support : float
        Points for places that agree: they choose between accounts, and make no match.
    common : float
        What the words in common say.
    notes : tuple of str
        What agrees and what differs.
    """

    row: int
    score: float
    support: float
    common: float
    notes: tuple[str, ...]


class Contradiction(NamedTuple):
    """What a name says against a domain: a note, and the reason with its values."""

    note: str
    reason: tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Decision:
    """What became of one query: `row` is None unless it is matched."""

    status: str
    row: int | None = None
    score: float = 0.0
    notes: tuple[str, ...] = ()
    reason: tuple[str, dict[str, object]] | None = None
    candidates: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True)
class Identified:
    """Rows of the accounts that a query's id, codes and domains lead to.

    Parameters
    ----------
    ids, codes, domains : list of int
        Rows with the same id, code or domain.
    free_mail : bool
        Whether a domain of the query is a mailbox service's.
    but_for_zeros : list of int
        Rows whose id differs by zeros in front only: some spreadsheet took them off.
    """

    ids: list[int]
    codes: list[int]
    domains: list[int]
    free_mail: bool = False
    but_for_zeros: list[int] = field(default_factory=list)


def decide(
    query: Query,
    told: Identified,
    accounts: AccountNames,
    least: float,
    *,
    work_address: bool = False,
) -> Decision:
    """Choose by id, then code, then domain, then name; a person chooses where they disagree.

    Parameters
    ----------
    query : Query
        What is asked for.
    told : Identified
        Accounts with the same id, code or domain.
    accounts : AccountNames
        All accounts.
    least : float
        The lowest score of a match, 0 to 100.
    work_address : bool
        Whether a domain decides although the name is nothing like its account's.
    """
    for kind, rows in (("id", told.ids), ("code", told.codes)):
        if rows:
            return _of_few(kind, rows, 100.0, query, accounts)
    if told.but_for_zeros and not told.domains and query.name in ("", query.account_id):
        return _lost_zeros(query, told.but_for_zeros, accounts)
    named = name_candidates(query, accounts) if query.name else []
    if told.domains:
        contradicted = _contradiction(query, told.domains, named, accounts, least)
        if contradicted is None or (work_address and contradicted.note == UNLIKE):
            return _of_few("domain", told.domains, _DOMAIN_SCORE, query, accounts)
        return _for_a_person(contradicted, told.domains, named)
    if query.name:
        return _by_name(query, named, accounts, least)
    return Decision("unmatched", reason=_why_nothing(query, told))


def _lost_zeros(query: Query, rows: list[int], accounts: AccountNames) -> Decision:
    near = [Candidate(row, 0.0, 0.0, 0.0, ()) for row in rows]
    values: dict[str, object] = {"text": query.account_id, "id": accounts.ids[rows[0]]}
    return Decision("unmatched", reason=("lost_zeros", values), candidates=near)


def _for_a_person(found: Contradiction, rows: list[int], named: list[Candidate]) -> Decision:
    """The accounts of the domain and those of the name, the best of each first."""
    held = [Candidate(row, _DOMAIN_SCORE, 0.0, 0.0, ("domain",)) for row in rows]
    others = [one for one in named if one.row not in rows and one.score > 0.0]
    return Decision(
        "ambiguous",
        notes=("domain", found.note),
        reason=found.reason,
        candidates=[*held[:2], *others[:1], *held[2:], *others[1:]],
    )


def _contradiction(
    query: Query, rows: list[int], named: list[Candidate], accounts: AccountNames, least: float
) -> Contradiction | None:
    """Whether a name is another account's, or nothing like that of the domain's."""
    if not query.name or query.detected:
        return None
    parts = parse_name(query.name)
    names = {row: accounts.known_as(row) for row in rows}
    fits = max(likeness(parts, one, accounts.weight).score for row in rows for one in names[row])
    best = next((one for one in named if one.row not in rows), None)
    telling = best is not None and (best.notes[:1] == ("equal",) or best.common >= LEAST_SAID)
    if best is not None and telling and best.score >= least > fits:
        return Contradiction("name_elsewhere", ("contradiction", {}))
    labels = {
        domain.partition(".")[0] for text in query.domains if (domain := company_domain(text))
    }
    known = [one for row in rows for one in names[row]]
    if parts.core and not may_be(parts, known, labels, accounts.weight):
        return Contradiction(UNLIKE, ("unlike", {"name": accounts.names[rows[0]]}))
    return None


def name_candidates(query: Query, accounts: AccountNames) -> list[Candidate]:
    """Accounts with a name like the query's, the best first; each once."""
    parts = parse_name(query.name)
    best: dict[int, Candidate] = {}
    for found in accounts.nearest(parts):
        candidate = _compare(query, parts, found.row, found.parts, found.former, accounts)
        held = best.get(found.row)
        if held is None or _rank(candidate) < _rank(held):
            best[found.row] = candidate
    return sorted(best.values(), key=_rank)


def _rank(candidate: Candidate) -> tuple[float, int]:
    return (-candidate.score - candidate.support, candidate.row)


def _compare(
    query: Query, parts: NameParts, row: int, other: NameParts, former: bool, accounts: AccountNames
) -> Candidate:
    alike = likeness(parts, other, accounts.weight)
    score, support, notes = alike.score, 0.0, list(alike.notes)
    if former:
        score -= _FORMER
        notes.append("former")
    for column, agreeing, differing in _PLACES:
        same = _same_place(query, parts, column, accounts.value(row, column))
        if same is not None:
            support += agreeing if same else 0.0
            score -= 0.0 if same else differing
            notes.append(f"same_{column}" if same else f"other_{column}")
    if _another_domain(query, accounts.value(row, "domain")):
        score -= _OTHER_DOMAIN
        notes.append("other_domain")
    if _another_code(query, row, accounts):
        score -= _OTHER_CODE
        notes.append("other_code")
    return Candidate(row, max(score, 0.0), support, alike.common, tuple(notes))


def _same_place(query: Query, parts: NameParts, column: str, theirs: str) -> bool | None:
    """Whether a place of the query is the account's; None where either is unknown."""
    mine = dict(query.places).get(column, "")
    if not theirs:
        return None
    if mine:
        return _place(mine) == _place(theirs)
    if column == "city" and parts.places and (known := place_named(theirs)):
        return True if known == parts.places else None
    return None


def _place(text: str) -> frozenset[str]:
    return place_named(text) or frozenset({normalise_name(text)})


def _another_domain(query: Query, theirs: str) -> bool:
    """Whether both have a company's domain, under different names: acme.de is acme.com's."""
    known = company_domain(theirs) if query.domains and theirs else None
    mine = {domain.partition(".")[0] for text in query.domains if (domain := company_domain(text))}
    return known is not None and bool(mine) and known.partition(".")[0] not in mine


def _another_code(query: Query, row: int, accounts: AccountNames) -> bool:
    """Whether both have a credit code, and not the same."""
    mine = dict(query.codes).get("credit_code", "")
    theirs = accounts.value(row, "credit_code")
    return bool(mine and theirs) and normalise_code(mine) != normalise_code(theirs)


def _of_few(
    kind: str, rows: list[int], score: float, query: Query, accounts: AccountNames
) -> Decision:
    """One of the accounts with the same id, code or domain: the name chooses between several."""
    if len(rows) == 1:
        return Decision("matched", rows[0], score, (kind,))
    parts = parse_name(query.name) if query.name and not query.detected else None
    held = [
        _compare(query, parts, row, parse_name(accounts.names[row]), False, accounts)
        if parts
        else Candidate(row, 0.0, 0.0, 0.0, ())
        for row in rows
    ]
    held.sort(key=_rank)
    first, second = held[0], held[1]
    if first.score >= _BARELY_ALIKE and _leads(first, second):
        return Decision("matched", first.row, score, (kind, *first.notes))
    tied = [candidate._replace(score=score, notes=(kind,)) for candidate in held]
    return Decision("ambiguous", None, score, (kind,), ("several", {"count": len(rows)}), tied)


def _leads(first: Candidate, second: Candidate) -> bool:
    same = first.notes[0] in ("equal", "same_words")
    ahead = first.score + first.support - second.score - second.support
    return ahead >= (MARGIN_OF_SAME if same else MARGIN)


def _by_name(
    query: Query, named: list[Candidate], accounts: AccountNames, least: float
) -> Decision:
    if not normalise_name(query.name):
        return Decision("unmatched", reason=("empty", {}))
    written_as_domain = bool(query.domains) and query.detected
    nothing = not named or named[0].score == 0.0
    if written_as_domain and (nothing or named[0].notes[0] not in ("equal", "same_words")):
        return Decision(
            "unmatched", reason=("unknown_domain", {"text": query.text}), candidates=named
        )
    if nothing:
        return Decision("unmatched", reason=("no_name", {}))
    best = named[0]
    if best.score < least:
        values = {"name": accounts.names[best.row], "score": best.score, "least": least}
        return Decision("unmatched", None, best.score, (), ("below", values), named)
    if best.notes[0] != "equal" and best.common < LEAST_SAID:
        return Decision("unmatched", None, best.score, (), ("says_little", {}), named)
    tied = [best, *(c for c in named[1:] if not _leads(best, c))]
    if len(tied) > 1:
        return Decision("ambiguous", None, best.score, best.notes,
                        ("several", {"count": len(tied)}), named)  # fmt: skip
    return Decision("matched", best.row, best.score, best.notes, None, named)


def _why_nothing(query: Query, told: Identified) -> tuple[str, dict[str, object]]:
    if told.free_mail:
        return "free_mail", {"text": query.domains[0].rpartition("@")[2]}
    if query.domains:
        return "unknown_domain", {"text": query.domains[0]}
    if query.codes:
        return "unknown_code", {"text": query.codes[0][1]}
    return ("unknown_id", {"text": query.account_id}) if query.account_id else ("empty", {})
