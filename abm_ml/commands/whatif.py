"""What a change of the rule book would do: whatif."""

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
    emit,
    params_of,
    to_stderr,
)


def whatif(
    data: Data = Path("work"),
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A setting and its new value: mqa.tier_3.points=60; repeatable."
        ),
    ] = None,
    mqa_points: Annotated[
        float | None, typer.Option(help="Points an MQA of tier 3 needs; others in proportion.")
    ] = None,
    tier1: Annotated[
        float | None, typer.Option("--tier1", help="Account score from which tier 1 begins.")
    ] = None,
    tier2: Annotated[float | None, typer.Option("--tier2", help="The same of tier 2.")] = None,
    capacity: Annotated[
        str | None, typer.Option(help="The most accounts of tiers 1, 2 (and 3): 20,200.")
    ] = None,
    accounts_a_week: Annotated[
        float | None,
        typer.Option(help="New MQAs a week that you have capacity for: which points do it?"),
    ] = None,
    tier1_size: Annotated[
        int | None,
        typer.Option("--tier1-size", help="Accounts tier 1 shall hold: which score does it?"),
    ] = None,
    as_of: AsOf = None,
    motion: Motion = "acquire",
    product: Annotated[str | None, typer.Option(help="What the list is to sell.")] = None,
    params: ParamsFile = None,
    models: Models = Path("models"),
    version: Annotated[
        str | None, typer.Option(help="Model version; default: the champion.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV of all accounts that move.")] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Show what other thresholds, points or capacities would do; exit code 3 if it is too much."""
    from abm_ml.workflows.whatif import Asked, parse_capacity, parse_setting
    from abm_ml.workflows.whatif import whatif as run

    asked = Asked(
        settings=dict(parse_setting(text) for text in settings or ()),
        mqa_points=mqa_points,
        tier_1_at=tier1,
        tier_2_at=tier2,
        capacity=None if capacity is None else parse_capacity(capacity),
        accounts_a_week=accounts_a_week,
        tier_1_size=tier1_size,
    )
    result = run(
        data,
        asked,
        params_of(params),
        models,
        as_of=as_of,
        motion=motion,
        product=product,
        version=version,
        out=out,
        lang=lang,
        progress=to_stderr,
    )
    emit(result, as_json)
