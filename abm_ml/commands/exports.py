"""Lists for other programs and for sales: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abm_ml.commands.options import AsJson, Data, Lang, ParamsFile, emit, params_of, to_stderr


def export(
    tal: Annotated[Path, typer.Argument(help="Directory that `abm score` wrote.")],
    to: Annotated[
        str,
        typer.Option(
            help="salesforce, hubspot, linkedin, linkedin-contacts, google, meta, 6sense, hashed "
            "or xlsx."
        ),
    ],
    data: Data = Path("work"),
    out: Annotated[
        Path | None, typer.Option(help="Directory to write; default: export/ and the format.")
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            help="Of a hashed list: tencent, bytedance, baidu, kuaishou, alibaba, wechat-pay, "
            "tiktok or other."
        ),
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option("--hash", help="Of a hashed list: md5 or sha256; default: the platform's."),
    ] = None,
    identifier: Annotated[
        str | None,
        typer.Option(help="Of a hashed list: email or phone; default: the platform's."),
    ] = None,
    params: ParamsFile = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Write the list for a CRM, an ad platform or sales; exit code 3 if it breaks their limits."""
    from abm_ml.workflows.export import export as run

    result = run(
        tal,
        data,
        out or Path("export") / "-".join(filter(None, (to, platform))),
        params_of(params),
        to=to,
        lang=lang,
        platform=platform,
        algorithm=algorithm,
        identifier=identifier,
        progress=to_stderr,
    )
    emit(result, as_json)
