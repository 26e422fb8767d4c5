"""The ideal customer profile: propose one, check one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abm_ml.commands.options import AsJson, AsOf, Data, Lang, ParamsFile, emit, params_of, to_stderr

app = typer.Typer(help="The ideal customer profile: propose one, check one.", no_args_is_help=True)


@app.command()
def propose(
    data: Data = Path("work"),
    out: Annotated[
        Path | None, typer.Option(help="YAML file for the proposal; default: shown only.")
    ] = None,
    as_of: AsOf = None,
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Propose an ICP from what won accounts share; exit code 3 if little or nothing is found."""
    from abm_ml.workflows.icp import propose_icp

    settings = params_of(params)
    emit(propose_icp(data, settings, as_of=as_of, out=out, lang=lang, progress=to_stderr), as_json)


@app.command()
def check(
    data: Data = Path("work"),
    as_of: AsOf = None,
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Show whom each rule of the ICP lets through; exit code 3 if one decides nothing."""
    from abm_ml.workflows.icp import check as run

    emit(run(data, params_of(params), as_of=as_of, lang=lang, progress=to_stderr), as_json)
