"""The `abm` command: parse, call one workflow, print what came of it.

Results go to stdout, progress and messages to stderr. Heavy modules are imported inside the
commands, so that `abm --help` answers at once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from abm_ml.errors import AbmError, ParamsError
from abm_ml.workflows.result import BAD_INPUT, FAILED

if TYPE_CHECKING:
    from abm_ml.config import Params
    from abm_ml.workflows.result import Result

app = typer.Typer(
    help="Account propensity and scored target account lists from a CRM export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ParamsFile = Annotated[
    Path | None, typer.Option("--params", help="Settings; without it the defaults hold.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Data = Annotated[Path, typer.Option(help="Directory that `abm prepare` wrote.")]
Models = Annotated[Path, typer.Option(help="Directory of the model registry.")]
AsOf = Annotated[
    str | None,
    typer.Option(help="Last instant that may be seen, e.g. 2026-01-01; default: the data's last."),
]
Motion = Annotated[str, typer.Option(help="acquire, accelerate, expand or all.")]
Why = Annotated[str, typer.Option(help="The reason, recorded in the registry.")]
PeopleOut = Annotated[
    Path | None, typer.Option(help="Also find the people to reach in them, and write them here.")
]
SeedContacts = Annotated[
    Path | None, typer.Option(help="CSV of people by contact_id or email, of the kind wanted.")
]
Personas = Annotated[Path | None, typer.Option(help="YAML of the kinds of people wanted.")]
Lang = Annotated[str, typer.Option(help="Language of reasons and report: en or zh.")]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where everything goes.")] = Path("demo"),
    accounts: Annotated[int, typer.Option(help="Accounts in the simulated CRM.")] = 5_000,
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Simulate a CRM, then prepare, train, promote, index, score and expand: no data needed."""
    from abm_ml.workflows.demo import demo as run

    _emit(run(out, _params(params), accounts=accounts, lang=lang, progress=_progress), as_json)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Where exports/ and truth/ go.")],
    accounts: Annotated[int, typer.Option(help="How many accounts.")] = 5_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 0,
    dialect: Annotated[
        str, typer.Option(help="canonical, salesforce, hubspot or zh.")
    ] = "canonical",
    as_json: AsJson = False,
) -> None:
    """Write the exports of a made-up CRM whose truth is known."""
    from abm_ml.workflows.simulate import simulate as run

    _emit(run(out, accounts=accounts, seed=seed, dialect=dialect, progress=_progress), as_json)


@app.command()
def prepare(
    exports: Annotated[Path, typer.Argument(help="Directory of CRM exports.")],
    out: Annotated[Path, typer.Option(help="Where the canonical tables go.")],
    dialect: Annotated[
        str | None, typer.Option(help="canonical, salesforce, hubspot or zh; default: detected.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML that maps files and columns by hand.")
    ] = None,
    params: ParamsFile = None,
    as_json: AsJson = False,
) -> None:
    """Read exports into canonical tables; rows that cannot be used are quarantined with reasons."""
    from abm_ml.workflows.prepare import prepare as run

    result = run(
        exports, out, _params(params), dialect=dialect, mapping=mapping, progress=_progress
    )
    _emit(result, as_json)


