"""ICP fit: declared criteria over columns of accounts and counts of signals (DESIGN 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.criterion import Criterion
from abm_ml.errors import ParamsError

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Verdict:
    """What one criterion says of every account.

    Parameters
    ----------
    criterion : Criterion
        The declared rule.
    points : float
        What meeting it adds to its part of fit, of 100.
    met : array of bool, shape (n_accounts,)
        Whether the account meets it.
    known : array of bool, shape (n_accounts,)
        Whether there was a value to look at; an unknown value is not met.
    """

    criterion: Criterion
    points: float
    met: Flags
    known: Flags

    @property
    def knocks_out(self) -> Flags:
        """Accounts with a value that is known to fail a `must`.

        A missing value does not knock out: few exports fill every column for every company.
        Whoever wants that declares `exists: true, must: true` beside it.
        """
        return self.known & ~self.met & self.criterion.must


@dataclass(frozen=True)
class PartFit:
    """One part of fit (firmographic or technographic), 0-100, and the verdicts behind it."""

    score: Numbers
    verdicts: tuple[Verdict, ...]


def source_of(criterion: Criterion) -> str:
    """Name of the column that a criterion looks at; a signal count is named as its feature."""
    return criterion.source


def part_fit(criteria: Sequence[Criterion], columns: Mapping[str, pa.Array]) -> PartFit | None:
    """Share of the criteria's weight that each account meets, x 100 (DESIGN 6.1, 6.4).

    score = 100 · Σ weight · met ÷ Σ weight, over the criteria whose column is there.

    Parameters
    ----------
    criteria : sequence of Criterion
        The declared rules of one part.
    columns : mapping of str to pyarrow.Array, each of shape (n_accounts,)
        Values by `source_of`; a criterion whose source is absent is left out, and its weight
        goes to the rest.

    Returns
    -------
    PartFit or None
        None where no criterion can be judged: the part is absent for the whole run.

    Raises
    ------
    ParamsError
        If a range is asked of a column that holds no numbers.
    """
    judged = [criterion for criterion in criteria if source_of(criterion) in columns]
    if not judged:
        return None
    total = sum(criterion.weight for criterion in judged)
    verdicts = tuple(
        verdict_of(criterion, columns[source_of(criterion)], 100 * criterion.weight / total)
        for criterion in judged
    )
    won = sum(verdict.criterion.weight * verdict.met for verdict in verdicts)
    return PartFit(100 * np.asarray(won, dtype=np.float64) / total, verdicts)


def knocked_out(parts: Sequence[PartFit | None], n_accounts: int) -> Flags:
    """Accounts that fail at least one `must` (DESIGN 6.4); see `Verdict.knocks_out`."""
    out = np.zeros(n_accounts, dtype=bool)
    for part in parts:
        for verdict in part.verdicts if part else ():
            out |= verdict.knocks_out
    return out


def fit(parts: Mapping[str, Numbers | None], weights: Mapping[str, float]) -> Numbers | None:
    """Fit from its parts, by their weights in the account score (DESIGN 2, 6.1).

    Parameters
    ----------
    parts : mapping of str to array or None
        `firmographic` and `technographic`, 0-100; None where absent for the whole run.
    weights : mapping of str to float
        Weights by the same names; where those of all present parts are 0, they count alike.
    """
    present = {name: part for name, part in parts.items() if part is not None}
    if not present:
        return None
    total = sum(weights[name] for name in present)
    shares = {name: weights[name] / total if total else 1 / len(present) for name in present}
    return np.round(np.sum([shares[name] * part for name, part in present.items()], axis=0), 10)


def grades(fit_score: Numbers, floors: Mapping[str, float]) -> list[str]:
    """Grade of each account: the best one whose floor its fit reaches (DESIGN 6.4).

    Parameters
    ----------
    fit_score : array of float, shape (n_accounts,)
        Fit, 0-100.
    floors : mapping of str to float
        Lowest fit of each grade, from best to worst, ending at 0.
    """
    names = np.array(list(floors), dtype=object)
    conditions = [fit_score >= floor for floor in floors.values()]
    return list(names[np.argmax(conditions, axis=0)])


def tags_met(criterion: Criterion, tags: Sequence[str]) -> list[str]:
    """The tags of one account for which it meets a criterion on a list column."""
    if criterion.none_of:
        return list(tags)
    if criterion.any_of:
        wanted = {_folded(text) for text in criterion.any_of}
        return [tag for tag in tags if _folded(tag) in wanted]
    parts = [_folded(text) for text in criterion.contains]
    return [tag for tag in tags if not parts or any(part in _folded(tag) for part in parts)]


def verdict_of(criterion: Criterion, values: pa.Array, points: float = 100.0) -> Verdict:
    """What one criterion says of values of its source.

    Raises
    ------
    ParamsError
        If a range is asked of a column that holds no numbers.
    """
    return Verdict(criterion, points, *_judge(criterion, plain(values)))


def _judge(criterion: Criterion, values: pa.Array) -> tuple[Flags, Flags]:
    """Met and known of one criterion for every account."""
    given = filled(values)
    if criterion.exists:
        return given, np.ones(len(values), dtype=bool)
    if criterion.any_of or criterion.none_of:
        wanted = pa.array(
            [_folded(text) for text in criterion.any_of or criterion.none_of], pa.string()
        )
        found = _any_text(values, lambda texts: pc.is_in(texts, wanted))
        return (found if criterion.any_of else ~found) & given, given
    if criterion.contains and not criterion.signal:
        return _any_text(values, lambda texts: _has_part(texts, criterion.contains)), given
    numbers = _floats(values, criterion)
    low, high = criterion.bounds
    known = ~np.isnan(numbers)
    return known & (numbers >= low) & (numbers <= high), known


def plain(values: pa.Array) -> pa.Array:
    """One contiguous array without dictionary encoding."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def is_list(values: pa.Array) -> bool:
    """Whether each row holds several values, such as technologies."""
    return pa.types.is_list(values.type) or pa.types.is_large_list(values.type)


