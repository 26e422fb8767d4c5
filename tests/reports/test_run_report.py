"""The page of a run: whole, safe, the same each time, and saying all that it was given."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from abm_ml.errors import ParamsError
from abm_ml.reports.markup import VOID
from abm_ml.reports.run_report import render_run_report

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Outline(HTMLParser):
    """Open elements, what was closed wrongly, ids, and text outside style sheets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " | "
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


@pytest.fixture
def page(run: dict[str, Any]) -> str:
    return render_run_report(**run)


def test_the_page_loads_nothing(page: str) -> None:
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"""\bsrc\s*=|\burl\(|@import|<script|<link|<iframe|srcset""", page)


def test_its_elements_are_balanced_and_its_links_lead_somewhere(page: str) -> None:
    outline = Outline(page)
    assert (outline.open, outline.wrong) == ([], [])
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.links
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)


def test_markup_in_the_data_stays_text(run: dict[str, Any]) -> None:
    run["tal"].loc[:, "name"] = EVIL
    run["tal"].loc[:, "industry"] = EVIL
    run["prepare"]["files"][0]["file"] = EVIL
    run["prepare"]["warnings"] = [EVIL]
    run["summary"]["warnings"] = [EVIL]
    run["summary"]["excluded_by_reason"] = {EVIL: 308}
    run["summary"]["stages"] = {EVIL: 4_812}
    run["backtest"]["leaks"][0] |= {"column": EVIL, "evidence": f"'{EVIL}' reads as {EVIL}"}
    run["backtest"]["columns"] = [EVIL]
    run["training"]["held_back"] = {EVIL: EVIL}
    page = render_run_report(**run)
    assert "<script" not in page
    assert "<img" not in page
    assert EVIL in Outline(page).text
    assert Outline(page).wrong == []


@pytest.mark.parametrize(
    "figure",
    [
        *("4,812", "560", "12", "138", "410", "37", "5,120", "308", "277", "31", "4,000", "775"),
        *("2026-01-01", "2dfbadc0eeda007f", "50%", "25%", "60%", "40%"),
        *("90.0", "88.1", "30.6%", "25.1% – 36.4%", "63.5"),
        *("5,200", "21,004", "80", "26,207", "419", "72", "83"),
        *("0.862", "0.836 – 0.888", "0.838", "0.829", "0.711", "0.352", "5.8", "0.035", "0.134"),
        *("0.008", "0.851", "0.873", "12,441", "2,522", "114", "0.126", "10,626", "469", "4.4%"),
        *("0.893", "+0.031", "0.765", "740", "58%"),
    ],
)
def test_every_figure_given_is_shown(page: str, figure: str) -> None:
    assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d%])", Outline(page).text)


def test_words_given_are_shown(page: str) -> None:
    text = Outline(page).text
    assert all(
        words in text
        for words in ("salesforce", "Case.csv", "customer_health", "engagements:all:90d", "status")
    )
    assert "900 employees: raises it" in text
    assert "员工 900：加分" in text
    assert "where every account starts" not in text


def test_rows_that_went_in_are_all_accounted_for(page: str) -> None:
    assert "26,207 went in, 26,124 are in use, 83 are in quarantine" in Outline(page).text


def test_tables_end_with_their_sums(page: str) -> None:
    feet = [Outline(foot).text for foot in re.findall(r"<tfoot>.*?</tfoot>", page)]
    assert [re.findall(r"[\d,]+", foot) for foot in feet] == [
        ["308"],
        ["26,207", "26,124", "83", "72"],
    ]


def test_the_headline_says_what_the_model_found_in_plain_words(page: str) -> None:
    text = Outline(page).text
    assert (
        "the 10% of accounts that the model ranked highest held 58% of all wins, 5.8 times" in text
    )
    assert "模型排在最前面的 10% 的企业包含了全部成交的 58%，是随机的 5.8 倍" in text
    assert "Propensity makes up 40% of the priority" in text


def test_the_headline_tells_how_many_accounts_are_unlike_those_learned_from(page: str) -> None:
    text = Outline(page).text
    assert "7% of the scored accounts are unlike most that the model learned from" in text
    assert "7% 的被评分企业与模型学习过的多数企业差异较大" in text
    assert "for reasons that nobody recorded, no model can make up for it" in text


def test_no_signal_found_is_said_with_what_follows(run: dict[str, Any]) -> None:
    run["summary"]["propensity"]["verdict"] = "no signal found"
    run["summary"]["priority_weights"] = {"account_score": 0.6, "propensity": 0.0}
    run["backtest"]["verdict"] = "no signal found"
    text = Outline(render_run_report(**run)).text
    assert "No signal found." in text
    assert "the order of the list is the rules' order" in text
    assert "未发现有效信号" in text
    assert "times chance" not in text
    assert "Propensity makes up" not in text


def test_a_model_in_which_nothing_was_found_is_not_in_use(run: dict[str, Any]) -> None:
    run["summary"]["propensity"] = None
    run["backtest"]["verdict"] = "no signal found"
    text = Outline(render_run_report(**run)).text
    assert "No signal found." in text
    assert "it is not in use: the order of the list is the rules' order" in text


