"""The `abm` command: parse, call one workflow, print what came of it.

Heavy modules are imported inside the commands, so that `abm --help` answers at once.
"""

from __future__ import annotations

import typer

from abm_ml.commands import data, exports, icp, lookalikes, models, scoring, whatif
from abm_ml.commands.options import stop
from abm_ml.errors import AbmError
from abm_ml.workflows.result import BAD_INPUT, FAILED

app = typer.Typer(
    help="Account propensity and scored target account lists from a CRM export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

COMMANDS = (
    data.demo,
    data.simulate,
    data.prepare,
    models.train,
    models.promote,
    models.rollback,
    lookalikes.index,
    scoring.score,
    exports.export,
    lookalikes.expand,
    lookalikes.contacts,
    scoring.why,
    whatif.whatif,
    data.doctor,
)
"""In the order of the help."""

for command in COMMANDS:
    app.command()(command)

app.add_typer(icp.app, name="icp")


def main() -> None:
    """Entry point: our own errors become one message and exit code 2."""
    try:
        app()
    except AbmError as error:
        stop(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        stop("stopped; earlier output is untouched", FAILED)
