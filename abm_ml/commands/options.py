"""Options that commands share, and how results and errors leave.

Results go to stdout, progress and messages to stderr.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from abm_ml.workflows.result import BAD_INPUT

if TYPE_CHECKING:
    from abm_ml.config import Params
    from abm_ml.workflows.result import Result

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
Product = Annotated[
    str | None, typer.Option(help="One TAL a product: customers of other products stay in.")
]
Previous = Annotated[
    Path | None, typer.Option(help="An earlier output; changes since then are told.")
]
Lang = Annotated[str, typer.Option(help="Language of reasons and report: en or zh.")]


def params_of(path: Path | None) -> Params:
    """Settings of a file, or the defaults."""
    from abm_ml.config import load_params

    return load_params(path)


def to_stderr(message: str) -> None:
    """Say what is going on, on a terminal only."""
    if sys.stderr.isatty():
        typer.secho(message, err=True, dim=True)


def emit(result: Result, as_json: bool) -> NoReturn:
    """Print a result and end with its exit code."""
    if result.exit_code == BAD_INPUT and not as_json:
        stop(result.to_text(), BAD_INPUT)
    text = (
        json.dumps(result.to_dict(), ensure_ascii=False, indent=2) if as_json else result.to_text()
    )
    typer.echo(text)
    raise typer.Exit(result.exit_code)


def stop(message: str, code: int) -> NoReturn:
    """Say why nothing came of it, and end."""
    typer.secho(f"abm: {message}", err=True, fg="red")
    raise SystemExit(code)
