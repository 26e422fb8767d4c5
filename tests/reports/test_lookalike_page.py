"""The page of a list of look-alikes: plain words first, safe, whole, the same each time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from abm_ml.errors import ParamsError
from abm_ml.lookalike.expansion import Expansion
from abm_ml.reports.lookalike_evidence import rare
from abm_ml.reports.lookalike_page import render_lookalike_page

EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def expansion() -> Expansion:
    """Two results, two kinds of seeds, one of which does not fit."""
    accounts = pd.DataFrame(
        {
            "account_id": ["a", "n"], "name": ["Acme Ltd", "新企业有限公司"], "rank": [1, 2],
            "similarity": [92.4, 51.0], "nearest_seed": ["s1", "s2"], "kind": [1, 2],
            "in_crm": pd.array([True, None], "boolean"),
            "reasons": ["tag e-discovery: 34 % of seeds, 0.2 % of the universe", ""],
            "reasons_zh": ["标签 e-discovery：种子客户中占 34%，全部企业中占 0.2%", ""],
        }
    )  # fmt: skip
    curve = pd.DataFrame(
        {
            "k": [50, 1000, 4000], "share": [0.0125, 0.25, 1.0], "recall": [0.1, 0.38, 1.0],
            "low": [0.05, 0.31, 0.95], "high": [0.2, 0.45, 1.0], "chance": [0.0125, 0.25, 1.0],
            "firmographic": [0.03, 0.3, 1.0], "lift": [8.0, 25.3, 1.0],
        }
    )  # fmt: skip
    traits = pd.DataFrame(
        {
            "kind": [1, 2], "column": ["tags", "city"], "value": ["e-discovery", "上海"],
            "seeds": [0.34, 0.5], "universe": [0.0021, 0.04], "times": [162.0, 12.5],
        }
    )  # fmt: skip
    odd = pd.DataFrame({"account_id": ["s2"], "name": ["Odd One AG"], "position": [0.61]})
    kinds = pd.DataFrame({"kind": [1, 2], "seeds": [20, 10], "share": [0.7, 0.3]})
    return Expansion(accounts, curve, traits, odd, kinds, (), {})


@pytest.fixture
def run(expansion: Expansion) -> dict[str, Any]:
    summary = {
        "as_of": "2026-01-01T00:00:00", "k": 1000, "where": ["country=US,CA"],
        "listed": 1000, "listed_in_crm": 400, "listed_new": 600, "seeds_used": 30,
        "seed_lines": {"used": 30, "ambiguous": 2}, "left_out": {"customer": 7, "own_group": 3},
        "expected": expansion.curve.iloc[1].to_dict(), "warnings": [], "universe": 4010,
        "allowed": 4000, "index_version": "abc-123", "index_recall": 1.0, "rerank": 0.5,
        "recipes": {"mean": 0.25, "strong": 0.75}, "kinds": 2, "candidates": 4000,
        "data_hash": "0123456789abcdef",
    }  # fmt: skip
    points = pd.DataFrame(
        {"account_id": ["u", "a", "s1"], "group": ["universe", "result", "seed"],
         "x": [0.0, 0.5, 1.0], "y": [0.0, 0.1, -0.2]}
    )  # fmt: skip
    companies = pd.DataFrame(
        {"account_id": ["a", "n", "s1", "s2", "u"],
         "name": ["Acme Ltd", "新企业有限公司", "Seed One", None, "U"],
         "city": ["Paris", None, None, None, None]}
    )  # fmt: skip
    return {
        "expansion": expansion, "summary": summary, "points": points, "companies": companies,
    }  # fmt: skip


def rendered(run: dict[str, Any], **changes: Any) -> str:
    given = {**run, **changes}
    expansion, summary = given.pop("expansion"), given.pop("summary")
    return render_lookalike_page(expansion, summary, **given)


@pytest.fixture
def page(run: dict[str, Any]) -> str:
    return rendered(run)


def test_the_page_loads_nothing_and_is_balanced(page: str) -> None:
    assert not re.search(r"https?:|\bsrc\s*=|\burl\(|@import|<script|<link|<iframe", page)
    for element in ("div", "section", "table", "tr", "td", "svg", "g", "span", "ul", "li"):
        assert len(re.findall(rf"<{element}[ >]", page)) == page.count(f"</{element}>"), element
    for target in re.findall(r'href="#(\w+)"', page):
        assert f'id="{target}"' in page


def test_the_headline_is_what_a_marketer_understands(page: str) -> None:
    assert (
        "The first 1,000 are expected to hold about 38% of companies like yours (31% to 45%), "
        "25 times chance." in page
    )
    assert "前 1,000 家预计能找回约 38% 的同类客户（31% 至 45%），是随机的 25 倍。" in page


def test_traits_tell_how_much_rarer_they_are_elsewhere(page: str) -> None:
    row = page.split("e-discovery</b>", 1)[1].split("</tr>", 1)[0]
    assert "34%" in row
    assert "0.21%" in row
    assert "162" in row
    assert "Your seeds are 2 kinds of customer" in page
    assert rare(0.0) == "0%"


def test_a_seed_that_does_not_fit_is_named(page: str) -> None:
    assert "Odd One AG" in page
    assert "61%" in page


def test_results_say_what_they_are_like_and_whether_they_are_new(page: str) -> None:
    rows = page.split('id="alike"', 1)[1].split("</section>", 1)[0]
    assert "Seed One" in rows
    assert "s2" in rows  # a seed without a name goes by its id
    assert "unclear" in rows
    assert "待确认" in rows


def test_who_was_left_out_adds_up(page: str) -> None:
    part = page.split('id="omitted"', 1)[1].split("</section>", 1)[0]
    assert "customers already" in part
    assert re.search(r"Total.*?10<", part, re.DOTALL)


def test_the_picture_has_every_dot(page: str) -> None:
    assert page.split('id="map"', 1)[1].split("</section>", 1)[0].count("h0") == 3


def test_what_people_wrote_is_text(run: dict[str, Any]) -> None:
    run["companies"].loc[0, "name"] = EVIL
    run["expansion"].traits.loc[0, "value"] = EVIL
    run["summary"]["where"] = [f"city={EVIL}"]
    text = rendered(run)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3


def test_seeds_without_common_ground_get_no_promise(run: dict[str, Any]) -> None:
    doubted = rendered(run, summary={**run["summary"], "warnings": ["nothing_in_common"]})
    assert "Your seeds have nothing in common" in doubted
    assert "are expected to hold" not in doubted


def test_few_seeds_get_a_list_without_a_curve(run: dict[str, Any]) -> None:
    bare = replace(
        run["expansion"],
        curve=run["expansion"].curve.iloc[:0],
        seed_quality=run["expansion"].seed_quality.iloc[:0],
    )
    told = {**run["summary"], "expected": None, "seeds_used": 2, "warnings": ["few_seeds"]}
    text = rendered(run, expansion=bare, summary=told)
    assert "Too few seeds to say how good this list is" in text
    assert 'id="expected"' not in text
    assert "With fewer than 8 seeds" in text


def test_an_empty_list_says_what_to_do(run: dict[str, Any]) -> None:
    none = replace(run["expansion"], accounts=run["expansion"].accounts.iloc[:0])
    text = rendered(
        run, expansion=none, summary={**run["summary"], "listed": 0}, points=run["points"].iloc[:0]
    )
    assert "the list is empty" in text
    assert 'id="alike"' not in text


def test_the_same_arguments_give_the_same_page_in_either_language(run: dict[str, Any]) -> None:
    assert rendered(run) == rendered(run)
    assert '<html lang="zh-CN">' in rendered(run, lang="zh")
    with pytest.raises(ParamsError, match="lang must be one of en, zh"):
        rendered(run, lang="de")
