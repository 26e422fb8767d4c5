"""Reasons in words, English and Chinese, each with the number it adds (DESIGN 2, reason).

A reason is `{"of", "field", "value", "contribution", "text", "text_zh"}`. Those of one `of` sum
to the number they explain: of `account_score` to the account score, of `propensity` to the
log-odds of the propensity, base rate and calibration being terms of their own.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.icp import Verdict, source_of, tags_met
from abm_ml.scoring.inputs import Inputs
from abm_ml.scoring.judgement import Judgement
from abm_ml.scoring.words import reason_writer

MOST_SHOWN = 3
"""Reasons of each score that a person is shown."""

_BETWEEN_TAGS = "\x1f"
"""Joins a list's tags while its distinct values are counted; no tag holds it."""

_BEHAVIOUR = {
    "intent": ("third-party intent {} of 100", "第三方意图信号 {}（满分 100）"),
    "engagement": ("engagement {} of 100", "意向度（互动分）{}（满分 100）"),
}


def account_score_reasons(inputs: Inputs, judged: Judgement) -> pa.Array:
    """Reasons of every account score, as JSON terms each followed by a comma.

    Terms that add nothing are left out, but for the `must` that knocked an account out.
    Column by column, not account by account: a million accounts take seconds.
    """
    terms = [
        term
        for name, part in judged.icp.items()
        for verdict in part.verdicts
        for term in _criterion_terms(inputs, judged, verdict, judged.weights[name])
    ]
    terms += [_behaviour_term(judged, name) for name in _BEHAVIOUR if name in judged.parts]
    # Not binary_join_element_wise(null_handling="skip"): Arrow 25 drops rows that are all null.
    pieces = [pc.fill_null(pc.binary_join_element_wise(term, ", ", ""), "") for term in terms]
    return pc.binary_join_element_wise(*pieces, _nothing(len(inputs)), "")


def json_lists(*parts: pa.Array) -> pa.Array:
    """Texts of comma-ended JSON terms, joined row by row, as JSON lists."""
    terms = pc.utf8_rtrim(pc.binary_join_element_wise(*parts, ""), ", ")
    return pc.binary_join_element_wise("[", terms, "]", "")


def weightiest(told: Any, of: str) -> list[dict[str, Any]]:
    """The reasons that move one score most and say something about the account.

    Terms in brackets (base, calibration, the weaker ones together) are left out.

    Parameters
    ----------
    told : str or missing
        A cell of the column `reasons`.
    of : {"account_score", "propensity"}
        Which score.
    """
    reasons = json.loads(told) if isinstance(told, str) else []
    mine = [one for one in reasons if one["of"] == of and not one["field"].startswith("(")]
    return sorted(mine, key=lambda one: -abs(one["contribution"]))[:MOST_SHOWN]


def _nothing(n_rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(""), n_rows)


def _criterion_terms(
    inputs: Inputs, judged: Judgement, verdict: Verdict, weight: float
) -> list[pa.Array]:
    """One column of reasons for the accounts that meet a criterion, one for those knocked out."""
    values = inputs.criteria_columns[source_of(verdict.criterion)]
    worth = weight * verdict.points
    adds = verdict.met & ~judged.knocked_out & (worth > 0)
    currency = inputs.scope.currency
    terms = [_by_value(values, adds, verdict, worth, currency)]
    if verdict.criterion.must:
        terms.append(_by_value(values, verdict.knocks_out, verdict, 0.0, currency))
    return terms


def _by_value(
    values: pa.Array,
    rows: NDArray[np.bool_],
    verdict: Verdict,
    contribution: float,
    currency: str,
) -> pa.Array:
    """The reason as JSON where `rows` is true, written once for each distinct value."""
    tagged = pa.types.is_list(values.type)
    if tagged:
        values = pc.binary_join(values.cast(pa.list_(pa.string())), _BETWEEN_TAGS)
    encoded = pc.dictionary_encode(values.filter(pa.array(rows)), null_encoding="encode")
    distinct = encoded.dictionary.to_pylist()
    if tagged:
        distinct = [_tags(verdict, joined, contribution) for joined in distinct]
    write = reason_writer(verdict.criterion, contribution, currency)
    chosen = pa.array(map(write, distinct), pa.string()).take(encoded.indices)
    return chosen.take(pa.array(np.cumsum(rows) - 1, mask=~rows))


def _tags(verdict: Verdict, joined: str | None, contribution: float) -> list[str] | None:
    """An account's tags; where they count for it, only those that do."""
    tags = joined.split(_BETWEEN_TAGS) if joined else None
    return tags_met(verdict.criterion, tags) if tags and contribution > 0 else tags


def _behaviour_term(judged: Judgement, name: str) -> pa.Array:
    """The reason that intent or engagement adds, as JSON; null where it adds nothing."""
    part = judged.parts[name]
    added = judged.weights[name] * part
    said = pc.cast(pc.round(pa.array(part), 1), pa.string())
    pieces: list[Any] = [
        f'{{"of": "account_score", "field": "{name}", "value": ',
        pc.cast(pa.array(part), pa.string()),
        ', "contribution": ',
        pc.cast(pa.array(added), pa.string()),
    ]
    for key, pattern in zip(("text", "text_zh"), _BEHAVIOUR[name], strict=True):
        before, after = pattern.split("{}")
        pieces += [f', "{key}": "{before}', said, f'{after}"']
    joined = pc.binary_join_element_wise(*pieces, "}", "")
    return pc.if_else(pa.array(added > 0), joined, pa.scalar(None, pa.string()))
