"""What winners have in common, put as criteria: one for each column and kind of signal.

A shape (which industries, which range, which technologies) is what sets winners apart best on
the rows given. Rows that shaped a criterion flatter it: judge it on others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.criterion import Criterion
from abm_ml.data.column_kinds import column_kind
from abm_ml.data.tokens import names_a_person
from abm_ml.features.names import parse_feature
from abm_ml.rules.icp import Flags, Numbers, filled, is_list, plain, verdict_of
from abm_ml.rules.icp_evidence import WON, Groups, references

Codes = NDArray[np.int64]

MOST_LEVELS = 8
"""Values in one criterion: more are no profile that anybody can keep in mind."""

LEAST_LIFT = 1.1
"""A value belongs to the profile if winners have it at least this many times as often."""

LEAST_WINNERS = 3
"""Winners that must have a value."""

LEAST_RANGE = 0.3
"""Share of winners that a range must hold."""

LEAST_SIGNAL = 0.1
"""Share of winners that must have a signal."""

SIMPLER = 0.01
"""Contrast (a difference of shares) that anything more must add: a second end of a range, one
more tag, a signal at all."""

MOST_COUNT = 3
"""Counts of signals that are tried: 1 up to this."""

_QUANTILES = np.arange(0.05, 0.96, 0.05)


def shaped(columns: Mapping[str, pa.Array], groups: Groups) -> list[Criterion]:
    """The criterion of each column, and of each kind of signal, that sets winners apart best.

    Parameters
    ----------
    columns : mapping of str to pyarrow.Array, each of shape (n_rows,)
        Columns of accounts by name, counts of signals as `signals:<kind>:<days>d`.
    groups : mapping of str to array of bool, shape (n_rows,)
        Rows of each group; see `icp_evidence.Groups`.

    Returns
    -------
    list of Criterion
        In the order of the columns; a column that says nothing has none.
    """
    counts: dict[str, dict[int, pa.Array]] = {}
    found: list[Criterion | None] = []
    for name, values in columns.items():
        feature = parse_feature(name)
        if feature.family == "signals":
            counts.setdefault(feature.item, {})[feature.days] = values
        else:
            found.append(_of_column(name, plain(values), groups))
    found += [_of_signal(kind, by_days, groups) for kind, by_days in counts.items()]
    return [criterion for criterion in found if criterion is not None]


def contrast(met: Flags, known: Flags, groups: Groups) -> float:
    """Share of winners less that of the others, on average over the kinds of others."""
    shares = {
        name: met[rows & known].mean() if (rows & known).any() else 0.0
        for name, rows in groups.items()
    }
    return float(np.mean([shares[WON] - shares[name] for name in references(groups)]))


def _of_column(name: str, values: pa.Array, groups: Groups) -> Criterion | None:
    kind = values.type
    if is_list(values):
        return _tags(name, values, groups)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _range(name, values, groups)
    if pa.types.is_boolean(kind):
        return _levels(name, values.cast(pa.string()), groups)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = column_kind(values.to_pandas())
        return _levels(name, values, groups) if text == "category" else None
    return None


def _levels(name: str, values: pa.Array, groups: Groups) -> Criterion | None:
    """The values that winners have oftener than others, as one set."""
    known = filled(values)
    chosen = _favoured(values, np.arange(len(values)), known, groups)
    return Criterion(column=name, any_of=tuple(chosen[:MOST_LEVELS])) if chosen else None


def _tags(name: str, values: pa.Array, groups: Groups) -> Criterion | None:
    """The tags that winners have oftener: each must still add to those before it."""
    known = filled(values)
    rows = pc.list_parent_indices(values).to_numpy(zero_copy_only=False)
    best: Criterion | None = None
    reached = 0.0
    for tag in _favoured(pc.list_flatten(values), rows, known, groups)[: 2 * MOST_LEVELS]:
        kept = _texts(best) if best else ()
        # A short one would be found inside many others.
        inside = all(len(text) > 2 for text in (*kept, tag))
        test = {"contains" if inside else "any_of": (*kept, tag)}
        criterion = Criterion(column=name, **test)
        verdict = verdict_of(criterion, values)
        value = contrast(verdict.met, verdict.known, groups)
        if value >= reached + SIMPLER and len(kept) < MOST_LEVELS:
            best, reached = criterion, value
    return best


def _texts(criterion: Criterion) -> tuple[str, ...]:
    return criterion.contains or criterion.any_of


def _favoured(texts: pa.Array, rows: Codes, known: Flags, groups: Groups) -> list[str]:
    """Texts that winners have clearly oftener, those that set them apart most first.

    Parameters
    ----------
    texts : pyarrow.Array of str, shape (n_texts,)
        Values, or the tags of all lists one after the other.
    rows : array of int, shape (n_texts,)
        The row of each text.
    known : array of bool, shape (n_rows,)
        Rows that hold something.
    groups : mapping of str to array of bool, shape (n_rows,)
        Rows of each group.
    """
    codes, names = _folded_codes(pc.utf8_trim_whitespace(texts))
    # One row counts once for a text, however often its list repeats it.
    pairs = np.unique(np.column_stack([rows[codes >= 0], codes[codes >= 0]]), axis=0)
    shares, errors = {}, {}
    for group in (WON, *references(groups)):
        mine = pairs[groups[group][pairs[:, 0]], 1]
        size = max(int((groups[group] & known).sum()), 1)
        shares[group] = np.bincount(mine, minlength=len(names)) / size
        errors[group] = shares[group] * (1 - shares[group]) / size
    won, error = shares.pop(WON), errors.pop(WON)
    others = np.mean(list(shares.values()), axis=0)
    error = np.sqrt(error + np.sum(list(errors.values()), axis=0) / len(errors) ** 2)
    few = won * max(int((groups[WON] & known).sum()), 1) < LEAST_WINNERS
    stands = (won - others > error) & (won >= LEAST_LIFT * others) & ~few
    order = sorted(np.flatnonzero(stands), key=lambda code: (others[code] - won[code], names[code]))
    return [names[code] for code in order if not names_a_person(names[code])]


def _folded_codes(spelt: pa.Array) -> tuple[Codes, list[str]]:
    """Codes of texts whatever their case (-1: nothing), and how most people spell each."""
    encoded = pc.dictionary_encode(pc.if_else(pc.equal(spelt, ""), None, spelt))
    distinct = encoded.dictionary.to_pylist()
    raw = np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)
    often = np.bincount(raw[raw >= 0], minlength=len(distinct))
    spelling: dict[str, str] = {}
    for place in sorted(range(len(distinct)), key=lambda one: (-often[one], distinct[one])):
        spelling.setdefault(distinct[place].lower(), distinct[place])
    folded = sorted(spelling)
    place_of = {text: place for place, text in enumerate(folded)}
    lookup = np.array([place_of[text.lower()] for text in distinct] + [-1], dtype=np.int64)
    return lookup[raw], [spelling[text] for text in folded]


def _range(name: str, values: pa.Array, groups: Groups) -> Criterion | None:
    """The range between quantiles of winners that holds many of them and few others."""
    numbers = np.asarray(pc.fill_null(pc.cast(values, pa.float64()), np.nan))
    known = np.isfinite(numbers)
    winners = numbers[known & groups[WON]]
    if len(winners) < LEAST_WINNERS:
        return None
    low, high = _ends(_round_edges(np.quantile(winners, _QUANTILES)))
    shares = {
        group: _shares_within(np.sort(numbers[known & groups[group]]), low, high)
        for group in (WON, *references(groups))
    }
    won = shares.pop(WON)
    value = won - np.mean(list(shares.values()), axis=0)
    value = np.where(won >= LEAST_RANGE, value - SIMPLER * np.isfinite(low) * np.isfinite(high), 0)
    if not len(value) or value.max() <= SIMPLER:
        return None
    best = int(np.argmax(value))
    ends = {"min": float(low[best]), "max": float(high[best])}
    return Criterion(column=name, **{key: end for key, end in ends.items() if np.isfinite(end)})


def _shares_within(ordered: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Share of numbers in each range, ends included."""
    inside = np.searchsorted(ordered, high, "right") - np.searchsorted(ordered, low, "left")
    return inside / max(len(ordered), 1)


