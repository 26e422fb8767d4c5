"""What to do next with an account, in one sentence made of the output's own columns.

No personal data: people are named by contact_id. Written from columns only, so that any language
can be made of a list later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.titles import COMMITTEE_ROLES, NAMES
from abm_ml.rules.mqa_gap import KNOCKED_OUT, gap_words
from abm_ml.rules.plays import play_reason, play_words
from abm_ml.rules.stages import BEFORE_MQA

COLUMNS = pa.schema(
    {
        "stage": pa.string(),
        "play": pa.string(),
        "play_why": pa.string(),
        "mqa_gap": pa.string(),
        "handover": pa.string(),
        "missing_roles": pa.list_(pa.string()),
        "recommended_contacts": pa.list_(pa.string()),
        "known_coverage": pa.float64(),
        "holdout": pa.bool_(),
    }
)
"""What the sentence is made of."""

_SAID: Mapping[str, tuple[str, str]] = {
    "held_out": (
        "Leave alone: held out, so that the list's effect can be measured.",
        "暂不触达：该企业属于对照组，用于衡量名单效果。",
    ),
    "knocked_out": ("Leave alone: knocked out by the ICP.", "暂不投入：不满足理想客户的必要条件。"),
    "off_list": ("Leave alone: taken off the list by hand.", "暂不投入：已人工移出名单。"),
    "rejected": (
        "Nurture on: sales rejected it, and it has not qualified anew since",
        "继续培育：销售曾拒绝，此后尚未重新达标",
    ),
    "handover": ("To sales now", "立即转交销售"),
    "cross_sell": ("To sales now, as a cross-sell", "立即转交销售（交叉销售）"),
    "play": ("{play} ({why})", "{play}（{why}）"),
    "call": ("call contact {contact}", "请联系 {contact}"),
    "talk": ("next contact {contact}", "下一位联系人 {contact}"),
    "nobody": ("no known contact may be used, find one", "没有可用的联系人，请先补充"),
    "leads": ("make contacts of its leads", "请先将线索转为联系人"),
    "missing": ("engage {roles}", "争取{roles}参与"),
    "unknown": ("no contact known for {n} of them", "其中 {n} 个角色没有已知联系人"),
    "gap": ("to be an MQA: {gap}", "距离 MQA：{gap}"),
}

_JOIN = (("; ", ", ", "."), ("；", "、", "。"))
"""What stands between parts, between roles, and at the end."""


def next_step(row: Mapping[str, Any], lang: str) -> str:
    """The next step of one account, in words.

    Parameters
    ----------
    row : mapping of str to value
        The columns of `COLUMNS`; a missing value is null.
    lang : {"en", "zh"}
        Language.

    Examples
    --------
    >>> row = {
    ...     "stage": "MQA", "play": "pipeline_acceleration", "play_why": "mqa", "mqa_gap": None,
    ...     "handover": "sales", "missing_roles": ["purchaser"],
    ...     "recommended_contacts": ["C-7", "C-2"], "known_coverage": 1.0, "holdout": False,
    ... }
    >>> next_step(row, "en")
    'To sales now; call contact C-7; engage purchaser.'
    >>> next_step(row, "zh")
    '立即转交销售；请联系 C-7；争取采购者参与。'
    """
    table = pa.Table.from_pylist([{name: row[name] for name in COLUMNS.names}], schema=COLUMNS)
    return str(next_steps(table, lang)[0].as_py())


def next_steps(table: pa.Table, lang: str) -> pa.Array:
    """The next step of every account; each different wording is worded once.

    Parameters
    ----------
    table : pyarrow.Table
        The columns of `COLUMNS`, such as those of the scored list.
    lang : {"en", "zh"}
        Language.

    Returns
    -------
    pyarrow.Array of str, shape (n_accounts,)
    """
    zh = lang == "zh"
    between, _, end = _JOIN[zh]
    stage = _column(table, "stage")
    before = pc.is_in(stage, pa.array(BEFORE_MQA))
    parts = [
        _lead(table, stage, lang),
        _contact(table, lang),
        _missing(table, lang),
        pc.if_else(before, _each(_column(table, "mqa_gap"), lambda gap: _gap(gap, lang)), None),
    ]
    said = pc.binary_join_element_wise(_joined(parts, between), end, "")
    out = pc.fill_null(pc.equal(_column(table, "mqa_gap"), KNOCKED_OUT), False)
    left = pc.fill_null(pc.equal(_column(table, "handover"), "leave"), False)
    said = pc.if_else(left, _SAID["off_list"][zh], said)
    said = pc.if_else(pc.and_(out, before), _SAID["knocked_out"][zh], said)
    held = pc.fill_null(_column(table, "holdout"), False)
    return pc.if_else(held, _SAID["held_out"][zh], said)


def _lead(table: pa.Table, stage: pa.Array, lang: str) -> pa.Array:
    """What it is about: the hand-over, or the play with its reason."""
    both = pc.binary_join_element_wise(_column(table, "play"), _column(table, "play_why"), "|")

    def worded(play_and_why: str) -> str:
        play, _, why = play_and_why.partition("|")
        name = play_words(play, lang)
        said = _say("play", lang, play=name, why=play_reason(why, lang))
        return said[:1].upper() + said[1:]

    qualified = pc.equal(stage, "MQA")
    handed = pc.and_(qualified, _to_sales(table))
    said = pc.if_else(qualified, _say("rejected", lang), _each(both, worded))
    bought = pc.fill_null(pc.starts_with(_column(table, "play_why"), "cross_sell"), False)
    sales = pc.if_else(bought, _say("cross_sell", lang), _say("handover", lang))
    return pc.if_else(handed, sales, said)


def _to_sales(table: pa.Table) -> pa.Array:
    return pc.fill_null(pc.equal(_column(table, "handover"), "sales"), False)


def _contact(table: pa.Table, lang: str) -> pa.Array:
    """Whom to talk to: of leads contacts are made first; nobody is sought where we are unknown."""
    people = _column(table, "recommended_contacts")
    lengths = np.asarray(pc.fill_null(pc.list_value_length(people), 0))
    starts = np.flatnonzero(lengths > 0)
    first = np.full(len(people), None, dtype=object)
    first[starts] = pc.list_element(people.take(pa.array(starts)), 0).to_pylist()
    ids = pa.array(first, pa.string())
    called = _to_sales(table)
    said = [_around(ids, _SAID[how][lang == "zh"]) for how in ("call", "talk")]
    cold = pc.equal(_column(table, "play"), "pre_targeting")
    leads = pc.fill_null(pc.match_substring(_column(table, "play_why"), "leads"), False)
    found = pc.if_else(leads, _say("leads", lang), _say("nobody", lang))
    nobody = pc.if_else(cold, pa.scalar(None, pa.string()), found)
    return pc.coalesce(pc.if_else(called, *said), nobody)


def _around(ids: pa.Array, template: str) -> pa.Array:
    before, _, after = template.partition("{contact}")
    return pc.binary_join_element_wise(before, ids, after, "")


def _missing(table: pa.Table, lang: str) -> pa.Array:
    """Roles in which nobody is engaged, and how many of them nobody is known in."""
    roles = _column(table, "missing_roles")
    listed = pc.binary_join(roles, "|")
    known = pc.fill_null(_column(table, "known_coverage"), 0.0)
    unknown = pc.round(pc.multiply(pc.subtract(1.0, known), float(len(COMMITTEE_ROLES))))
    key = pc.binary_join_element_wise(
        listed, pc.cast(pc.cast(unknown, pa.int64()), pa.string()), "#"
    )

    def worded(key: str) -> str | None:
        names, _, unknown = key.partition("#")
        if not names:
            return None
        comma = _JOIN[lang == "zh"][1]
        said = comma.join(NAMES[role][lang == "zh"] for role in names.split("|"))
        engaged = _say("missing", lang, roles=said)
        if unknown == "0":
            return engaged
        more = _say("unknown", lang, n=unknown)
        return f"{engaged}（{more}）" if lang == "zh" else f"{engaged} ({more})"

    return _each(key, worded)


def _gap(gap: str, lang: str) -> str:
    return _say("gap", lang, gap=gap_words(gap, lang))


def _joined(parts: Sequence[pa.Array], between: str) -> pa.Array:
    """Texts joined row by row, nulls left out.

    Not with null_handling="skip": Arrow 25 then drops rows that are all null.
    """
    said = parts[0]
    for part in parts[1:]:
        both = pc.binary_join_element_wise(said, part, between)
        said = pc.coalesce(both, said, part)
    return said


def _each(values: pa.Array, word: Callable[[str], str | None]) -> pa.Array:
    """Words for each text, each different one worded once; null stays null."""
    coded = values.dictionary_encode()
    words = pa.array([word(text) for text in coded.dictionary.to_pylist()], pa.string())
    return words.take(coded.indices)


def _say(key: str, lang: str, **values: object) -> str:
    return _SAID[key][lang == "zh"].format(**values)


def _column(table: pa.Table, name: str) -> pa.Array:
    return table[name].combine_chunks().cast(COLUMNS.field(name).type)
