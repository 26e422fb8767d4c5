"""The worked example of the docs is what the commands write, to the last digit.

A table under `<!-- checked: source -->` is compared with that source. A column headed by a name in
backticks must read as the source does; with words beside the name ("by hand") its cells are
arithmetic that must come to the source's number. Columns without backticks are for readers.
"""

from __future__ import annotations

import ast
import csv
import json
import operator
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.cli import main
from abm_ml.config import Params, load_params
from abm_ml.features.account import universe_spine
from abm_ml.features.engagement import engaged_contacts, engagement_points
from abm_ml.features.qualifying import engagement_minutes
from abm_ml.rules.mqa import KNOCKED_OUT, MqaFacts, MqaVerdict, gap_words, qualify
from abm_ml.rules.next_step import next_step
from abm_ml.rules.score import MICRO, priority, propensity_score
from abm_ml.rules.tiers import NO_TIER
from abm_ml.workflows.human import open_human
from abm_ml.workflows.why import Explanation

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLE = DOCS / "examples" / "twelve"
PAGES = {"en": DOCS / "worked-example.md", "zh": DOCS / "worked-example.zh.md"}
FIRST, NOW = "2026-03-01T18:00", "2026-03-31T18:00"

pytestmark = pytest.mark.slow

YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}

Row = dict[str, Any]
Rows = dict[str, Row]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the page's commands were run: work, first, tal, all."""
    folder = tmp_path_factory.mktemp("twelve")
    run("prepare", EXAMPLE / "exports", "--out", folder / "work")
    run("score", *options(folder, FIRST), "--out", folder / "first")
    before = ("--previous", folder / "first")
    for motion, out in (("acquire", "tal"), ("all", "all")):
        run("score", *options(folder, NOW), *before, "--motion", motion, "--out", folder / out)
    return folder


@pytest.fixture(scope="module")
def sources(lists: Path) -> dict[str, Rows]:
    """What the tables are compared with: rows by source, account (or person) and column."""
    params = load_params(EXAMPLE / "params.yaml")
    scored = rows_of(lists / "tal" / "scored.parquet")
    facts = mqa_facts(lists / "work", scored, params)
    return {
        "accounts": exported_accounts(),
        "first": rows_of(lists / "first" / "scored.parquet"),
        "scored": scored,
        "excluded": rows_of(lists / "tal" / "excluded.parquet"),
        "all": rows_of(lists / "all" / "scored.parquet"),
        "people": people_of(lists / "tal" / "people.parquet"),
        "mqa": asked(scored, facts, params),
        "ways": other_ways(scored, facts, params),
        "fused": fused(scored, params),
    }


@pytest.mark.parametrize("lang", PAGES)
def test_every_table_of_the_page_is_what_the_commands_wrote(
    lang: str, sources: Mapping[str, Rows]
) -> None:
    seen = set()
    for source, header, cells in checked_tables(PAGES[lang].read_text(encoding="utf-8")):
        seen.add(source)
        key = "person" if source == "people" else "account_id"
        for line in cells:
            row = told(sources, source, line[header.index(f"`{key}`")], lang)
            for heading, cell in zip(header, line, strict=True):
                where = f"{lang}, {source}, {line[0]}, {heading}"
                check(heading, cell, row, lang, where)
    assert seen == set(sources)


@pytest.mark.parametrize("lang", PAGES)
def test_every_account_stands_in_the_page_once(lang: str, sources: Mapping[str, Rows]) -> None:
    named: dict[str, list[str]] = {}
    tables = checked_tables(PAGES[lang].read_text(encoding="utf-8"))
    for source, header, cells in tables:
        key = "person" if source == "people" else "account_id"
        named.setdefault(source, []).extend(line[header.index(f"`{key}`")] for line in cells)
        assert len({line[header.index(f"`{key}`")] for line in cells}) == len(cells)
    assert set(named["scored"]) == set(sources["scored"])
    assert set(named["excluded"]) == set(sources["excluded"])
    assert set(named["scored"]) | set(named["excluded"]) == set(named["accounts"])
    assert set(named["first"]) == set(sources["first"])


