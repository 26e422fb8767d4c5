from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.data.names.accounts import AccountNames
from abm_ml.data.names.match import match_accounts
from abm_ml.data.names.normalise import normalise_name
from abm_ml.data.simulate.aliases import chinese_aliases
from abm_ml.errors import DataError, ParamsError

_EMPTY = dict.fromkeys(
    ("domain", "credit_code", "registration_no", "former_names", "city", "country")
)
_KNOWN = [
    {"name": "北京字节跳动科技有限公司", "domain": "bytedance.com", "city": "北京",
     "credit_code": "91110000MA01ABCDEX"},
    {"name": "Apple Inc.", "domain": "apple.com", "former_names": ["Apple Computer, Inc."],
     "country": "United States"},
    {"name": "Apple Hospitality REIT, Inc."},
    {"name": "Carnival Corp", "domain": "carnival.com", "city": "Miami"},
    {"name": "Carnival PLC", "domain": "carnival.com", "city": "London"},
    {"name": "Müller Maschinenbau GmbH & Co. KG", "registration_no": "HRB 12345"},
    {"name": "Twin Ltd"},
    {"name": "Armada Acquisition Corp II", "domain": "gmail.com"},
]  # fmt: skip
ACCOUNTS = pd.DataFrame(
    [{"account_id": f"A{n}", **_EMPTY, **known} for n, known in enumerate(_KNOWN, start=1)]
)

MORE = pd.concat(
    [ACCOUNTS, pd.DataFrame(
        [("A9", "International Business Machines Corp", "ibm.com"),
         ("A10", "杭州云海数据科技有限公司", "yunhai.cn"),
         ("A11", "Siemens AG", "siemens.com"),
         ("A12", "Siemens Energy AG", None),
         ("A13", "P&G", "pg.com"),
         ("A14", "Hana Systeme GmbH", "sap-hana.com")],
        columns=["account_id", "name", "domain"],
    )],
    ignore_index=True,
)  # fmt: skip


def only(queries, accounts=ACCOUNTS, **settings):
    found = match_accounts(queries, accounts, **settings)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("query", "account", "evidence"),
    [
        ("A5", "A5", "same id"),
        (" 9111 0000-ma01abcdex", "A1", "same registration code"),
        ("https://www.apple.com/de/", "A2", "same domain"),
        ("jane@eu.apple.com", "A2", "same domain"),
        ("APPLE INC", "A2", "same name"),
        ("Apple", "A2", "same words"),
        ("Apple Computer", "A2", "a former name"),
        ("字节跳动", "A1", "similar name"),
        ("字節跳動", "A1", "similar name"),
        ("北京字节跳动科技有限公司上海分公司", "A1", "branch of the company"),
        ("Mueller Maschinenbau", "A6", "same words"),
        ("Muller Maschinenbua", "A6", "similar name"),
        ("Carnival Corporation", "A4", "same words"),
    ],
)
def test_one_text_finds_its_account_and_says_how(query, account, evidence):
    found = only([query])
    assert (found["account_id"], found["status"]) == (account, "matched")
    assert evidence in found["evidence"]
    assert found["reason"] is None


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ("Carnival", "ambiguous", "2 accounts fit about equally well: choose one"),
        ("carnival.com", "ambiguous", "2 accounts fit about equally well: choose one"),
        ("x@gmail.com", "unmatched", "gmail.com is a mailbox service's domain and says nothing"),
        ("acme.com", "unmatched", "no account has the domain acme.com"),
        ("91440300708461136T", "unmatched", "no account has the code 91440300708461136T"),
        ("Armada Acquisition Corp III", "unmatched", "the nearest, Armada Acquisition Corp II,"),
        ("Gamma", "unmatched", "no account shares a telling word with this name"),
        ("", "unmatched", "nothing to match by: the row is empty"),
        ("上海字节跳动科技有限公司", "unmatched", "the nearest, 北京字节跳动科技有限公司"),
        ("Apple Mining Group", "unmatched", "the nearest, Apple Inc., scores"),
    ],
)
def test_what_is_not_sure_is_not_matched_and_says_why(query, status, reason):
    found = only([query])
    assert (found["account_id"], found["status"]) == (None, status)
    assert found["reason"].startswith(reason)
    assert found["reason_zh"]