def _ends(edges: Sequence[float]) -> tuple[Numbers, Numbers]:
    """Lower and upper ends of all ranges between edges, open ones first."""
    pairs = [
        (low, high)
        for low, high in product((-np.inf, *edges), (np.inf, *edges))
        if low < high and not np.isinf(low) & np.isinf(high)
    ]
    ends = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def _round_edges(quantiles: Numbers) -> list[float]:
    """Two figures of each, or as many as tell the quantiles apart."""
    span = float(quantiles[-1] - quantiles[0])
    if span <= 0:
        return []
    return sorted({_rounded(float(value), span) for value in quantiles})


def _rounded(value: float, span: float) -> float:
    """Two figures, or more where the span is small against the value.

    >>> _rounded(2345.0, 4000.0), _rounded(34.0, 4000.0), _rounded(1998.0, 40.0)
    (2300.0, 34.0, 1998.0)
    """
    sizes = [np.floor(np.log10(abs(one))) for one in (value, span) if one]
    places = int(1 - min(sizes))
    return round(value, places)


def _of_signal(kind: str, by_days: Mapping[int, pa.Array], groups: Groups) -> Criterion | None:
    """The least count within a window that sets winners apart best."""
    best: tuple[float, Criterion] | None = None
    for days, count in product(by_days, range(1, MOST_COUNT + 1)):
        criterion = Criterion(signal=kind, within_days=days, count_at_least=count)
        verdict = verdict_of(criterion, by_days[days])
        if verdict.met[groups[WON]].mean() < LEAST_SIGNAL:
            continue
        value = contrast(verdict.met, verdict.known, groups)
        if value > (best[0] if best else SIMPLER):
            best = value, criterion
    return best[1] if best else None