def test_points_of_known_people_sum_to_those_of_their_account(
    sources: Mapping[str, Rows],
) -> None:
    of_people: dict[str, float] = dict.fromkeys(sources["scored"], 0.0)
    for person in sources["people"].values():
        of_people[person["account_id"]] += person["points"]
    assert of_people == {
        account: row["engagement_points"] for account, row in sources["scored"].items()
    }


@pytest.mark.parametrize("account", ["T01", "T04"])
def test_the_arithmetic_of_one_account_is_what_abm_why_prints(
    account: str, lists: Path, abm: Callable[..., Any]
) -> None:
    before = ("--previous", lists / "first")
    printed = abm("why", account, *options(lists, NOW), *before, "--json")
    assert printed.code == 0
    facts = json.loads(printed.out)
    assert block("en", account) == Explanation(facts, "en").to_text()
    assert block("zh", account) == Explanation(facts, "zh").to_text()


def run(*words: object) -> None:
    """One `abm` command, which ends well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["abm", *(str(word) for word in words)])
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 0


def options(folder: Path, as_of: str) -> tuple[object, ...]:
    """Data, rule book and date; there is no model."""
    rules = ("--params", EXAMPLE / "params.yaml", "--models", folder / "models")
    return ("--data", folder / "work", *rules, "--as-of", as_of)


def checked_tables(text: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Source, header and rows of each table that is marked as checked."""
    for source, table in re.findall(r"<!-- checked: (\w+) -->\n((?:\|.*\n)+)", text):
        lines = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in table.splitlines()
        ]
        yield source, lines[0], lines[2:]


def block(lang: str, account: str) -> str:
    """What the page says `abm why` prints of an account."""
    text = PAGES[lang].read_text(encoding="utf-8")
    found = re.search(rf"<!-- checked: why {account} -->\n```text\n(.*?)\n```", text, re.DOTALL)
    assert found
    return found[1]


def check(heading: str, cell: str, row: Row, lang: str, where: str) -> None:
    """One cell against the source."""
    column = re.search(r"`(\w+)`", heading)
    if column is None:
        return
    value = row[column[1]]
    if heading == column[0]:
        assert cell == shown(value, lang), where
    else:
        assert abs(worked_out(cell) - Fraction(value)) <= Fraction(1, 10**9), where


def shown(value: Any, lang: str) -> str:
    """A value as the page writes it: to ten decimals, without trailing zeros."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return YES_NO[lang][not value]
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def worked_out(arithmetic: str) -> Fraction:
    """What a sum of products comes to, exactly."""
    text = arithmetic.replace("×", "*").replace("÷", "/")
    return evaluated(ast.parse(text, mode="eval").body)


def evaluated(node: ast.expr) -> Fraction:
    """A number, or the sum, product or quotient of two."""
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    assert isinstance(node, ast.BinOp)
    way = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Div: operator.truediv}
    result = way[type(node.op)](evaluated(node.left), evaluated(node.right))
    assert isinstance(result, Fraction)
    return result


def told(sources: Mapping[str, Rows], source: str, key: str, lang: str) -> Row:
    """A row of a source, its sentences in the page's language."""
    row = dict(sources[source][key])
    if lang == "zh":
        if row.get("next_step"):
            row["next_step"] = next_step(row, "zh")
        for gap in ("mqa_gap", "grade_gap", "demandbase_gap"):
            row[gap] = gap_words(row[gap], "zh") if row.get(gap) else row.get(gap)
    return row


def rows_of(file: Path, key: str = "account_id") -> Rows:
    return {row[key]: row for row in pq.read_table(file).to_pylist()}


def exported_accounts() -> Rows:
    """The export as it was written; a cell left empty is missing."""
    with (EXAMPLE / "exports" / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["account_id"]: {name: cell or None for name, cell in row.items()}
            for row in csv.DictReader(file)
        }


def people_of(file: Path) -> Rows:
    people = [row | {"person": row["contact_id"] or row["lead_id"]} for row in
              pq.read_table(file).to_pylist()]  # fmt: skip
    return {person["person"]: person for person in people}


