import pytest

from abm_ml.data.words import (
    currency_code,
    holds_nothing,
    known_value,
    parse_boolean,
    stage_outcome,
)


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "Yes", "y", "是", "有"])
def test_yes_in_english_chinese_and_salesforce(word):
    assert parse_boolean(word) is True


@pytest.mark.parametrize("word", ["0", "false", "No", "否", "无", " 没有 "])
def test_no_in_english_chinese_and_salesforce(word):
    assert parse_boolean(word) is False


def test_a_word_that_is_neither_yes_nor_no_is_refused():
    with pytest.raises(ValueError, match="neither yes nor no"):
        parse_boolean("maybe")


@pytest.mark.parametrize(
    "stage", ["Closed Won", "won", "closedwon", "6 - Closed Won", "赢单", "已赢单", "成交", "WON"]
)
def test_won_stages(stage):
    assert stage_outcome(stage) is True


@pytest.mark.parametrize("stage", ["Closed Lost", "lost", "Loss", "closedlost", "输单", "丢单"])
def test_lost_stages(stage):
    assert stage_outcome(stage) is False


@pytest.mark.parametrize("stage", ["Engaging", "Negotiation", "谈判", "Won over the champion"])
def test_any_other_stage_says_nothing(stage):
    assert stage_outcome(stage) is None


@pytest.mark.parametrize("word", ["", "N/A", "null", "NaN", "-", "—", "暂无", "未公开", "unknown"])
def test_missing_words_in_number_columns(word):
    assert holds_nothing(word)


@pytest.mark.parametrize(
    ("table", "written", "meant"),
    [
        ("engagements", "Website Visit", "website_visit"),
        ("engagements", "官网访问", "website_visit"),
        ("engagements", "Our Own Kind!", "our_own_kind"),
        ("signals", "招聘岗位", "job_posting"),
        ("networks", "办公网络", "office"),
        ("suppressions", "email_sha256", "email_sha256"),
    ],
)
def test_kinds_are_spelt_one_way(table, written, meant):
    assert known_value(table, "kind", written) == meant


def test_a_status_without_a_known_word_stays_as_it_is():
    assert known_value("accounts", "status", "存续") == "operating"
    assert known_value("accounts", "status", "Somehow Open") == "Somehow Open"


@pytest.mark.parametrize(
    ("written", "code"),
    [("usd", "USD"), ("¥", "CNY"), ("RMB", "CNY"), ("元", "CNY"), ("xyz", "XYZ")],
)
def test_currencies_have_one_code(written, code):
    assert currency_code(written) == code
