"""`abm whatif` tells what a change would do, in English and Chinese, and refuses what cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.errors import ParamsError
from abm_ml.workflows.whatif import Asked, WhatIfRun, parse_capacity, parse_setting, whatif
from abm_ml.workflows.whatif_words import LINES, answer_words, moved

AS_OF = "2026-01-01"


@pytest.fixture(scope="module")
def words(world: Path, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What every command line of this module begins with; there is no model."""
    models = tmp_path_factory.mktemp("no-models") / "models"
    return ["whatif", "--data", world / "work", "--models", models, "--as-of", AS_OF]


@pytest.fixture(scope="module")
def ran(world: Path, tmp_path_factory: pytest.TempPathFactory) -> WhatIfRun:
    """Shorter lists, fewer points asked."""
    out = tmp_path_factory.mktemp("whatif") / "changes.csv"
    asked = Asked(mqa_points=20, tier_1_at=50, capacity=[5, 50])
    params = Params.model_validate({"workload": {"hours_a_week": 10, "accounts_a_week": 500}})
    return whatif(world / "work", asked, params, out.parent / "models", as_of=AS_OF, out=out)


def test_the_text_shows_both_lists_and_who_moves(ran: WhatIfRun) -> None:
    text = ran.to_text()
    assert "change   tiers.tier_1_at: 80 → 50" in text
    assert "change   tiers.tier_2_at: 60 → 37.5" in text  # goes with tier 1
    assert "change   mqa.tier_1.points: 30 → 10" in text
    before, after = ran.found.before, ran.found.after
    for told in (before, after):
        assert re.search(rf"{told['tiers']['2']['accounts']:,}\b.* in tier 2$", text, re.M)
    assert after["mqa"] > before["mqa"]
    assert re.search(r"^\d+ enter the list, \d+ leave it, \d+ rise, \d+ fall", text, re.M)
    assert "note     new MQAs a week: " in text
    assert "500 there: it fits" in text
    assert "note     no model: nobody can say how many will be won" in text


def test_too_much_work_ends_with_3(ran: WhatIfRun) -> None:
    assert ran.found.after["hours_a_week"] > 10
    assert re.search(r"hours of work a week: .* 10 there: .* too many", ran.to_text())
    assert ran.exit_code == 3


def test_the_chinese_page_has_the_same_numbers_in_the_glossarys_words(ran: WhatIfRun) -> None:
    chinese = WhatIfRun(ran.found, ran.model, ran.out, "zh").to_text()
    for word in ("目标客户列表（TAL）", "市场合格客户（MQA）", "第 2 层", "升层", "假设分析"):
        assert word in chinese
    figures = [re.findall(r"\d[\d,.]*\d|\d", text) for text in (ran.to_text(), chinese)]
    assert set(figures[0]) == set(figures[1])
    assert "账户" not in chinese


def test_the_file_has_everybody_who_moves(ran: WhatIfRun) -> None:
    assert ran.out is not None
    table = pd.read_csv(ran.out, encoding="utf-8-sig")
    assert table["account_id"].tolist() == ran.found.moves["account_id"].tolist()
    assert set(table["change"]) <= {"enters", "leaves", "rises", "falls", "stays", "no tier"}
    assert len(ran.to_dict()["first"]) == min(20, len(table))
    assert json.loads(json.dumps(ran.to_dict()))["out"] == str(ran.out)


def test_only_the_first_accounts_are_told_one_by_one() -> None:
    many = pd.DataFrame(
        {"account_id": [str(n) for n in range(25)], "name": "=Ltd", "change": "new",
         "tier_before": pd.array([None] * 25, "Int64"), "tier_after": 2,
         "mqa_before": False, "mqa_after": True}
    )  # fmt: skip
    told = list(moved(many, "en"))
    assert len(told) == 22
    assert told[0].startswith("25 enter the list, 0 leave it")
    assert told[1].split() == ["enters", "–", "→", "2", "MQA:", "new", "0", "=Ltd"]
    assert told[-1].strip() == "… and 5 more"