def filled(values: pa.Array) -> Flags:
    """Rows that hold something: not null, not blank, not an empty list, not NaN."""
    if is_list(values):
        return _flags(pc.greater(pc.list_value_length(values), 0))
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return _flags(pc.not_equal(pc.utf8_trim_whitespace(values), ""))
    return ~_flags(pc.is_null(values, nan_is_null=True))


def _any_text(values: pa.Array, test: Callable[[pa.Array], pa.Array]) -> Flags:
    """Rows where the text, or any text of a list, passes a test; case does not matter."""
    if not is_list(values):
        return _flags(test(_lowered(values)))
    met = np.zeros(len(values), dtype=bool)
    passed = _flags(test(_lowered(pc.list_flatten(values))))
    met[pc.list_parent_indices(values).to_numpy(zero_copy_only=False)[passed]] = True
    return met


def _lowered(values: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(pc.cast(values, pa.string())))


def _folded(text: str) -> str:
    return pc.utf8_lower(pa.scalar(text.strip())).as_py()


def _has_part(texts: pa.Array, parts: Sequence[str]) -> pa.Array:
    """Texts that hold at least one of the parts."""
    found = pa.array(np.zeros(len(texts), dtype=bool))
    for part in parts:
        found = pc.or_(found, pc.fill_null(pc.match_substring(texts, _folded(part)), False))
    return found


def _floats(values: pa.Array, criterion: Criterion) -> Numbers:
    """Numbers of a column, NaN where missing."""
    try:
        numbers = pc.cast(values, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ParamsError(
            f"icp: column '{source_of(criterion)}' holds {values.type}, and min/max needs "
            "numbers; test it with any_of, contains or exists"
        ) from error
    return np.asarray(pc.fill_null(numbers, float("nan")), dtype=np.float64)


def _flags(booleans: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(booleans, False), dtype=bool)