def test_the_nearest_three_are_listed_where_nothing_matched():
    found = only(["Apple Mining"])
    assert [c["account_id"] for c in found["candidates"]] == ["A2", "A3"]
    assert found["candidates"][0]["name"] == "Apple Inc."
    assert only(["Carnival"])["candidates"][1]["account_id"] == "A5"


def test_every_account_that_fits_equally_is_listed():
    many = pd.DataFrame({"account_id": list("abcde"), "name": ["Twin"] * 5})
    found = only(["Twin"], many)
    assert [c["account_id"] for c in found["candidates"]] == list("abcde")
    assert found["reason"].startswith("5 accounts")


def test_several_queries_for_one_account_are_told():
    found = match_accounts(["Apple", "apple.com", "Carnival PLC"], ACCOUNTS)
    assert "1 other query names this account" in found["evidence"][0]
    assert "other" not in found["evidence"][2]


@pytest.mark.parametrize(
    ("columns", "account"),
    [
        ({"name": "Carnival", "domain": "carnival.com"}, None),
        ({"name": "Carnival PLC", "domain": "carnival.com"}, "A5"),
        ({"name": "Carnival", "city": "London"}, "A5"),
        ({"city": "London", "name": "Nobody"}, None),
        ({"公司名称": "Apple", "官网": ""}, "A2"),
        ({"企业名称": "字节跳动", "统一社会信用代码": "91110000MA01ABCDEX"}, "A1"),
        ({"Company": "Apple Europe", "Tax ID": "", "Email": "x@apple.com"}, "A2"),
        ({"Company": "whatever", "Tax ID": "", "Email": "x@apple.com"}, None),
        ({"name": "Something else", "registration_no": "hrb12345"}, "A6"),
        ({"name": "字节跳动", "credit_code": "91440300708461136T"}, None),
    ],
)
def test_columns_in_either_language_are_evidence_together(columns, account):
    assert only(pd.DataFrame([columns]))["account_id"] == account


def test_a_domain_and_a_name_that_contradict_each_other_are_left_to_a_person():
    found = only(pd.DataFrame([{"name": "Twin Ltd", "domain": "apple.com"}]))
    assert found["status"] == "ambiguous"
    assert [c["account_id"] for c in found["candidates"]] == ["A2", "A7"]


@pytest.mark.parametrize(
    ("name", "domain", "candidates"),
    [
        ("Völlig Unbekannt GmbH", "apple.com", ["A2"]),
        ("云帆软件有限公司", "yunhai.cn", ["A10"]),
        ("Beta Group Inc.", "apple.com", ["A2"]),
        ("Apple Hospitality REIT", "apple.com", ["A2", "A3"]),
        ("Siemens Energy", "siemens.com", ["A11", "A12"]),
        ("Apple", "carnival.com", ["A4", "A5", "A2"]),
    ],
)
def test_a_name_that_says_otherwise_than_the_domain_is_left_to_a_person(name, domain, candidates):
    found = only(pd.DataFrame([{"name": name, "domain": domain}]), MORE)
    assert (found["status"], found["account_id"]) == ("ambiguous", None)
    assert "same domain; but the name" in found["evidence"]
    assert found["reason"].endswith("choose one")
    assert found["reason_zh"].endswith("请人工选择")
    assert [c["account_id"] for c in found["candidates"]][: len(candidates)] == candidates


@pytest.mark.parametrize(
    ("name", "domain", "account"),
    [
        ("IBM", "ibm.com", "A9"),
        ("I.B.M.", "https://www.ibm.com/de-de", "A9"),
        ("Intl. Business Machines", "ibm.com", "A9"),
        ("Appel", "apple.com", "A2"),
        ("Apple Mining", "apple.com", "A2"),
        ("Apple Computer, Inc.", "apple.com", "A2"),
        ("苹果", "apple.com", "A2"),
        ("ByteDance", "bytedance.com", "A1"),
        ("云海", "yunhai.cn", "A10"),
        ("Siemens", "siemens.com", "A11"),
        ("???", "apple.com", "A2"),
        ("Procter & Gamble", "pg.com", "A13"),
        ("SAP", "sap-hana.com", "A14"),
    ],
)
def test_a_short_name_a_brand_in_the_domain_and_a_slip_contradict_nothing(name, domain, account):
    found = only(pd.DataFrame([{"name": name, "domain": domain}]), MORE)
    assert (found["status"], found["account_id"]) == ("matched", account)


