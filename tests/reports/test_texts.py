"""Both languages say the same things in the words of the glossary."""

from __future__ import annotations

import re

import pytest

from abm_ml.propensity.leaks import leak_by_name
from abm_ml.reports.catalogue import TEXTS, Pair
from abm_ml.reports.notes import NOTES
from abm_ml.reports.texts import alt_text, plain_text, say, say_code, say_note
from abm_ml.reports.vocabulary import CODES

PAIRS: dict[str, Pair] = TEXTS | {
    f"{group}.{code}": pair for group, codes in CODES.items() for code, pair in codes.items()
}

GLOSSARY = {
    r"propensity(?!\.)": "转化概率|赢单概率",
    r"engagement": "意向度|互动",
    r"third-party intent": "第三方意图信号",
    r"opportunit(y|ies)": "商机",
    r"priority": "优先级得分",
    r"tiers? (?!by)": "层",
    r"target account list": "目标客户列表",
    r"ideal customer profile": "理想客户特征",
    r"MQAs": "市场合格客户",
    r"hold-out": "对照组",
    r"\baccounts\b": "企业|客户|家",
}
"""English word: what its Chinese must hold."""


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_both_languages_are_there_and_have_the_same_places() -> None:
    for key, (english, chinese) in PAIRS.items():
        assert english.strip(), key
        assert chinese.strip(), key
        assert places(english) == places(chinese), key


def test_chinese_uses_the_words_of_the_glossary() -> None:
    for key, (english, chinese) in PAIRS.items():
        assert "账户" not in chinese, key
        for word, meant in GLOSSARY.items():
            if re.search(word, english, re.IGNORECASE):
                assert re.search(meant, chinese), f"{key}: {word} is {meant}"


def test_marketers_read_no_jargon() -> None:
    plain = (
        "headline", "verdict", "list", "expected", "traits", "odd", "alike", "map", "omitted",
    )  # fmt: skip
    for key in (key for key in TEXTS if key.startswith(plain)):
        english, chinese = TEXTS[key]
        assert not re.search(r"\b(AUC|recall|lift|log-odds|log loss|ECE)\b", english), key
        assert not re.search(r"召回|提升度|对数|校准误差", chinese), key


def test_a_text_stands_in_both_languages_with_its_values_escaped() -> None:
    said = say("headline.change", n=1200, what="<b>")
    assert said == (
        '<span class="en" lang="en">1,200 &lt;b&gt;</span>'
        '<span class="zh" lang="zh-CN">1,200 家&lt;b&gt;</span>'
    )


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="what"):
        say("headline.change", n=1)


def test_an_unknown_code_stays_as_it_is() -> None:
    assert ">somebody new<" in say_code("stage", "somebody_new")


def test_a_known_sentence_has_its_chinese_and_an_unknown_one_stays() -> None:
    assert "leads：11 行不属于任何已知企业" in say_note("leads: 11 belong to no known account")
    assert say_note("nobody <knows>").count("nobody &lt;knows&gt;") == 2


def test_the_chinese_of_a_note_uses_only_what_its_pattern_finds() -> None:
    for pattern, chinese in NOTES:
        assert set(re.findall(r"\{(\w+)\}", chinese)) <= set(re.compile(pattern).groupindex), (
            pattern
        )


@pytest.mark.parametrize(
    "column",
    ["customer_health", "close_date", "won_reason", "probability", "days_in_stage", "stage_name",
     "sales_cycle", "lead_status", "outcome", "last_modified"],
)  # fmt: skip
def test_the_evidence_of_a_leaking_name_has_its_chinese(column: str) -> None:
    leak = leak_by_name(column)
    assert leak is not None
    chinese = say_note(leak.evidence).split('class="zh"')[1].split("含义：")[1]
    assert not re.search("[a-z] [a-z]", chinese.removesuffix("</span>"))


def test_attributes_hold_both_languages_and_titles_one() -> None:
    assert alt_text("page.run") == "Target account list / 目标客户列表"
    assert (plain_text("page.run", "en"), plain_text("page.run", "zh")) == TEXTS["page.run"]
