"""`abm why` tells one account in English and in Chinese, with the same numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from abm_ml.config import Params
from abm_ml.errors import ParamsError
from abm_ml.workflows.why import Explanation, why
from abm_ml.workflows.why_words import LINES


@pytest.fixture(scope="module")
def told(world: Path, params: Params, trained_in: Path) -> Explanation:
    """The account with the most engagements, explained with the model."""
    events = pq.read_table(world / "work" / "canonical" / "engagements.parquet").to_pandas()
    busiest = events["account_id"].value_counts().index[0]
    return why(world / "work", busiest, params, trained_in, motion="all", version="1")


def test_each_section_is_there(told: Explanation) -> None:
    text = told.to_text()
    for words in ("rank ", "priority ", "account score ", "fit ", "engagement ", "tier ", "MQA "):
        assert words in text
    for words in ("propensity (win)", "log-odds, term by term:", "where every account starts"):
        assert words in text


def test_the_chinese_page_speaks_chinese(told: Explanation) -> None:
    chinese = Explanation(told.facts, "zh").to_text()
    for words in ("排名", "优先级得分", "规则评分", "匹配度", "意向度", "客户分层", "市场合格客户"):
        assert words in chinese
    for words in ("赢单概率", "对数几率", "所有客户的起点", "检验结论"):
        assert words in chinese
    ours = [line for line in chinese.splitlines()[1:] if not re.search("[一-鿿]", line)]
    assert ours == [chinese.splitlines()[-1]]  # the sum of the terms is a formula


def test_what_is_missing_to_an_mqa_has_its_chinese(told: Explanation) -> None:
    gap = told.facts | {"mqa": told.facts["mqa"] | {"gap": "missing 7.50 points and 1 contact"}}
    assert "; missing 7.50 points and 1 contact" in Explanation(gap, "en").to_text()
    assert "；还差 7.5 分和 1 位互动联系人" in Explanation(gap, "zh").to_text()


def test_an_excluded_account_says_so_in_both(told: Explanation) -> None:
    out = told.facts | {"exclusion": {"reason": "suppressed", "detail": "asked us to"}}
    assert "excluded: suppressed (asked us to)" in Explanation(out, "en").to_text()
    assert "已排除：在禁用名单中 (asked us to)" in Explanation(out, "zh").to_text()


def test_both_languages_have_the_same_places() -> None:
    for key, (english, chinese) in LINES.items():
        places = [sorted(re.findall(r"\{(\w+)", text)) for text in (english, chinese)]
        assert places[0] == places[1], key


def test_another_language_is_refused(world: Path, params: Params, trained_in: Path) -> None:
    with pytest.raises(ParamsError, match=r"lang must be one of en, zh\. Supplied value 'fr'"):
        why(world / "work", "a", params, trained_in, lang="fr")
