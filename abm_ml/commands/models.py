"""Models: train, promote, rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abm_ml.commands.options import (
    AsJson,
    AsOf,
    Data,
    Models,
    ParamsFile,
    Why,
    emit,
    params_of,
    to_stderr,
)


def train(
    data: Data = Path("work"),
    params: ParamsFile = None,
    models: Models = Path("models"),
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Learn propensity from won/lost history, print the back-test, register a challenger."""
    from abm_ml.workflows.train import train as run

    emit(run(data, params_of(params), models, as_of=as_of, progress=to_stderr), as_json)


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

    result = run(models, data=data, version=version, force=force, why=why, params=params_of(params))
    emit(result, as_json)


def rollback(models: Models = Path("models"), why: Why = "", as_json: AsJson = False) -> None:
    """Bring the previous champion back."""
    from abm_ml.workflows.promote import rollback as run

    emit(run(models, why=why), as_json)
