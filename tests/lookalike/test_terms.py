"""What cells say, as words that companies may share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.columns import BlockPlan
from abm_ml.lookalike.terms import block_terms, domain_terms, name_terms


def terms_of(kind: str, **columns: object) -> list[list[str]]:
    """Terms of each account."""
    plan = BlockPlan("block", tuple(columns), kind)  # type: ignore[arg-type]
    cells, codes = block_terms(plan, pd.DataFrame(columns))
    return [cells[code] for code in codes]


def test_every_account_gets_the_terms_of_its_cell_and_none_where_it_is_missing():
    found = terms_of("category", industry=["Software", None, "银行", "software", ""])
    assert found == [["software"], [], ["银行"], ["software"], []]


@pytest.mark.parametrize("wrap", [list, tuple, set, np.array])
def test_tags_are_read_from_any_kind_of_list(wrap: type):
    found = terms_of("tags", tags=[wrap(["AI", "saas"]), None, wrap([]), wrap(["数据"])])
    assert found == [["ai", "saas"], [], [], ["数据"]]


def test_a_tag_counts_once_whatever_its_case():
    assert terms_of("tags", tags=[["AI", "ai", "Ai", ""]]) == [["ai"]]


def test_a_city_counts_within_its_country_but_not_within_a_spelling_of_its_state():
    found = terms_of(
        "place",
        country=["US", "us", "GB", None],
        state=["MA", "Massachusetts", None, None],
        city=["Cambridge", "cambridge", "Cambridge", None],
    )
    assert found[0] == ["country=us", "state=us/ma", "city=us/cambridge"]
    assert set(found[0]) & set(found[1]) == {"country=us", "city=us/cambridge"}
    assert not set(found[0]) & set(found[2])
    assert found[3] == []


def test_words_of_a_text_in_english_and_chinese():
    (found,) = terms_of("text", description=["SaaS for 工厂"])
    assert found == ["saas", "for", "工", "厂", "工厂"]


def test_names_share_parts_of_words():
    assert {"ther", "rape"} <= set(name_terms("Therapeutics")) & set(name_terms("Radiotherapeut"))


def test_full_width_names_are_read_as_others():
    assert name_terms("ＡＣＭＥ") == name_terms("acme")


@pytest.mark.parametrize(
    ("domain", "ending"),
    [
        ("acme.de", ["de"]),
        ("ACME.COM.CN.", ["com.cn", "cn"]),
        ("www.acme.co.uk", ["co.uk", "uk"]),
        ("localhost", ["localhost"]),
    ],
)
def test_a_domain_is_read_by_its_ending(domain: str, ending: list[str]):
    assert domain_terms(domain) == ending
