"""Data and the first look: demo, simulate, prepare, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abm_ml.commands.options import (
    AsJson,
    Lang,
    Models,
    ParamsFile,
    emit,
    params_of,
    to_stderr,
)


def demo(
    out: Annotated[Path, typer.Option(help="Where everything goes.")] = Path("demo"),
    accounts: Annotated[int, typer.Option(help="Accounts in the simulated CRM.")] = 5_000,
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Simulate a CRM, then prepare, train, promote, index, score and expand: no data needed."""
    from abm_ml.workflows.demo import demo as run

    emit(run(out, params_of(params), accounts=accounts, lang=lang, progress=to_stderr), as_json)


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

    emit(run(out, accounts=accounts, seed=seed, dialect=dialect, progress=to_stderr), as_json)


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
        exports, out, params_of(params), dialect=dialect, mapping=mapping, progress=to_stderr
    )
    emit(result, as_json)


def doctor(
    params: ParamsFile = None, models: Models = Path("models"), as_json: AsJson = False
) -> None:
    """Show versions, threads and stores, and say what is missing."""
    from abm_ml.workflows.doctor import doctor as run

    emit(run(params_of(params), models), as_json)
