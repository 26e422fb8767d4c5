"""Why an account is left out, with the row that says so, in words, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.suppression_list import SAME_DOMAIN

SOURCES = (
    "suppressed_kind", "suppressed_value", "suppressed_reason", "suppressed_until", "domain",
    "account_type", "owner_id", "left_alone_because", "won_id", "won_at", "open_id", "open_since",
)  # fmt: skip
"""Columns that the words are made from; one that is not given is passed over."""


class _Part(NamedTuple):
    """One piece of a sentence: the column whose value goes in, and the words around it."""

    column: str
    en: str
    zh: str


_DETAILS: Mapping[str, tuple[_Part, ...]] = {
    "suppressed": (
        _Part("suppressed", "{}", "{}"),
        _Part("suppressed_reason", "because {}", "原因：{}"),
        _Part("suppressed_until", "until {}", "有效至 {}"),
    ),
    "own_company": (_Part("domain", "domain {}", "域名 {}"),),
    "account_type": (_Part("account_type", "{}", "{}"),),
    "hands_off": (
        _Part("left_alone_because", "{}", "{}"),
        _Part("owners", "owner {}", "负责人 {}"),
    ),
    "customer": (
        _Part("won_id", "won opportunity {}", "赢单商机 {}"),
        _Part("won_at", "closed {}", "成交于 {}"),
    ),
    "open_opportunity": (
        _Part("open_id", "open opportunity {}", "进行中的商机 {}"),
        _Part("open_since", "since {}", "始于 {}"),
    ),
}
"""What is said of each reason; the other reasons have no row behind them."""

_KINDS_ZH = {
    "account": "企业",
    "domain": "域名",
    "contact": "联系人",
    "email": "邮箱",
    "email_sha256": "邮箱哈希",
    SAME_DOMAIN: "同域名企业",
}


def exclusion_details(
    reason: pa.Array, sources: Mapping[str, pa.Array], lang: str = "en"
) -> pa.Array:
    """The row behind each exclusion, in words; null for accounts that are scored.

    For example "domain acme.com, because asked for, until 2026-12-31" of a suppression, "by Ann,
    because in dispute" of hands off, "won opportunity O7, closed 2025-03-01" of a customer.

    Parameters
    ----------
    reason : pyarrow.Array of str, shape (n_accounts,)
        As `exclusions` gives it.
    sources : mapping of str to pyarrow.Array, each of shape (n_accounts,)
        Columns of `SOURCES`: of `suppression_sources` (data), `opportunity_sources` (features),
        `Decisions.left_alone_because` (in the language asked for) and accounts.
    lang : {"en", "zh"}
        The language.
    """
    given = _with_both(sources, lang)
    detail = pa.nulls(len(reason), pa.string())
    for name, parts in _DETAILS.items():
        said = [
            _said(given[part.column], part.zh if lang == "zh" else part.en)
            for part in parts
            if part.column in given
        ]
        if said:
            words = _joined(said, "，" if lang == "zh" else ", ")
            detail = pc.if_else(pc.fill_null(pc.equal(reason, name), False), words, detail)
    return detail


def _with_both(sources: Mapping[str, pa.Array], lang: str) -> dict[str, pa.Array]:
    """The columns, and those made of two: what is suppressed, and an owner nobody overruled."""
    given = dict(sources)
    if "suppressed_kind" in given:
        kinds = given["suppressed_kind"]
        if lang == "zh":
            for kind, word in _KINDS_ZH.items():
                kinds = pc.if_else(pc.equal(kinds, kind), word, kinds)
        given["suppressed"] = pc.binary_join_element_wise(kinds, given["suppressed_value"], " ")
    if "owner_id" in given:
        decided = given.get("left_alone_because")
        owner = given["owner_id"]
        given["owners"] = (
            owner if decided is None else pc.if_else(pc.is_valid(decided), None, owner)
        )
    return given


def _joined(pieces: Sequence[pa.Array], comma: str) -> pa.Array:
    """The pieces that are there, one behind the other; null where there is none."""
    words = pieces[0]
    for piece in pieces[1:]:
        both = pc.binary_join_element_wise(words, piece, comma)
        words = pc.coalesce(both, words, piece)
    return words


def _said(values: pa.Array, words: str) -> pa.Array:
    """Words around each value; null where there is none."""
    if pa.types.is_timestamp(values.type):
        days = np.datetime_as_string(np.asarray(values).astype("datetime64[D]"))
        values = pa.array(days, pa.string(), mask=np.asarray(pc.is_null(values)))
    before, after = words.split("{}")
    return pc.binary_join_element_wise(before, values.cast(pa.string()), after, "")
