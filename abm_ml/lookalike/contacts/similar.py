"""Likeness to seed contacts: what they share that is rarer among the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from abm_ml.data.tokens import tokens

PARSED = ("function", "seniority", "role")
"""Traits that titles were parsed into; the words of the title are a fourth."""

SHRINKAGE = 2.0
"""Seeds that the share among the others stands for: one seed alone proves little."""

TELLING = float(np.log(1.25))
"""From this lift on a shared trait is worth telling."""

Lifts = Mapping[str, float]


@dataclass(frozen=True)
class SeedProfile:
    """What seed contacts have in common.

    The lift of a trait is ln((s + k·p) / (n + k) / p): s of n seeds have it, and a share p of
    everybody; k = `SHRINKAGE`. Traits that no seed has count against a person.

    Parameters
    ----------
    lifts : mapping of str to mapping of str to float
        Lift by trait (`PARSED`, "word") and value.
    absent : mapping of str to float
        Lift of a value that occurs nowhere, by trait.
    shares : mapping of str to mapping of str to (float, float)
        Share of the seeds and of everybody that have a value of a parsed trait.
    best, mean : float
        Score of the seed that is most like the seeds, and of everybody on average.
    """

    lifts: Mapping[str, Lifts]
    absent: Mapping[str, float]
    shares: Mapping[str, Mapping[str, tuple[float, float]]]
    best: float
    mean: float

    @classmethod
    def of(cls, seeds: pd.DataFrame, everybody: pd.DataFrame) -> SeedProfile:
        """The profile of seeds against everybody (seeds included).

        Parameters
        ----------
        seeds, everybody : DataFrame
            function, seniority, role, title; seeds not empty.
        """
        lifts: dict[str, Lifts] = {}
        shares: dict[str, dict[str, tuple[float, float]]] = {}
        for trait in (*PARSED, "word"):
            inside, outside = _shares(seeds, trait), _shares(everybody, trait)
            lifts[trait] = {
                value: _lift(inside.get(value, 0.0), share, len(seeds))
                for value, share in sorted(outside.items())
            }
            shares[trait] = {
                value: (inside.get(value, 0.0), share) for value, share in outside.items()
            }
        absent = {trait: min([0.0, *lifts[trait].values()]) for trait in lifts}
        raw = cls(lifts, absent, {trait: shares[trait] for trait in PARSED}, 1.0, 0.0)
        return cls(
            raw.lifts, raw.absent, raw.shares, float(raw.scores(seeds).max()),
            float(raw.scores(everybody).mean()),
        )  # fmt: skip

    def scores(self, people: pd.DataFrame) -> np.ndarray:
        """Sum of the lifts of function, seniority and role, and the mean lift of title words."""
        total = np.zeros(len(people))
        for trait in PARSED:
            lifts = self.lifts[trait]
            values = people[trait].map(lambda value, known=lifts: known.get(value))
            total += values.astype(float).fillna(self.absent[trait]).to_numpy()
        titles = people["title"].fillna("")
        by_title = {title: self._words(title) for title in titles.unique()}
        return np.asarray(total + titles.map(by_title).to_numpy(dtype=float))

    def similarity(self, people: pd.DataFrame) -> np.ndarray:
        """Likeness 0-100: 100 is the most typical seed, 50 or less an average person.

        Returns
        -------
        array of float, shape (n,)
            One decimal.
        """
        above = (self.scores(people) - self.mean) / max(self.best - self.mean, 1e-9)
        return np.asarray(np.round(100 * np.clip(0.5 + 0.5 * above, 0.0, 1.0), 1))

    def strongest(self, people: pd.DataFrame) -> list[tuple[str, str, float, float] | None]:
        """For each person, the trait with the highest telling lift: its value and both shares."""
        rows = people[list(PARSED)].itertuples(index=False, name=None)
        return [self._strongest(dict(zip(PARSED, row, strict=True))) for row in rows]

    def _strongest(self, values: Mapping[str, str]) -> tuple[str, str, float, float] | None:
        lifts = [(self.lifts[trait].get(value, 0.0), trait) for trait, value in values.items()]
        lift, trait = max(lifts, key=lambda pair: (pair[0], -PARSED.index(pair[1])))
        if lift < TELLING:
            return None
        inside, outside = self.shares[trait][values[trait]]
        return trait, values[trait], inside, outside

    def _words(self, title: str) -> float:
        lifts = self.lifts["word"]
        words = sorted(set(tokens(title)))
        known = [lifts.get(word, self.absent["word"]) for word in words]
        return float(np.mean(known)) if known else 0.0


def _shares(people: pd.DataFrame, trait: str) -> dict[str, float]:
    """Share of the people who have each value of a trait."""
    if trait != "word":
        shares = people[trait].value_counts(normalize=True)
        return {str(value): float(share) for value, share in shares.items()}
    counts: dict[str, int] = {}
    for title, times in people["title"].dropna().value_counts().items():
        for word in set(tokens(str(title))):
            counts[word] = counts.get(word, 0) + int(times)
    return {word: count / len(people) for word, count in counts.items()}


def _lift(inside: float, outside: float, seeds: int) -> float:
    shrunk = (inside * seeds + SHRINKAGE * outside) / (seeds + SHRINKAGE)
    return float(np.log(shrunk / outside))