def test_a_work_address_tells_where_somebody_works_whatever_a_form_says():
    table = pd.DataFrame({"name": ["n.a. yet", "Twin Ltd"], "email": ["x@eu.apple.com"] * 2})
    found = match_accounts(table, MORE, work_addresses=True)
    assert found["account_id"].tolist() == ["A2", None]
    assert [c["account_id"] for c in found["candidates"][1]] == ["A2", "A7"]


def test_only_accounts_created_before_a_query_s_moment_are_meant():
    day = pd.to_datetime(["2024-01-01", "2024-02-01", None, "2024-01-01"])
    accounts = pd.DataFrame(
        {
            "account_id": ["A1", "A2", "A3", "A4"],
            "name": ["Acme Inc.", "Acme", "Old", "Sole"],
            "domain": ["acme.com", "acme.com", "old.com", None],
            "created_at": day,
        }
    )
    asked = pd.DataFrame({"name": ["Acme", "Acme", "Acme", "Old", "Sole", "Acme"]})
    moments = ["2024-01-01", "2024-02-01", "2024-02-02", "2000-01-01", "2024-01-01", "NaT"]
    found = match_accounts(asked, accounts, before=np.array(moments, dtype="datetime64[us]"))
    assert found["account_id"].tolist() == [None, "A1", "A2", "A3", None, "A2"]
    domains = pd.DataFrame({"domain": ["acme.com"] * 3})
    found = match_accounts(domains, accounts, before=np.array(moments[:3], dtype="datetime64[us]"))
    assert found["account_id"].tolist() == [None, "A1", None]


def test_another_domain_counts_against_a_name_but_not_another_country_s():
    table = pd.DataFrame({"name": ["Apple"] * 2, "domain": ["farm.de", "apple.de"]})
    found = match_accounts(table, ACCOUNTS)
    assert found["account_id"].tolist() == ["A2", "A2"]
    assert found["score"][0] < found["score"][1]
    assert "another domain" in found["evidence"][0]


def test_a_place_chooses_between_accounts_and_never_makes_a_match():
    weak = pd.DataFrame([{"name": "Apple Mining", "country": "United States"}])
    assert only(weak)["status"] == "unmatched"


@pytest.mark.parametrize(("asked", "there"), [("42", "0042"), ("0042", "42")])
def test_an_id_that_lost_its_zeros_is_no_match_but_is_told(asked, there):
    found = only([asked], pd.DataFrame({"account_id": [there, "43"], "name": ["Acme", "Beta"]}))
    assert found["status"] == "unmatched"
    assert found["reason"].startswith(f"no account has the id {asked}, but {there} is one: zeros")
    assert found["candidates"][0]["account_id"] == there


def test_query_ids_are_kept_and_rows_stay_in_their_order():
    queries = pd.DataFrame({"query_id": ["q9", "q1"], "name": ["Nobody", "Apple"]})
    found = match_accounts(queries, ACCOUNTS)
    assert found["query_id"].tolist() == ["q9", "q1"]
    assert found["account_id"].tolist() == [None, "A2"]


def test_no_queries_give_no_rows():
    found = match_accounts([], ACCOUNTS)
    assert len(found) == 0
    assert list(found.columns)[:5] == ["query_id", "query", "account_id", "score", "evidence"]