def test_a_threshold_is_found_from_the_capacity(
    abm: Any, words: list[object], tmp_path: Path
) -> None:
    ended = abm(*words, "--tier1-size", 7, "--accounts-a-week", 0.25, "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert [answer["answer"] for answer in told["answers"]] == ["tier_1_at", "mqa_points"]
    assert told["after"]["tiers"]["1"]["accounts"] == told["answers"][0]["found"] <= 7
    assert told["after"]["new_mqas_a_week"] == told["answers"][1]["found"] <= 0.25
    assert told["answers"][0]["next"] > 7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "mqa.tier_3.pionts=60"], r"no such setting \(did you mean points\?\)"),
        (["--set", "mqa.tier_3.points"], r"is no setting \(expected e\.g\. mqa\.tier_3"),
        (["--tier1", "50", "--tier2", "60"], r"thresholds must fall.*50, 60, 0"),
        (["--tier2", "90"], r"thresholds must fall.*80, 90, 0"),
        (["--capacity", "20"], r"20,200,1000\. Supplied value 20"),
        (["--capacity", "a,b"], r"'a,b' is no list of whole numbers"),
        (["--mqa-points", "0"], r"points: .*greater than 0"),
        (["--mqa-points", "9", "--accounts-a-week", "4"], r"give MQA points, or the accounts"),
        (["--tier1", "70", "--tier1-size", "4"], r"give the threshold of tier 1, or the size"),
        (["--lang", "fr"], r"lang must be one of en, zh"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(
    abm: Any, tmp_path: Path, options: list[str], message: str
) -> None:
    ended = abm("whatif", "--data", tmp_path / "nowhere", *options)
    assert ended.code == 2
    assert ended.out == ""
    assert re.search(message, ended.err.replace("\n", " "))


def test_flags_lie_over_what_is_set() -> None:
    doubled = {f"mqa.tier_{t}.points": points for t, points in ((1, 60), (2, 90), (3, 120))}
    asked = Asked(settings=doubled, mqa_points=60)
    assert asked.changes(Params())["mqa.tier_1.points"] == 30
    higher = Asked(settings={"tiers.tier_2_at": 85}, tier_1_at=90)
    assert higher.changes(Params()) == {"tiers.tier_2_at": 85, "tiers.tier_1_at": 90}
    assert Asked(tier_1_at=70, tier_2_at=40).changes(Params()) == {
        "tiers.tier_1_at": 70, "tiers.tier_2_at": 40,
    }  # fmt: skip
    assert Asked(capacity=[3, 4]).changes(Params()) == {"tiers.capacity": [3, 4, None]}


def test_settings_are_read_as_in_params_yaml() -> None:
    assert parse_setting("exclusions.account_types=[rival, 竞争对手]")[1] == ["rival", "竞争对手"]
    assert parse_capacity("20, 200,1000") == [20, 200, 1000]
    with pytest.raises(ParamsError, match="cannot be read as YAML"):
        parse_setting("a=[")


def test_every_answer_has_its_words() -> None:
    facts = {"asked": 4, "threshold": 60, "found": 3, "next": 5, "tied": 2, "most": 2, "by_hand": 9}
    for code in ("mqa_points", "mqa_any", "tier_1_at", "tier_1_any", "tier_1_by_hand",
                 "tier_1_tied"):  # fmt: skip
        for lang in ("en", "zh"):
            told = list(answer_words({"answer": code, **facts}, lang))
            assert len(told) == (2 if code in ("mqa_points", "tier_1_at") else 1)


def test_both_languages_have_the_same_places() -> None:
    for key, (english, chinese) in LINES.items():
        places = [set(re.findall(r"\{(\w+)", text)) for text in (english, chinese)]
        assert places[0] == places[1], key
