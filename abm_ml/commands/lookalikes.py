"""Look-alikes: index, expand, contacts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abm_ml.commands.options import (
    AsJson,
    AsOf,
    Data,
    Lang,
    Models,
    ParamsFile,
    PeopleOut,
    Personas,
    SeedContacts,
    emit,
    params_of,
    to_stderr,
)
from abm_ml.errors import ParamsError


def index(
    data: Data = Path("work"),
    models: Models = Path("models"),
    universe: Annotated[
        Path | None, typer.Option(help="A bought list of companies to search as well.")
    ] = None,
    as_of: AsOf = None,
    params: ParamsFile = None,
    as_json: AsJson = False,
) -> None:
    """Index the CRM's accounts, and perhaps a bought list, so that look-alikes can be found."""
    from abm_ml.workflows.index import index as run

    result = run(
        data, params_of(params), models, universe=universe, as_of=as_of, progress=to_stderr
    )
    emit(result, as_json)


def expand(
    seeds: Annotated[
        Path | None, typer.Argument(help="CSV or XLSX of companies by id, name, domain or code.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The list; default: lookalikes.csv, or the rerun one.")
    ] = None,
    k: Annotated[int | None, typer.Option(help="How many companies; default: params.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Condition such as country=US,CA or employees=200..5000; repeatable."),
    ] = None,
    exclude: Annotated[Path | None, typer.Option(help="A list of companies to leave out.")] = None,
    not_like: Annotated[
        Path | None, typer.Option(help="Companies that the list should not be like.")
    ] = None,
    include_customers: Annotated[
        bool, typer.Option(help="Customers and accounts with an open opportunity too.")
    ] = False,
    new_only: Annotated[
        bool, typer.Option(help="Only companies of a bought list that are not in the CRM.")
    ] = False,
    people: PeopleOut = None,
    seed_contacts: SeedContacts = None,
    personas: Personas = None,
    rerun: Annotated[
        Path | None, typer.Option(help="A saved request (.json) to carry out again.")
    ] = None,
    as_of: AsOf = None,
    data: Data = Path("work"),
    models: Models = Path("models"),
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Find companies like a list of seeds, with evidence; exit code 3 if there is little of it."""
    from abm_ml.workflows.contacts import PeopleAsked
    from abm_ml.workflows.expand import expand as run
    from abm_ml.workflows.expand import expand_again

    asked = None if people is None else PeopleAsked(people, seed_contacts, personas)
    if asked is None and (seed_contacts or personas):
        raise ParamsError("--seed-contacts and --personas go with  --people people.csv")
    if rerun is not None:
        if seeds is not None:
            raise ParamsError(f"give either {seeds} or --rerun {rerun}: a request has its seeds")
        given = {
            "--k": k, "--where": where, "--exclude": exclude, "--not-like": not_like,
            "--include-customers": include_customers, "--new-only": new_only, "--as-of": as_of,
            "--lang": lang != "en",
        }  # fmt: skip
        if refused := [name for name, value in given.items() if value]:
            raise ParamsError(
                f"{', '.join(refused)}: a saved request has its own; leave it out, or make a new "
                "request from the seeds"
            )
        again = expand_again(
            rerun,
            params_of(params),
            data=data,
            models=models,
            out=out,
            people=asked,
            progress=to_stderr,
        )
        emit(again, as_json)
    if seeds is None:
        raise ParamsError("name a list of seeds, as in  abm expand seeds.csv")
    result = run(
        seeds,
        out or Path("lookalikes.csv"),
        params_of(params),
        data=data,
        models=models,
        k=k,
        where=where or [],
        exclude=exclude,
        not_like=not_like,
        include_customers=include_customers,
        new_only=new_only,
        as_of=as_of,
        people=asked,
        lang=lang,
        progress=to_stderr,
    )
    emit(result, as_json)


def contacts(
    accounts: Annotated[Path, typer.Option(help="Companies to look into, such as lookalikes.csv.")],
    out: Annotated[Path, typer.Option(help="The people to reach.")] = Path("people.csv"),
    seed_contacts: SeedContacts = None,
    personas: Personas = None,
    as_of: AsOf = None,
    data: Data = Path("work"),
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Find the people to reach in a list of accounts; exit code 3 if there is nobody."""
    from abm_ml.workflows.contacts import PeopleAsked
    from abm_ml.workflows.contacts import contacts as run

    asked = PeopleAsked(out, seed_contacts, personas)
    result = run(
        accounts, asked, params_of(params), data=data, as_of=as_of, lang=lang, progress=to_stderr
    )
    emit(result, as_json)