def test_an_index_can_be_used_again():
    known = AccountNames(ACCOUNTS)
    pd.testing.assert_frame_equal(
        match_accounts(["Apple"], known), match_accounts(["Apple"], ACCOUNTS)
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"account_id": ["A"]}, "required column 'name' is missing; found account_id"),
        ({"account_id": ["A", None], "name": ["x", "y"]}, "row 1: account_id is empty"),
        ({"account_id": ["A", "A"], "name": ["x", "y"]}, "'A' stands in several rows"),
    ],
)
def test_accounts_without_an_identity_are_refused(columns, message):
    with pytest.raises(DataError, match=message):
        match_accounts(["x"], pd.DataFrame(columns))


def test_queries_that_hold_nothing_to_match_by_are_refused():
    with pytest.raises(DataError, match="no column to match by; found note, colour: call one"):
        match_accounts(pd.DataFrame({"note": ["x"], "colour": ["y"]}), ACCOUNTS)
    with pytest.raises(DataError, match="'Apple' is one text; give a list"):
        match_accounts("Apple", ACCOUNTS)
    with pytest.raises(ParamsError, match=r"from 0 to 100\. Supplied value 101"):
        match_accounts([], ACCOUNTS, min_score=101)


words = st.sampled_from(
    ["Acme", "Beta", "Tools", "Group", "Inc.", "GmbH", "North", "Bank", "II", "云帆", "软件",
     "上海", "有限公司", "（北京）", "分公司", "&", "Gamma-Ray", "科技"]
)  # fmt: skip
names = st.lists(words, min_size=1, max_size=4).map(" ".join).filter(normalise_name)


@settings(max_examples=60, deadline=None)
@given(st.lists(names, min_size=1, max_size=8), st.lists(names, max_size=4), st.randoms())
def test_neither_the_order_of_queries_nor_that_of_accounts_changes_anything(known, asked, rng):
    accounts = pd.DataFrame({"account_id": [f"A{n}" for n in range(len(known))], "name": known})
    queries = pd.DataFrame({"query_id": range(len(known + asked)), "name": known + asked})
    plain = match_accounts(queries, accounts)
    shuffled = match_accounts(_shuffled(queries, rng), _shuffled(accounts, rng))
    again = shuffled.sort_values("query_id", ignore_index=True)
    pd.testing.assert_frame_equal(plain, again, check_dtype=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(names, min_size=1, max_size=8, unique_by=str.lower))
def test_a_name_never_finds_another_account_than_its_own(known):
    accounts = pd.DataFrame({"account_id": [f"A{n}" for n in range(len(known))], "name": known})
    found = match_accounts(known, accounts)
    for account, match, status in zip(
        accounts["account_id"], found["account_id"], found["status"], strict=True
    ):
        assert match == account or (match is None and status == "ambiguous")


def _shuffled(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    order = list(range(len(table)))
    rng.shuffle(order)
    return table.iloc[order]


def test_chinese_names_in_every_way_to_write_them_find_their_company():
    accounts, queries = chinese_aliases(120, seed=4)
    found = match_accounts(queries["name"].tolist(), accounts)
    there = queries["truth"].notna()
    matched = found["account_id"].notna()
    right = matched & (found["account_id"] == queries["truth"])
    assert right.sum() >= 0.98 * matched.sum()
    assert right.sum() >= 0.95 * there.sum()
    shares = right[there].groupby(queries["kind"][there]).mean()
    assert shares.min() >= 0.9
    assert len(shares) == 8


@pytest.mark.real_data
def test_listed_names_find_their_companies(real_data):
    sec = pd.read_json(
        real_data / "us_listed_names/sec_company_tickers_exchange.json", typ="series"
    )
    sec = pd.DataFrame(sec["data"], columns=sec["fields"])
    accounts = pd.DataFrame({"account_id": sec["cik"].astype(str), "name": sec["name"]})
    listed = pd.read_csv(real_data / "us_listed_names/sp500_constituents.csv")
    ciks = sec.groupby("ticker")["cik"].first().astype(str)
    truth = listed["Symbol"].map(ciks)
    found = match_accounts(listed["Security"].tolist(), accounts.drop_duplicates("account_id"))
    matched = found["account_id"].notna()
    right = matched & (found["account_id"] == truth)
    assert right.sum() >= 0.98 * matched.sum()
    assert right.sum() >= 0.95 * truth.notna().sum()
