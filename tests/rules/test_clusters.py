"""Named groups inside tier 2."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.rules.clusters import REST, Clusters, clusters

SCHEMA = pa.schema(
    {
        "industry": pa.string(), "sub_industry": pa.string(), "country": pa.string(),
        "employees": pa.int64(), "technologies": pa.list_(pa.string()),
        "keywords": pa.list_(pa.string()),
    }
)  # fmt: skip


def cut(rows: list[dict], least: int = 3, most: int = 6) -> Clusters:
    return clusters(pa.Table.from_pylist(rows, schema=SCHEMA), least, most)


GERMANS = [{"industry": "Software", "country": "Germany", "employees": 300 + n} for n in range(6)]
FRENCH = [{"industry": "Retail", "country": "France", "employees": 60 + n} for n in range(4)]


def test_a_group_is_named_by_what_its_accounts_share_in_both_languages():
    found = cut([*GERMANS, *FRENCH, {"industry": "Mining"}])
    assert found.names == [
        "Software · Germany · 200–999 employees", "Retail · France · 50–199 employees", REST[0],
    ]  # fmt: skip
    assert found.names_zh[0] == "Software · Germany · 200–999 人"
    assert found.sizes == [6, 4, 1]
    assert found.name("zh").to_pylist()[-1] == "其他客户"


def test_the_more_specific_of_two_equal_facts_is_told():
    rows = [row | {"sub_industry": "CRM software"} for row in GERMANS]
    assert cut(rows).names == ["CRM software · Germany · 200–999 employees"]


def test_technologies_and_keywords_group_too_under_their_commonest_spelling():
    rows = [{"technologies": [name, "AWS"][:1]} for name in ("SAP", "SAP", "sap")]
    rows += [{"keywords": ["Robots"]}] * 3
    assert cut(rows).names == ["uses SAP", "Robots"]
    assert cut(rows).names_zh == ["使用 SAP", "Robots"]


def test_a_keyword_that_repeats_the_industry_is_not_said_twice():
    rows = [{"industry": "Software", "keywords": ["software"]}] * 4
    assert cut(rows).names == ["Software"]


@pytest.mark.parametrize(
    ("employees", "name"),
    [
        (49, "under 50 employees"), (50, "50–199 employees"), (199, "50–199 employees"),
        (200, "200–999 employees"), (1_000, "1,000–4,999 employees"),
        (5_000, "5,000 or more employees"),
    ],
)  # fmt: skip
def test_sizes_have_names(employees, name):
    assert cut([{"employees": employees}] * 3).names == [name]


def test_accounts_that_share_nothing_are_the_rest():
    assert cut([{"industry": letter} for letter in "abcdef"]).names == [REST[0]]
    assert cut([{} for _ in range(9)]).names == [REST[0]]
    assert cut([]).number.tolist() == []
    assert clusters(pa.table({"other": ["x"] * 9}), 3, 6).names == [REST[0]]


def test_one_group_at_most_is_the_rest():
    assert cut(GERMANS, most=1).names == [REST[0]]


def random_rows(rng: random.Random) -> list[dict]:
    def some(*values: object) -> object:
        return rng.choice([None, *values])

    return [
        {
            "industry": some("Software", "software", "Retail", ""),
            "sub_industry": some("CRM", "ERP"),
            "country": some("Germany", "中国"),
            "employees": some(10, 300, 9_000),
            "technologies": rng.choice([None, [], ["SAP"], ["SAP", "AWS"]]),
            "keywords": rng.choice([None, ["AI"], ["CRM"]]),
        }
        for _ in range(rng.randint(0, 60))
    ]


law = settings.get_profile("pure law")


@law
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 9))
def test_every_account_is_in_one_group_of_the_sizes_asked_for(seed, least, most):
    rows = random_rows(random.Random(seed))
    found = cut(rows, least, most)
    assert len(found.number) == len(rows) == sum(found.sizes)
    assert len(found.names) == len(set(found.names)) <= most
    for name, size in zip(found.names, found.sizes, strict=True):
        assert size >= least or name == REST[0]
    assert REST[0] not in found.names[:-1]


@law
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 9))
def test_law_3_the_order_of_rows_does_not_matter(seed, least, most):
    rng = random.Random(seed)
    rows = random_rows(rng)
    order = rng.sample(range(len(rows)), len(rows))
    found, mixed = cut(rows, least, most), cut([rows[at] for at in order], least, most)
    assert mixed.names == found.names
    assert mixed.number.tolist() == found.number[np.array(order, int)].tolist()


@law
@given(st.integers(0, 2**32 - 1))
def test_what_a_name_says_is_true_of_every_account_in_it(seed):
    rows = random_rows(random.Random(seed))
    found = cut(rows)
    for row, name in zip(rows, found.name().to_pylist(), strict=True):
        said = {str(value).casefold() for value in row.values() if isinstance(value, str)}
        said |= {tag.casefold() for tag in row["keywords"] or []}
        said |= {f"uses {tag}".casefold() for tag in row["technologies"] or []}
        for fact in name.split(" · "):
            if name != REST[0] and "employees" not in fact:
                assert fact.casefold() in said
