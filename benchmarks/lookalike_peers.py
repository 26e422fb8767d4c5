"""Ways of completing a list of companies that anybody could write: what `lookalike.py` beats.

A universe is prepared once (`prepare`), then each peer turns the positions of some seeds into a
score for every account. No peer ever sees which accounts are hidden. The embedding is frozen:
it stays as it is, so that figures of different versions can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

DIMENSIONS = 96
NEGATIVES = 2_000
"""Random accounts that the logistic regression learns against."""

BANDS = 5
"""Size bands of a number in the firmographic match and in the embedding."""

RARE = 30
"""Values of fewer accounts are no columns of the tree model."""

BAGS = 5
NEGATIVES_PER_SEED = 30
TREES = {
    "objective": "binary", "num_leaves": 15, "min_data_in_leaf": 3, "learning_rate": 0.1,
    "feature_fraction": 0.5, "lambda_l2": 1.0, "num_threads": 1, "deterministic": True,
    "verbose": -1,
}  # fmt: skip
ROUNDS = 60

WORDS = re.compile("[a-z0-9]+|[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Universe:
    """Accounts as the peers want them.

    Parameters
    ----------
    ids : Index
        Account ids; all arrays are in this order.
    embedding : array of float32, shape (n_accounts, 96)
        TF-IDF of tags, places and years (of names too where there are no tags), reduced.
    fields : list of sparse matrices, shape (n_accounts, n_values)
        One for each firmographic column: 1 where the account has the value.
    columns : sparse matrix, shape (n_accounts, n_columns)
        Everything: numbers, and values and words that are not rare.
    """

    ids: pd.Index
    embedding: np.ndarray
    fields: list[sparse.csr_matrix]
    columns: sparse.csr_matrix


Peer = Callable[[Universe, np.ndarray, np.random.Generator], np.ndarray]


def prepare(accounts: pd.DataFrame) -> Universe:
    """Everything that the peers need of a universe."""
    table = accounts.drop(columns="account_id")
    values = {str(name): list(terms(table[name])) for name in table if name not in TEXTS}
    texts = {name: [words(text) for text in table[name]] for name in TEXTS if name in table}
    named = {} if "tags" in table else texts
    numbers = table.select_dtypes("number").to_numpy(float)
    every = [one_hot(held, RARE) for held in (values | texts).values()]
    return Universe(
        ids=pd.Index(accounts["account_id"]),
        embedding=embedded(values | named),
        fields=[one_hot(held, 1) for held in values.values()],
        columns=sparse.hstack([sparse.csr_matrix(numbers), *every]).tocsr().astype(np.float32),
    )


TEXTS = ("name", "domain")


def terms(column: pd.Series) -> Iterator[list[str]]:
    """What an account has of a column: tags, a value, a year, or a number's band."""
    if pd.api.types.is_numeric_dtype(column):
        year = str(column.name).endswith("_year")
        column = column if year else pd.qcut(column, BANDS, labels=False, duplicates="drop")
    for value in column:
        if isinstance(value, list):
            yield [f"{column.name}={one}" for one in value]
        else:
            yield [] if pd.isna(value) else [f"{column.name}={value}"]


def words(text: object) -> list[str]:
    """Words of a name or of a domain; Chinese ones as characters and pairs."""
    found: list[str] = []
    for run in WORDS.findall(text.lower() if isinstance(text, str) else ""):
        chinese = run[0] >= "\u3400"
        found.extend(run if chinese else [run])
        found.extend(run[i : i + 2] for i in range(len(run) - 1) if chinese)
    return found


def embedded(values: dict[str, list[list[str]]]) -> np.ndarray:
    """The frozen embedding: TF-IDF over the terms of all columns, SVD."""
    documents = [list(chain(*row)) for row in zip(*values.values(), strict=True)]
    tfidf = TfidfVectorizer(analyzer=list, min_df=2).fit_transform(documents)
    return TruncatedSVD(DIMENSIONS, random_state=0).fit_transform(tfidf).astype(np.float32)


def one_hot(held: list[list[str]], fewest: int) -> sparse.csr_matrix:
    """1 where an account has a term, for terms of at least so many accounts."""
    counts = pd.Series([term for row in held for term in set(row)]).value_counts()
    place = {term: at for at, term in enumerate(sorted(counts.index[counts >= fewest]))}
    pairs = [(row, place[t]) for row, all_ in enumerate(held) for t in set(all_) if t in place]
    rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
    shape = (len(held), len(place))
    return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)


def chance(universe: Universe, seeds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Accounts in random order."""
    return rng.random(len(universe.ids))


def firmographic(universe: Universe, seeds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The share of seeds that have the same value, summed over columns (and over tags)."""
    return sum(field @ np.asarray(field[seeds].mean(axis=0)).ravel() for field in universe.fields)


def mean_cosine(universe: Universe, seeds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cosine with the mean of the seeds."""
    vectors = normalize(universe.embedding)
    return vectors @ vectors[seeds].mean(axis=0)


def nearest(universe: Universe, seeds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cosine with the nearest seed."""
    vectors = normalize(universe.embedding)
    return (vectors @ vectors[seeds].T).max(axis=1)


def logistic(C: float) -> Peer:
    """Logistic regression, seeds against random accounts, classes balanced."""

    def scores(universe: Universe, seeds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        rows, y = against_universe(universe, seeds, NEGATIVES, rng)
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=1_000)
        return model.fit(universe.embedding[rows], y).decision_function(universe.embedding)

    return scores


def trees(universe: Universe, seeds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """LightGBM, seeds against random accounts, over all columns: the mean of several bags."""
    total = np.zeros(len(universe.ids))
    for bag in range(BAGS):
        rows, y = against_universe(universe, seeds, NEGATIVES_PER_SEED * len(seeds), rng)
        weight = np.where(y == 1, NEGATIVES_PER_SEED, 1.0)
        known = lgb.Dataset(universe.columns[rows], y, weight=weight)
        model = lgb.train(TREES | {"seed": bag}, known, ROUNDS)
        total += model.predict(universe.columns, raw_score=True, num_threads=1)
    return total


def against_universe(
    universe: Universe, seeds: np.ndarray, negatives: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and labels: the seeds, and random accounts that are no seeds."""
    others = np.setdiff1d(np.arange(len(universe.ids)), seeds)
    drawn = rng.choice(others, min(negatives, len(others)), replace=False)
    rows = np.concatenate([seeds, drawn])
    return rows, (np.arange(len(rows)) < len(seeds)).astype(int)


LOGISTIC = "logistic regression, C=1"
PEERS: dict[str, Peer] = {
    "chance": chance,
    "firmographic match": firmographic,
    "mean cosine": mean_cosine,
    "nearest neighbours": nearest,
    LOGISTIC: logistic(1.0),
    "logistic regression, C=0.1": logistic(0.1),
    "LightGBM, bagged": trees,
}
