"""Conditions as people type them: any export's column names, and no value that nobody has."""

from __future__ import annotations

import pandas as pd
import pytest

from abm_ml.errors import DataError, ParamsError
from abm_ml.workflows.conditions import conditions_of, unknown_values

COMPANIES = pd.DataFrame(
    {
        "country": ["Norway", "Norway", "China", None],
        "industry": ["软件", "软件", "零售", "Software"],
        "employees": [10, 200, 3000, None],
        "status": ["operating", "revoked", "operating", None],
        "keywords": [["crm", "erp"], ["crm"], [], None],
        "created_at": pd.to_datetime(["2024-01-01"] * 4),
        "国家": ["a", "b", "c", "d"],
    }
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("行业=软件", {"industry": ["软件"]}),
        ("所属行业!=软件", {"industry": {"not": ["软件"]}}),
        ("员工人数=100..500", {"employees": {"min": "100", "max": "500"}}),
        ("国家/地区＝中国，美国", {"country": ["中国", "美国"]}),
        ("NumberOfEmployees>=5", {"employees": {"min": "5"}}),
        ("Industry=软件", {"industry": ["软件"]}),
        ("国家=a", {"国家": ["a"]}),
        ("经营状态=存续", {"status": ["operating"]}),
        ("status!=吊销,注销", {"status": {"not": ["revoked", "deregistered"]}}),
        ("nothing=known", {"nothing": ["known"]}),
    ],
)
def test_columns_and_words_of_any_export_are_understood(typed: str, meant: object) -> None:
    assert conditions_of([typed], COMPANIES) == meant


def test_one_column_under_two_names_is_one_column() -> None:
    with pytest.raises(ParamsError, match="there is a condition on industry already"):
        conditions_of(["industry=a", "行业=b"], COMPANIES)
    assert conditions_of(["employees>=5", "员工人数<=9"], COMPANIES) == {
        "employees": {"min": "5", "max": "9"}
    }


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("country=Norwey", "'country': no company has 'Norwey'; did you mean 'Norway'"),
        ("country=Xyz", "no company has 'Xyz'; the most frequent are 'Norway', 'China'"),
        ("行业=软体", "'industry': no company has '软体'; did you mean '软件'"),
        ("keywords=cmr", "no company has 'cmr'; did you mean 'crm'"),
        ("country=Xyz,Narnia", "'Xyz'; .*; filter 'country': no company has 'Narnia'"),
        ("contry=China", "filter 'contry': no such column"),
    ],
)
def test_a_condition_that_nobody_can_meet_is_refused(typed: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        unknown_values(conditions_of([typed], COMPANIES), COMPANIES)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("country=NORWAY,Ｃhina", 0),
        ("country=China,Narnia", 1),
        ("country!=Narnia", 1),
        ("keywords=ERP", 0),
        ("employees=57", 0),
        ("employees>=9000000", 0),
        ("created_at=2024", 0),
    ],
)
def test_a_value_without_effect_is_said(typed: str, said: int) -> None:
    assert len(unknown_values(conditions_of([typed], COMPANIES), COMPANIES)) == said
