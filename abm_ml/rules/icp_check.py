"""How many accounts, past wins and past losses an ICP lets through, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from abm_ml.criterion import Criterion
from abm_ml.rules.icp import (
    Flags,
    PartFit,
    Verdict,
    filled,
    fit,
    grades,
    knocked_out,
    part_fit,
    plain,
    source_of,
)
from abm_ml.rules.icp_evidence import UNIVERSE, Groups

ABSENT = "absent"
"""Nothing to look at: the column is empty, or there are no signals of the kind."""

NOBODY = "nobody"
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Passage:
    """Accounts of one group at one rule.

    Parameters
    ----------
    of : int
        How many there are.
    through : int
        How many it lets through (they meet it, have the grade, or are inside the ICP).
    unknown : int
        How many have no value for it to look at; they don't meet it.
    knocked_out : int
        How many it bars, being a `must` that they are known to fail.
    """

    of: int
    through: int
    unknown: int = 0
    knocked_out: int = 0


Passages = Mapping[str, Passage]
"""By group."""


@dataclass(frozen=True)
class CheckedCriterion:
    """One criterion and whom it lets through; `warning` is a word of this module, or empty."""

    part: str
    criterion: Criterion
    passages: Passages
    warning: str


@dataclass(frozen=True)
class IcpCheck:
    """A whole ICP and whom it lets through.

    Parameters
    ----------
    criteria : tuple of CheckedCriterion
        In the order declared.
    grades : dict of str to Passages
        Accounts of each grade, from best to worst; empty where nothing can be judged.
    inside : dict of str to Passage
        Accounts with at least the fit asked for; whom the musts together knock out.
    """

    criteria: tuple[CheckedCriterion, ...]
    grades: dict[str, Passages]
    inside: Passages


def check_icp(
    declared: Mapping[str, Sequence[Criterion]],
    columns: Mapping[str, pa.Array],
    groups: Groups,
    *,
    weights: Mapping[str, float],
    floors: Mapping[str, float],
    inside_at: float,
) -> IcpCheck:
    """Apply an ICP to accounts and count whom each of its rules lets through.

    Parameters
    ----------
    declared : mapping of str to sequence of Criterion
        Criteria of `firmographic` and `technographic`.
    columns : mapping of str to pyarrow.Array, each of shape (n_rows,)
        Values by `source_of`, of the criteria that can be judged.
    groups : mapping of str to array of bool, shape (n_rows,)
        Rows of `won`, `lost` and `universe`.
    weights : mapping of str to float
        Of the two parts, as in the account score.
    floors : mapping of str to float
        Least fit of each grade.
    inside_at : float
        Fit from which an account is inside the ICP.
    """
    parts = {name: part_fit(criteria, columns) for name, criteria in declared.items()}
    verdicts = [verdict for part in parts.values() if part for verdict in part.verdicts]
    checked = tuple(
        _checked(part, criterion, verdicts, columns, groups)
        for part, criteria in declared.items()
        for criterion in criteria
    )
    out = knocked_out(list(parts.values()), len(groups[UNIVERSE]))
    score = fit({name: _unless(out, part) for name, part in parts.items()}, weights)
    if score is None:
        return IcpCheck(checked, {}, _passages(~out & False, groups))
    given = np.asarray(grades(score, floors), dtype=object)
    return IcpCheck(
        checked,
        {name: _passages(given == name, groups) for name in floors},
        _passages((score >= inside_at) & ~out, groups, knocked_out=out),
    )


def _unless(out: Flags, part: PartFit | None) -> np.ndarray | None:
    """A part of fit, as scoring counts it: 0 for whom a must knocks out."""
    return None if part is None else np.where(out, 0.0, part.score)


def _checked(
    part: str,
    criterion: Criterion,
    verdicts: Sequence[Verdict],
    columns: Mapping[str, pa.Array],
    groups: Groups,
) -> CheckedCriterion:
    mine = [verdict for verdict in verdicts if verdict.criterion is criterion]
    if not mine:
        nothing = np.zeros(len(groups[UNIVERSE]), dtype=bool)
        return CheckedCriterion(
            part, criterion, _passages(nothing, groups, unknown=~nothing), ABSENT
        )
    verdict = mine[0]
    passages = _passages(
        verdict.met, groups, unknown=~verdict.known, knocked_out=verdict.knocks_out
    )
    warning = _warning(criterion, plain(columns[source_of(criterion)]), passages[UNIVERSE])
    return CheckedCriterion(part, criterion, passages, warning)


def _warning(criterion: Criterion, values: pa.Array, universe: Passage) -> str:
    """What makes a criterion decide nothing; empty where it decides."""
    seen = filled(values)
    if criterion.signal:
        seen = np.asarray(values) > 0
    if not criterion.exists and not seen.any():
        return ABSENT
    if not universe.through:
        return NOBODY
    return EVERYBODY if universe.through + universe.unknown == universe.of else ""


def _passages(
    through: Flags,
    groups: Groups,
    *,
    unknown: Flags | None = None,
    knocked_out: Flags | None = None,
) -> dict[str, Passage]:
    def count(flags: Flags | None, rows: Flags) -> int:
        return 0 if flags is None else int((flags & rows).sum())

    return {
        name: Passage(
            int(rows.sum()), count(through, rows), count(unknown, rows), count(knocked_out, rows)
        )
        for name, rows in groups.items()
    }
