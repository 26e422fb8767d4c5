"""With what the model was made, so that it can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, paragraph, section, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.texts import say


def made(training: Mapping[str, Any]) -> Html:
    """Seed, data hash, columns allowed by hand, versions.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model.
    """
    rows: list[tuple[object, object]] = [(say("made.seed"), training["seed"])]
    if "data_hash" in training:
        rows.append((say("made.data_hash"), tag("code", training["data_hash"])))
    if training.get("allowed_columns"):
        names = [tag("code", name) for name in training["allowed_columns"]]
        rows.append((say("made.allowed"), join(*names)))
    rows += [(name, version) for name, version in training.get("versions", {}).items()]
    columns = [Column("learned.fact"), Column("learned.value")]
    return section("made", paragraph("made.note"), table(columns, rows))
