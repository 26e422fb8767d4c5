"""Free text and tags as a few numbers, in English and Chinese, without any download.

Words of alphabetic scripts and characters (alone and in pairs) of Chinese are weighted by
TF-IDF and reduced by truncated SVD (Halko et al. 2011, as scikit-learn does it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from abm_ml.data.column_kinds import FloatArray, as_levels
from abm_ml.data.tokens import tokens

FIT_TEXTS = 5_000
"""Distinct texts that the vocabulary and the components are learned from, at most."""


@dataclass(frozen=True)
class TextCode:
    """A text column as a few numbers of about unit size.

    Parameters
    ----------
    vocabulary : tuple of str
        Tokens, in the order of `idf` and of the columns of `components`.
    idf : array, shape (n_tokens,)
        Inverse document frequencies.
    components : array, shape (n_components, n_tokens)
        Directions, divided by the spread of the training texts along them.
    """

    vocabulary: tuple[str, ...]
    idf: FloatArray
    components: FloatArray
    categorical: ClassVar[bool] = False

    @classmethod
    def fit(cls, values: pd.Series, *, n_components: int, max_tokens: int, seed: int) -> TextCode:
        """Learn vocabulary and components from the distinct texts of a column."""
        _, distinct = as_levels(values)
        sample = distinct[:: max(1, len(distinct) // FIT_TEXTS)]
        vectorizer = TfidfVectorizer(
            analyzer=tokens, min_df=2, max_features=max_tokens, sublinear_tf=True
        )
        try:
            matrix = vectorizer.fit_transform(sample)
        except ValueError:  # no token occurs twice: the column says nothing that repeats
            return cls((), np.zeros(0), np.zeros((0, 0)))
        rank = min(n_components, matrix.shape[0] - 1, matrix.shape[1] - 1)
        if rank < 1:
            return cls((), np.zeros(0), np.zeros((0, 0)))
        with np.errstate(invalid="ignore", divide="ignore"):  # texts may all be alike
            svd = TruncatedSVD(rank, random_state=seed).fit(matrix)
        spread = np.asarray(svd.transform(matrix)).std(axis=0)
        # Directions without spread would be divided by nothing and carry nothing.
        kept = spread > 1e-9
        components = svd.components_[kept] / spread[kept, None]
        vocabulary = tuple(map(str, vectorizer.get_feature_names_out()))
        return cls(vocabulary, np.asarray(vectorizer.idf_, dtype=np.float64), components)

    @property
    def widths(self) -> tuple[int, int]:
        """The components, the same for the linear model and the trees."""
        return len(self.components), len(self.components)

    def encode(self, values: pd.Series) -> tuple[FloatArray, FloatArray]:
        """Coordinates of each row's text; zero where it is missing."""
        codes, distinct = as_levels(values)
        table = np.zeros((len(distinct) + 1, len(self.components)))
        if distinct and len(self.components):
            table[:-1] = self._tfidf(distinct) @ self.components.T
        return table[codes], table[codes]

    def _tfidf(self, texts: list[str]) -> csr_matrix:
        vectorizer = TfidfVectorizer(
            analyzer=tokens, vocabulary=list(self.vocabulary), sublinear_tf=True
        )
        vectorizer.idf_ = self.idf
        return vectorizer.transform(texts)

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {
            "vocabulary": list(self.vocabulary),
            "idf": self.idf,
            "components": self.components,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TextCode:
        """The code that `state` was taken from."""
        return cls(tuple(state["vocabulary"]), state["idf"], state["components"])
