"""Titles are read as a person would read them, in English and in Chinese."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data import titles as titles_module
from abm_ml.data.phrases import read_units
from abm_ml.data.titles import (
    FUNCTIONS,
    NAMES,
    ROLES,
    SENIORITIES,
    Title,
    known_role,
    known_seniority,
    parse_title,
    parse_titles,
    role_of,
)

LEAST_RIGHT = 0.95
DICTIONARY = yaml.safe_load(
    (Path(titles_module.__file__).parent / "dictionaries" / "titles.yaml").read_text("utf-8")
)


def labelled(language: str) -> pd.DataFrame:
    """300 titles with what a person reads in them, written down before the parser was made."""
    file = Path(__file__).with_name(f"titles_{language}.tsv")
    return pd.read_csv(file, sep="\t", keep_default_na=False)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("said", ["function", "seniority", "role"])
def test_at_least_95_of_100_labelled_titles_are_read_right(language: str, said: str) -> None:
    table = labelled(language)
    assert len(table) == table.title.nunique() == 300
    wrong = table[said] != parse_titles(table.title)[said]
    assert 1 - wrong.mean() >= LEAST_RIGHT, table.title[wrong].tolist()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_labels_use_the_vocabulary_and_all_of_its_levels(language: str) -> None:
    table = labelled(language)
    assert set(table.function) == set(FUNCTIONS)
    assert set(table.seniority) == set(SENIORITIES)
    assert set(table.role) == set(ROLES)


@pytest.mark.parametrize(
    "title",
    ["Assistant to the CEO", "Executive Assistant to the President", "VP's secretary",
     "总经理助理", "董事长秘书", "總裁助理", "Product Owner", "Account Executive",
     "Sales Executive", "HR Business Partner", "Lead Generation Specialist", "CEO Intern"],
)  # fmt: skip
def test_words_of_the_top_in_another_s_title_make_nobody_senior(title: str) -> None:
    assert parse_title(title).seniority == "staff"


@pytest.mark.parametrize(
    ("title", "seniority"),
    [
        ("Vice President, Investment Banking", "vp"),
        ("Deputy General Manager", "vp"),
        ("副总经理", "vp"),
        ("分公司总经理", "director"),
        ("Assistant Manager", "manager"),
        ("C.E.O.", "c_level"),
        ("Ｖ.Ｐ. Sales", "vp"),
        ("財務長", "c_level"),
    ],
)
def test_deputies_branches_and_spellings(title: str, seniority: str) -> None:
    assert parse_title(title).seniority == seniority


@pytest.mark.parametrize(
    ("title", "function"),
    [
        ("IT Procurement Manager", "procurement"),
        ("数字化采购经理", "procurement"),
        ("Product Marketing Manager", "marketing"),
        ("Sales Operations Analyst", "sales"),
        ("人事行政专员", "hr"),
        ("IT Manager / Procurement", "it"),
        ("Head of Procurement for IT", "procurement"),
        ("采购与物流经理", "procurement"),
        ("Co-founder, CTO", "engineering"),
    ],
)
def test_the_first_thing_said_decides_and_of_a_compound_its_last_word(title, function) -> None:
    assert parse_title(title).function == function


@pytest.mark.parametrize("seniority", SENIORITIES)
def test_procurement_is_a_purchaser_whatever_the_seniority(seniority: str) -> None:
    assert role_of("procurement", seniority) == "purchaser"


def test_an_intern_has_no_role_even_in_procurement() -> None:
    assert parse_title("Procurement Intern").role == parse_title("采购实习生").role == "other"


def test_a_department_that_names_a_function_goes_before_the_title() -> None:
    assert parse_title("Manager", "采购部") == Title("procurement", "manager", "purchaser")
    assert parse_title("IT Manager", "North Building") == parse_title("IT Manager")
    assert parse_title("总经理", "总经办").function == "management"


def test_what_the_crm_says_of_seniority_and_role_goes_before_the_title() -> None:
    read = parse_titles(
        ["Engineer", "Engineer", "Engineer"],
        seniorities=["C-Level", None, "no idea"],
        roles=[None, "Economic Buyer", "no idea"],
    )
    assert read.seniority.tolist() == ["c_level", "staff", "staff"]
    assert read.role.tolist() == ["decision_maker", "decision_maker", "user"]


def test_what_crms_call_seniorities_and_roles() -> None:
    assert [known_seniority(word) for word in ("c_level", "VP-Level", "经理级", "助理", "x")] == [
        "c_level", "vp", "manager", "staff", None,
    ]  # fmt: skip
    assert [known_role(word) for word in ("Decision Maker", "decision_maker", "影响者", "?")] == [
        "decision_maker", "decision_maker", "influencer", None,
    ]  # fmt: skip


@pytest.mark.parametrize("nothing", ["", "  ", None, "???", "12345"])
def test_a_title_that_says_nothing_is_other_staff(nothing: str | None) -> None:
    assert parse_title(nothing) == Title("other", "staff", "other")


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), st.sampled_from(
    ["CEO", "采购经理", "IT Manager / Procurement"]))))  # fmt: skip
def test_many_titles_are_read_one_by_one_and_always_in_the_vocabulary(titles) -> None:
    read = parse_titles(titles)
    one_by_one = [parse_title(title) for title in titles]
    assert [Title(*row) for row in read.itertuples(index=False, name=None)] == one_by_one
    assert set(read.function) <= set(FUNCTIONS)
    assert set(read.seniority) <= set(SENIORITIES)
    assert set(read.role) <= set(ROLES)


def test_case_width_and_traditional_characters_change_nothing() -> None:
    for language in ("en", "zh"):
        table = labelled(language)
        assert parse_titles(table.title.str.upper()).equals(parse_titles(table.title))


@pytest.mark.parametrize("group", ["functions", "weak_functions", "seniorities", "role_words"])
def test_no_word_of_the_dictionary_has_two_meanings(group: str) -> None:
    words = [read_units(word) for some in DICTIONARY[group].values() for word in some]
    meanings = {name: set(map(read_units, some)) for name, some in DICTIONARY[group].items()}
    assert len(set(words)) == sum(map(len, meanings.values()))


def test_every_word_of_the_vocabulary_has_a_name_in_both_languages() -> None:
    named = {word for word, (en, zh) in NAMES.items() if en and zh}
    assert {*FUNCTIONS, *SENIORITIES, *ROLES} <= named
