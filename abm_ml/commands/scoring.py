"""The scored list: score, why."""

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
    Motion,
    ParamsFile,
    Previous,
    Product,
    emit,
    params_of,
    to_stderr,
)


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
    previous: Previous = None,
    product: Product = None,
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
        params_of(params),
        models,
        as_of=as_of,
        motion=motion,
        version=version,
        previous=previous,
        product=product,
        opportunities=opportunities,
        lang=lang,
        progress=to_stderr,
    )
    emit(result, as_json)


def why(
    account: Annotated[str, typer.Argument(help="An account_id.")],
    data: Data = Path("work"),
    as_of: AsOf = None,
    motion: Motion = "acquire",
    product: Product = None,
    previous: Previous = None,
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
        params_of(params),
        models,
        as_of=as_of,
        motion=motion,
        product=product,
        previous=previous,
        version=version,
        lang=lang,
    )
    emit(result, as_json)
