"""What seeds share, in facts: how many of them have it, and how rare it is in the universe."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, diags

from abm_ml.data.field_names import COUNTS, MONEY, NAMES
from abm_ml.lookalike.facts import Facts

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FEWEST_SEEDS = 2
FEWEST_SHARE = 0.07
"""A trait is had by at least two seeds, and by this share of them."""

LEAST_TIMES = 1.5
MOST_TRAITS = 12
SURE = 6.0
"""Log-likelihood ratio from which a trait is no accident, of the thousands that are looked at."""

REASONS = 3
"""Traits that a result's reasons name."""

_OTHER_NAMES = {"name": ("name", "名称"), "domain": ("domain", "域名"), "tags": ("tag", "标签"),
    "keywords": ("keyword", "关键词"), "technologies": ("technology", "使用技术")}  # fmt: skip


def shared_traits(facts: Facts, seeds: csr_matrix, universe: FloatArray) -> pd.DataFrame:
    """The facts that set seeds apart, the most telling first.

    Parameters
    ----------
    facts : Facts
        What the columns of the matrices are.
    seeds : sparse matrix, shape (n_seeds, n_facts)
        Facts of the seeds.
    universe : array, shape (n_facts,)
        Share of the universe that has each fact.

    Returns
    -------
    DataFrame
        `fact` (its number), `column`, `value`, `seeds` and `universe` (shares, 0 to 1), `times`
        (how much more frequent among seeds, at least 1.5), at most 12 rows.
    """
    count = np.asarray(seeds.sum(axis=0), dtype=np.float64).ravel()
    n = seeds.shape[0]
    here = count / n
    # A fact that no account of the universe's statistics had is rare, not impossible.
    there = np.maximum(universe, 1e-7)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.where(count > 0, count * np.log(here / there), 0) + np.where(
            count < n, (n - count) * np.log((1 - here) / np.maximum(1 - there, 1e-7)), 0
        )
    telling = (
        facts.in_words
        & (count >= max(FEWEST_SEEDS, FEWEST_SHARE * n))
        & (here >= LEAST_TIMES * there)
        & (surprise >= SURE)
    )
    best = np.flatnonzero(telling)
    best = best[np.lexsort((best, -surprise[best]))]
    chosen = _not_twice(best, seeds)[:MOST_TRAITS]
    return pd.DataFrame(
        {
            "fact": np.array(chosen, dtype=np.int64),
            "column": [facts.columns[one] for one in chosen],
            "value": [facts.values[one] for one in chosen],
            "seeds": here[chosen],
            "universe": universe[chosen],
            "times": here[chosen] / there[chosen],
        }
    )


def _not_twice(best: IntArray, seeds: csr_matrix) -> list[int]:
    """Facts that are not had by exactly the seeds that an earlier one is had by."""
    columns = seeds.tocsc()
    seen: set[tuple[int, ...]] = set()
    kept = []
    for fact in best[: 5 * MOST_TRAITS]:
        holders = tuple(columns.indices[columns.indptr[fact] : columns.indptr[fact + 1]])
        if holders not in seen:
            seen.add(holders)
            kept.append(int(fact))
    return kept


def trait_words(column: str, value: str, seeds: float, universe: float, lang: str) -> str:
    """A trait in words.

    >>> trait_words("tags", "e-discovery", 0.34, 0.002, "en")
    'tag e-discovery: 34 % of seeds, 0.2 % of the universe'
    >>> trait_words("city", "上海", 0.5, 0.04, "zh")
    '城市 上海：种子客户中占 50%，全部企业中占 4%'
    """
    if lang == "zh":
        return (
            f"{column_words(column, lang)} {value}：种子客户中占 {_percent(seeds)}%，"
            f"全部企业中占 {_percent(universe)}%"
        )
    return (
        f"{column_words(column, lang)} {value}: {_percent(seeds)} % of seeds, "
        f"{_percent(universe)} % of the universe"
    )


def column_words(column: str, lang: str) -> str:
    """What a column is called, in English or Chinese; unknown ones by their own name."""
    at = int(lang == "zh")
    if column in _OTHER_NAMES:
        return _OTHER_NAMES[column][at]
    if column in COUNTS:
        return COUNTS[column].zh if at else COUNTS[column].many
    known = NAMES.get(column) or MONEY.get(column)
    return known[at] if known else column.replace("_", " ")


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}" if percent >= 2 or percent == 0 else f"{percent:.2g}"


def reasons(traits: pd.DataFrame, results: csr_matrix, lang: str) -> list[str]:
    """For each result the traits that it shares with the seeds, the most telling first.

    Parameters
    ----------
    traits : DataFrame
        Of `shared_traits`.
    results : sparse matrix, shape (n_results, n_facts)
        Facts of the results.
    lang : {"en", "zh"}
        Language.
    """
    parts = (traits[name].tolist() for name in ("column", "value", "seeds", "universe"))
    words = [
        trait_words(column, value, here, there, lang)
        for column, value, here, there in zip(*parts, strict=True)
    ]
    has = results[:, traits["fact"].to_numpy()].toarray() > 0
    joint = "；" if lang == "zh" else "; "
    return [joint.join([words[at] for at in np.flatnonzero(row)[:REASONS]]) for row in has]


def shared_with_one(
    facts: Facts, universe: FloatArray, results: csr_matrix, seeds: csr_matrix, lang: str
) -> list[str]:
    """For results without a trait of the whole list: what each shares with its nearest seed.

    Parameters
    ----------
    facts : Facts
        What the columns of the matrices are.
    universe : array, shape (n_facts,)
        Share of the universe that has each fact.
    results, seeds : sparse matrices, shape (n_results, n_facts)
        Facts of each result, and of its nearest seed.
    lang : {"en", "zh"}
        Language.

    Returns
    -------
    list of str
        The rarest shared facts; empty where there is none.
    """
    both = (results.multiply(seeds) @ diags(facts.in_words.astype(np.float32))).tocsr()
    both.eliminate_zeros()
    told = "与最接近的种子客户相同，全部企业中占 {}%" if lang == "zh" else (
        "as the nearest seed, {} % of the universe"
    )  # fmt: skip
    colon, joint = ("：", "；") if lang == "zh" else (": ", "; ")
    found = []
    for start, end in pairwise(both.indptr):
        own = np.sort(both.indices[start:end])
        rarest = own[np.argsort(universe[own], kind="stable")][:REASONS]
        words = [
            f"{column_words(facts.columns[one], lang)} {facts.values[one]}{colon}"
            f"{told.format(_percent(universe[one]))}"
            for one in rarest
        ]
        found.append(joint.join(words))
    return found