def test_a_model_that_waits_for_promotion_is_named(run: dict[str, Any]) -> None:
    run["summary"]["propensity"] = None
    text = Outline(render_run_report(**run)).text
    assert "A model is trained, but not in use" in text
    assert "It is not in use in this run" in text


def test_too_few_rows_to_test_are_no_failed_test(run: dict[str, Any]) -> None:
    run["summary"]["propensity"]["verdict"] = "no signal found"
    run["backtest"] |= {
        "verdict": "no signal found",
        "split": "not compared",
        "metrics": {},
        "folds": [],
        "reliability": [],
        "lift": {},
        "random_split": None,
        "unseen_accounts": None,
        "rows": {"all": 60, "tested": 0, "won": 0, "base_rate": None},
    }
    text = Outline(render_run_report(**run)).text
    assert "too few outcomes to test a model" in text
    assert "could not tell future customers" not in text


def test_without_a_model_rules_carry_the_list(rules_run: dict[str, Any]) -> None:
    rules_run["tal"][["propensity", "propensity_low", "propensity_high"]] = None
    text = Outline(render_run_report(**rules_run)).text
    assert "No model: rules carry the list." in text
    assert "没有模型：列表由规则决定。" in text
    assert "How far to trust the model" not in text
    assert "interval" not in text


def test_too_little_history_for_a_model_is_told_in_numbers(rules_run: dict[str, Any]) -> None:
    few = {"won": 36, "lost": 119, "min_won": 40, "min_lost": 40}
    text = Outline(render_run_report(**with_history(rules_run, few))).text
    assert "So far 36 opportunities were won and 119 lost. A model needs 40 won" in text
    assert "目前赢单商机 36 个、输单 119 个" in text
    enough = Outline(render_run_report(**with_history(rules_run, few | {"won": 40}))).text
    assert "which is enough to train a model: run abm train" in enough


def with_history(run: dict[str, Any], history: dict[str, int]) -> dict[str, Any]:
    return run | {"summary": run["summary"] | {"history": history}}


def test_parts_that_are_not_given_are_left_out(run: dict[str, Any]) -> None:
    outline = Outline(render_run_report(**run | {"prepare": None, "backtest": None}))
    assert {"list", "shape", "limits"} <= set(outline.ids)
    assert not {"data", "trust"} & set(outline.ids)


def test_an_empty_list_is_said(run: dict[str, Any]) -> None:
    run["tal"] = run["tal"].head(0)
    run["summary"] |= {"tal": 0, "tiers": {"1": 0, "2": 0, "3": 0}}
    assert "No account reached a tier" in Outline(render_run_report(**run)).text


def test_the_first_25_accounts_by_rank_are_named(run: dict[str, Any]) -> None:
    run["tal"] = run["tal"].iloc[::-1]
    names = re.findall(r"Company \d\d Ltd", render_run_report(**run))
    assert names == [f"Company {i:02d} Ltd" for i in range(25)]


def test_the_interval_is_said_to_speak_of_similar_accounts(page: str) -> None:
    text = Outline(page).text
    assert "80 % interval for the mean rate of accounts with similar scores" in text
    assert "a won opportunity within 180 days" in text


def test_the_random_split_stands_beside_and_is_named(page: str) -> None:
    text = Outline(page).text
    assert "On a random split the model's AUC would read 0.893 instead of 0.862" in text
    assert "difference +0.031" in text


def test_a_random_split_that_does_not_flatter_is_not_said_to(run: dict[str, Any]) -> None:
    run["backtest"]["random_split"] = {"auc": 0.86, "difference": -0.002}
    assert "would not have flattered it" in render_run_report(**run)


def test_no_contact_or_owner_is_named(page: str) -> None:
    assert "jane-doe" not in page
    assert "mary-jones" not in page


@pytest.mark.parametrize(("lang", "tag", "title"), [
    ("en", "en", "Target account list"),
    ("zh", "zh-CN", "目标客户列表"),
])  # fmt: skip
def test_both_languages_are_in_the_page_which_opens_in_one(
    run: dict[str, Any], lang: str, tag: str, title: str
) -> None:
    page = render_run_report(**run, lang=lang)
    assert f'<html lang="{tag}">' in page
    assert f"<title>{title}</title>" in page
    assert re.findall(r'id="(lang-\w+)"[^>]* checked', page) == [f"lang-{lang}"]
    assert "客户分层" in page
    assert "Account score" in page


def test_a_language_that_nobody_wrote_is_refused(run: dict[str, Any]) -> None:
    with pytest.raises(ParamsError, match=r"lang must be one of en, zh\. Supplied value 'fr'"):
        render_run_report(**run, lang="fr")


def test_the_same_run_gives_the_same_page_and_is_left_as_it_was(run: dict[str, Any]) -> None:
    before = copy.deepcopy(run)
    assert render_run_report(**run) == render_run_report(**run)
    pd.testing.assert_frame_equal(run.pop("tal"), before.pop("tal"))
    assert run == before
