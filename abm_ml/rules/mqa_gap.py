"""What keeps an account from being marketing-qualified, in words that can be read back.

The words stand in the column `mqa_gap` in English; `gap_words` gives them in another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from abm_ml.rules.score import MICRO

Counts = NDArray[np.int64]
Words = NDArray[np.object_]

KNOCKED_OUT = "knocked out by the ICP"
"""The gap of an account that no engagement can qualify."""

_KNOCKED_OUT_ZH = "不满足理想客户的必要条件"
_NUMBER = r"\d+(?:\.\d+)?"
_GAP = re.compile(
    rf"(?:missing(?: (?P<points>{_NUMBER}) points?)?(?: and)?(?: (?P<contacts>\d+) contacts?)?)?"
    r"(?:; )?(?:grade (?P<grade>.+) needed)?"
)
_MINUTES_GAP = re.compile(
    rf"missing (?P<minutes>{_NUMBER}) engagement minutes? or (?P<score>{_NUMBER}) of pipeline score"
)


def parse_gap(gap: str | None) -> tuple[float, int] | None:
    """Points and contacts that an `mqa_gap` says are missing; None where it names none.

    >>> parse_gap("missing 7.50 points and 1 contact"), parse_gap("missing 2 contacts")
    ((7.5, 1), (0.0, 2))
    >>> parse_gap("missing 1 point; grade B+ needed"), parse_gap("grade B+ needed")
    ((1.0, 0), None)
    """
    found = _GAP.fullmatch(gap or "")
    if not found or not (found["points"] or found["contacts"]):
        return None
    return float(found["points"] or 0), int(found["contacts"] or 0)


def gap_words(gap: str | None, lang: str) -> str:
    """An `mqa_gap` in a language; empty for an MQA.

    >>> gap_words("missing 7.50 points and 1 contact", "zh")
    '还差 7.5 分和 1 位互动联系人'
    >>> gap_words("missing 2 contacts; grade B+ needed", "zh")
    '还差 2 位互动联系人；匹配度等级须达到 B+'
    >>> gap_words("missing 40 engagement minutes or 12.35 of pipeline score", "zh")
    '还差 40 分钟互动时长，或 12.35 分商机评分'
    """
    if lang == "en" or not gap:
        return gap or ""
    if gap == KNOCKED_OUT:
        return _KNOCKED_OUT_ZH
    if minutes := _MINUTES_GAP.fullmatch(gap):
        length, score = float(minutes["minutes"]), float(minutes["score"])
        return f"还差 {length:g} 分钟互动时长，或 {score:g} 分商机评分"
    grade = found["grade"] if (found := _GAP.fullmatch(gap)) else None
    points, contacts = parse_gap(gap) or (0.0, 0)
    missing = [f"{points:g} 分"] * (points > 0) + [f"{contacts} 位互动联系人"] * (contacts > 0)
    said = [f"还差 {'和 '.join(missing)}"] if missing else []
    return "；".join(said + ([f"匹配度等级须达到 {grade}"] if grade else []))


def points_gaps(points_micro: Counts, contacts: Counts) -> Words:
    """For example "missing 12.35 points and 1 contact"; points rounded up to a hundredth.

    Parameters
    ----------
    points_micro, contacts : array of int, shape (n_accounts,)
        What is missing, points in millionths; nothing where not positive.
    """
    return _worded(_hundredths(points_micro), np.maximum(contacts, 0), _points_gap)


def grade_gaps(
    missing: Words, enough: NDArray[np.bool_], met: NDArray[np.bool_], grade: str
) -> Words:
    """The gap with the grade that is needed, where it is not met: "…; grade B+ needed"."""
    needed = f"grade {grade} needed"
    return np.select(
        [met, enough], [missing, np.full(len(met), needed, dtype=object)], missing + f"; {needed}"
    )


def minutes_gaps(minutes_micro: Counts, score: NDArray[np.float64]) -> Words:
    """For example "missing 40 engagement minutes or 12.35 of pipeline score", rounded up.

    Parameters
    ----------
    minutes_micro : array of int, shape (n_accounts,)
        Minutes that are missing, in millionths.
    score : array of float, shape (n_accounts,)
        What the pipeline score lacks.
    """
    score_micro = np.round(score * MICRO).astype(np.int64)
    return _worded(_hundredths(minutes_micro), _hundredths(score_micro), _minutes_gap)


def _hundredths(micro: Counts) -> Counts:
    rounded: Counts = -(-np.maximum(micro, 0) // (MICRO // 100))
    return rounded


def _worded(first: Counts, second: Counts, word: Callable[[int, int], str]) -> Words:
    """Words for each pair of numbers; each different pair is worded once."""
    pairs, row = np.unique(np.stack([first, second]), axis=1, return_inverse=True)
    words = [word(int(one), int(other)) for one, other in pairs.T]
    return np.array(words, dtype=object)[row.ravel()]


def _points_gap(hundredths: int, contacts: int) -> str:
    points = _shown(hundredths)
    missing = []
    if hundredths:
        missing.append(f"{points} {'point' if points == '1' else 'points'}")
    if contacts:
        missing.append(f"{contacts} {'contact' if contacts == 1 else 'contacts'}")
    return f"missing {' and '.join(missing)}"


def _minutes_gap(minutes: int, score: int) -> str:
    shown = _shown(minutes)
    unit = "engagement minute" if shown == "1" else "engagement minutes"
    return f"missing {shown} {unit} or {_shown(score)} of pipeline score"


def _shown(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".removesuffix("00").removesuffix(".")
