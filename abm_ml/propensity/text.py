"""Free text and tags as a few numbers, in English and Chinese, without any download.

Words of alphabetic scripts and characters (alone and in pairs) of Chinese are weighted by
TF-IDF and reduced by truncated SVD (Halko et al. 2011, as scikit-learn does it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from abm_ml.propensity.columns import FloatArray, as_levels

FIT_TEXTS = 5_000
"""Distinct texts that the vocabulary and the components are learned from, at most."""

_RUNS = re.compile("[a-z0-9\u00c0-\u024f\u0400-\u04ff]+|[\u3400-\u9fff\uf900-\ufaff]+")

_PERSONAL = re.compile(
    r"\S+@\S+\.\S+"  # an e-mail address
    r"|\+\d[\d ().-]{7,}\d"  # a phone number with its country
    r"|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"  # an American one
    r"|(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"  # a Chinese mobile
)


def names_a_person(level: str) -> bool:
    """Whether a value is an e-mail address or a phone number, which no model may keep.

    >>> [names_a_person(text) for text in ("jane@acme.com", "+1 (415) 555-0100", "13800138000")]
    [True, True, True]
    >>> [names_a_person(text) for text in ("SaaS", "1000-5000", "2024-01-31", "10000-50000")]
    [False, False, False, False]
    """
    return _PERSONAL.fullmatch(level.strip()) is not None


def tokens(text: str) -> list[str]:
    """Words of a text; Chinese, which has no spaces, as characters and pairs of them.

    >>> tokens("SaaS 数据平台")
    ['saas', '数', '据', '平', '台', '数据', '据平', '平台']

    E-mail addresses and phone numbers are passed over.

    >>> tokens("write to jane@acme.com or +1 415 555 0100")
    ['write', 'to', 'or']
    """
    found: list[str] = []
    for run in _RUNS.findall(_PERSONAL.sub(" ", text.lower())):
        if run[0] >= "\u3400":
            found.extend(run)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found


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