@app.command()
def train(
    data: Data = Path("work"),
    params: ParamsFile = None,
    models: Models = Path("models"),
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Learn propensity from won/lost history, print the back-test, register a challenger."""
    from abm_ml.workflows.train import train as run

    _emit(run(data, _params(params), models, as_of=as_of, progress=_progress), as_json)


@app.command()
def promote(
    models: Models = Path("models"),
    data: Annotated[
        Path | None,
        typer.Option(help="Prepared data with newer outcomes, on which both models are judged."),
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="Which version; default: the challenger.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Promote although the gate says no.")] = False,
    why: Why = "",
    params: ParamsFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the challenger champion if the gate lets it pass; exit code 3 if not."""
    from abm_ml.workflows.promote import promote as run

    result = run(models, data=data, version=version, force=force, why=why, params=_params(params))
    _emit(result, as_json)


@app.command()
def rollback(models: Models = Path("models"), why: Why = "", as_json: AsJson = False) -> None:
    """Bring the previous champion back."""
    from abm_ml.workflows.promote import rollback as run

    _emit(run(models, why=why), as_json)


@app.command()
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

    result = run(data, _params(params), models, universe=universe, as_of=as_of, progress=_progress)
    _emit(result, as_json)


@app.command()
def score(
    data: Data = Path("work"),
    out: Annotated[Path, typer.Option(help="Where the scored list goes.")] = Path("tal"),
    as_of: AsOf = None,
    motion: Motion = "acquire",
    params: ParamsFile = None,
    models: Models = Path("models"),
    version: Annotated[
        str | None, typer.Option(help="Model version; default: the champion.")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(help="An earlier output; changes since then are told.")
    ] = None,
    opportunities: Annotated[
        bool, typer.Option("--opportunities", help="Also rank open deals by P(win).")
    ] = False,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Score every account, write the list and its report; exit code 3 if the model drifted."""
    from abm_ml.workflows.score import score as run

    result = run(
        data,
        out,
        _params(params),
        models,
        as_of=as_of,
        motion=motion,
        version=version,
        previous=previous,
        opportunities=opportunities,
        lang=lang,
        progress=_progress,
    )
    _emit(result, as_json)


@app.command()
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
            _params(params),
            data=data,
            models=models,
            out=out,
            people=asked,
            progress=_progress,
        )
        _emit(again, as_json)
    if seeds is None:
        raise ParamsError("name a list of seeds, as in  abm expand seeds.csv")
    result = run(
        seeds,
        out or Path("lookalikes.csv"),
        _params(params),
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
        progress=_progress,
    )
    _emit(result, as_json)


@app.command()
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
        accounts, asked, _params(params), data=data, as_of=as_of, lang=lang, progress=_progress
    )
    _emit(result, as_json)


@app.command()
def why(
    account: Annotated[str, typer.Argument(help="An account_id.")],
    data: Data = Path("work"),
    as_of: AsOf = None,
    motion: Motion = "acquire",
    params: ParamsFile = None,
    models: Models = Path("models"),
    version: Annotated[
        str | None, typer.Option(help="Model version; default: the champion.")
    ] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Show one account with every number behind its score."""
    from abm_ml.workflows.why import why as run

    result = run(
        data,
        account,
        _params(params),
        models,
        as_of=as_of,
        motion=motion,
        version=version,
        lang=lang,
    )
    _emit(result, as_json)


@app.command()
def doctor(
    params: ParamsFile = None, models: Models = Path("models"), as_json: AsJson = False
) -> None:
    """Show versions, threads and stores, and say what is missing."""
    from abm_ml.workflows.doctor import doctor as run

    _emit(run(_params(params), models), as_json)


def main() -> None:
    """Entry point: our own errors become one message and exit code 2."""
    try:
        app()
    except AbmError as error:
        _stop(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        _stop("stopped; earlier output is untouched", FAILED)


def _params(path: Path | None) -> Params:
    from abm_ml.config import load_params

    return load_params(path)


def _progress(message: str) -> None:
    if sys.stderr.isatty():
        typer.secho(message, err=True, dim=True)


def _emit(result: Result, as_json: bool) -> NoReturn:
    if result.exit_code == BAD_INPUT and not as_json:
        _stop(result.to_text(), BAD_INPUT)
    text = (
        json.dumps(result.to_dict(), ensure_ascii=False, indent=2) if as_json else result.to_text()
    )
    typer.echo(text)
    raise typer.Exit(result.exit_code)


def _stop(message: str, code: int) -> NoReturn:
    typer.secho(f"abm: {message}", err=True, fg="red")
    raise SystemExit(code)