def mqa_facts(work: Path, scored: Rows, params: Params) -> dict[str, Row]:
    """Points, contacts and minutes within the window, counted by the features themselves."""
    crm = open_human(work, params)
    spine = universe_spine(crm, datetime.fromisoformat(NOW))
    engagement, days = params.engagement, params.mqa.window_days
    points = engagement_points(
        crm,
        spine,
        points_by_kind=engagement.points_by_kind,
        daily_cap=engagement.daily_cap,
        half_life_days=engagement.half_life_days,
        window_days=days,
        excluded_kinds=engagement.outcome_kinds,
    )
    contacts = engaged_contacts(crm, spine, window_days=days)
    minutes = engagement_minutes(crm, spine, params.mqa, engagement)
    joined = spine.join(points, "row_id").join(contacts, "row_id").join(minutes, "row_id")
    return {
        row["account_id"]: row
        for row in crm.to_arrow(joined).to_pylist()
        if row["account_id"] in scored
    }


def verdict(scored: Rows, facts: Mapping[str, Row], params: Params, way: str) -> MqaVerdict:
    """Who is an MQA in one of the three ways, in the order of `scored`."""
    rows, counted = list(scored.values()), [facts[account] for account in scored]
    grades = list(params.icp.grades)
    enough = grades[: grades.index(params.mqa.grade) + 1]
    settings = params.mqa.model_copy(update={"way": way})
    return qualify(
        MqaFacts(
            points_micro=np.array([row["points_micro"] for row in counted]),
            contacts=np.array([row["engaged_contacts"] for row in counted]),
            minutes_micro=np.array([row["minutes_micro"] for row in counted]),
            tier=np.array([row["tier"] or NO_TIER for row in rows]),
            meets_icp=np.array([row["fit"] >= params.mqa.icp_fit for row in rows]),
            meets_grade=np.array([row["grade"] in enough for row in rows]),
            knocked_out=np.array([row["mqa_gap"] == KNOCKED_OUT for row in rows]),
            pipeline_score=np.array([row["account_score"] for row in rows]),
        ),
        settings,
    )


def asked(scored: Rows, facts: Mapping[str, Row], params: Params) -> Rows:
    """The scored rows with what was there and what was asked."""
    found = verdict(scored, facts, params, "points")
    assert found.gap.to_pylist() == [row["mqa_gap"] for row in scored.values()]
    return {
        account: row
        | {
            "points": facts[account]["points_micro"] / MICRO,
            "contacts": facts[account]["engaged_contacts"],
            "points_asked": int(found.points_asked[place]) / MICRO,
            "contacts_asked": int(found.contacts_asked[place]),
        }
        for place, (account, row) in enumerate(scored.items())
    }


def other_ways(scored: Rows, facts: Mapping[str, Row], params: Params) -> Rows:
    grade, demandbase = (
        verdict(scored, facts, params, way).gap.to_pylist() for way in ("grade", "demandbase")
    )
    return {
        account: row
        | {
            "minutes": facts[account]["minutes_micro"] / MICRO,
            "grade_gap": grade[place],
            "demandbase_gap": demandbase[place],
        }
        for place, (account, row) in enumerate(scored.items())
    }


SUPPOSED = {"T01": 0.1, "T02": 0.3, "T03": 0.2, "T04": 0.1, "T05": 0.1, "T06": 0.025, "T07": 0.2}
"""Propensities that a model might have given."""

BASE_RATE = 0.1


def fused(scored: Rows, params: Params) -> Rows:
    """The scored rows with the priority that the supposed propensities would give."""
    weights = params.fusion.model_dump(include={"account_score", "propensity"})
    p = np.array([SUPPOSED[account] for account in scored])
    parts = {
        "account_score": np.array([row["account_score"] for row in scored.values()]),
        "propensity": propensity_score(p, BASE_RATE),
    }
    joined = priority(parts, weights)
    rank = pd.Series(-joined).rank().astype(int)
    return {
        account: row
        | {
            "p": SUPPOSED[account],
            "part": float(parts["propensity"][place]),
            "priority": float(joined[place]),
            "rank": int(rank[place]),
        }
        for place, (account, row) in enumerate(scored.items())
    }
