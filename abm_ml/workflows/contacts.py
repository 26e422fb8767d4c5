"""`abm contacts`: from accounts to the people to reach in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.names.match import match_accounts
from abm_ml.data.names.seeds import read_seed_list
from abm_ml.errors import DataError
from abm_ml.exports.headers import with_headers
from abm_ml.exports.lookalikes import coverage_for_people, people_for_people
from abm_ml.exports.spreadsheet import write_csv
from abm_ml.features.human import own_contacts, without_own_contacts
from abm_ml.lookalike.contacts.candidates import ids_table
from abm_ml.lookalike.contacts.expand import expand_contacts
from abm_ml.lookalike.contacts.personas import load_personas
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.output import refuse_collisions, replaced_file, with_ending
from abm_ml.workflows.result import DONE, LOOK_AT_IT, Progress, silent
from abm_ml.workflows.score import checked_language
from abm_ml.workflows.seed_contacts import SeedContacts, read_seed_contacts
from abm_ml.workflows.universe import accounts_to_match

_PERSON = ("contact_id", "first_name", "last_name", "title", "email", "phone")


@dataclass(frozen=True)
class PeopleAsked:
    """Which people are wanted, and where they are written.

    Parameters
    ----------
    out : Path
        The CSV to write; `<stem>-coverage.csv` comes beside it.
    seed_contacts : Path, optional
        A list of people, by contact_id or e-mail, of the kind that is wanted.
    personas : Path, optional
        YAML of the kinds of people that are wanted; without it the buying committee's roles.
    """

    out: Path
    seed_contacts: Path | None = None
    personas: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """Where people and coverage go."""
        coverage = with_ending(self.out, "-coverage.csv")
        return {"people": self.out, "coverage": coverage}


@dataclass(frozen=True)
class PeopleFound:
    """People ready to be written.

    Parameters
    ----------
    people, coverage : DataFrame
        As in `ContactExpansion`.
    contacts, accounts : DataFrame
        Names and addresses of these people; names of the accounts.
    files : mapping of str to Path
        people and coverage: where they go.
    summary : mapping
        Counts.
    """

    people: pd.DataFrame
    coverage: pd.DataFrame
    contacts: pd.DataFrame
    accounts: pd.DataFrame
    files: Mapping[str, Path]
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class ContactsRun:
    """Where the people are, and how many."""

    files: Mapping[str, Path]
    summary: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """3 when nobody was found."""
        told = self.summary
        return DONE if told["contacts"] + told["visitors"] else LOOK_AT_IT

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {"files": {name: str(file) for name, file in self.files.items()}, **self.summary}

    def to_text(self) -> str:
        """Counts, coverage, and where the files are."""
        told = self.summary
        lines = [
            f"{told['contacts']:,} contacts and {told['visitors']:,} unknown visitors in "
            f"{told['accounts']:,} accounts as of {told['as_of'][:10]}",
            f"coverage {told['coverage_before']:.0%} of the buying committees' roles now, "
            f"{told['coverage_after']:.0%} with everybody listed",
        ]
        lines += [f"note     {sentence}" for sentence in told["notes"]]
        lines += [f"{name:<8} {file}" for name, file in self.files.items()]
        return "\n".join(lines)


def contacts(
    accounts: Path,
    asked: PeopleAsked,
    params: Params,
    *,
    data: Path,
    as_of: str | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> ContactsRun:
    """Find the people to reach in a list of accounts.

    People who are suppressed, opted out or refused consent, and own staff, are neither listed nor
    used.

    Parameters
    ----------
    accounts : Path
        CSV or XLSX of companies by id, name, domain or code, such as `abm expand` writes.
    asked : PeopleAsked
        Who is wanted, and where the result goes.
    params : Params
        Own domains, threads and memory.
    data : Path
        What `abm prepare` wrote.
    as_of : str, optional
        The last instant that may be seen; the data's last by default.
    lang : {"en", "zh"}
        Language of personas and reasons.

    Raises
    ------
    DataError, ParamsError, OutputError
        With the remedy; earlier files are untouched.
    """
    checked_language(lang)
    refuse_collisions(asked.files, (accounts, asked.seed_contacts, asked.personas))
    whole = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = resolve_as_of(whole, as_of)
    own_domains = params.exclusions.own_domains
    crm = without_own_contacts(whole, own_domains)
    staff = len(own_contacts(whole, own_domains))
    progress("matching the accounts")
    match = match_accounts(read_seed_list(accounts), accounts_to_match(crm))
    ids = sorted(set(match["account_id"].dropna()))
    if not ids:
        raise DataError(
            f"{accounts}: none of its {len(match)} lines is an account of the CRM; "
            f"line {match['query_id'].iloc[0]}, {match['query'].iloc[0]!r}: "
            f"{match['reason'].iloc[0]}"
        )
    progress(f"looking for people in {len(ids):,} accounts")
    found = find_people(crm, ids, asked, instant)
    with ExitStack() as stack:
        write_people(found, stack, lang)
    unknown = int(match["account_id"].isna().sum())
    notes = [f"{accounts}: {unknown:,} lines are no account of the CRM"] if unknown else []
    notes += [f"{staff:,} contacts are own staff: not used"] if staff else []
    told = {**found.summary, "notes": [*notes, *found.summary["notes"]]}
    return ContactsRun(found.files, told)


def find_people(
    crm: Crm, account_ids: Sequence[str], asked: PeopleAsked, as_of: datetime
) -> PeopleFound:
    """The people to reach in accounts, with their names and addresses."""
    seeds = SeedContacts((), ())
    if asked.seed_contacts is not None:
        seeds = read_seed_contacts(asked.seed_contacts, crm)
    personas = None if asked.personas is None else load_personas(asked.personas)
    found = expand_contacts(crm, account_ids, seeds.ids, personas=personas, as_of=as_of)
    notes = [seeds.unknown_words(asked.seed_contacts)] if seeds.unknown else []
    if dropped := found.summary["seeds_dropped"]:
        notes.append(
            f"{asked.seed_contacts}: {dropped:,} people are suppressed, opted out or not known "
            "yet: not used"
        )
    return PeopleFound(
        people=found.people,
        coverage=found.coverage,
        contacts=_of_ids(crm, "contacts", _PERSON, found.people["contact_id"].dropna().tolist()),
        accounts=_of_ids(crm, "accounts", ("account_id", "name"), account_ids),
        files=asked.files,
        summary={**found.summary, "notes": notes},
    )


def write_people(found: PeopleFound, stack: ExitStack, lang: str) -> None:
    """Write people and coverage beside their places; they move there when the stack closes."""
    named = people_for_people(found.people, found.contacts, found.accounts, lang)
    write_csv(with_headers(named, lang), stack.enter_context(replaced_file(found.files["people"])))
    covered = coverage_for_people(found.coverage)
    write_csv(
        with_headers(covered, lang), stack.enter_context(replaced_file(found.files["coverage"]))
    )


def _of_ids(crm: Crm, table: str, columns: Sequence[str], ids: Sequence[str]) -> pd.DataFrame:
    """Some columns of the rows that are wanted."""
    wanted = ids_table(crm, f"wanted_{table}", columns[0], ids)
    rows = crm.table(table).semi_join(wanted, columns[0]).select(*columns)
    return crm.to_arrow(rows.order_by(columns[0])).to_pandas()
