"""A world on disk: the same whatever it is made with, and true to the data contract."""

import filecmp
import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.vocabulary import INDUSTRIES, INDUSTRIES_ZH
from abm_ml.data.simulate.world import World
from abm_ml.errors import ParamsError

Read = Callable[[str], pd.DataFrame]
TABLES = (
    "accounts", "contacts", "opportunities", "engagements", "intent", "signals", "leads",
    "networks", "campaigns", "suppressions", "relations", "account_history", "contracts",
)  # fmt: skip
SECRETS = ("opportunities", "accounts", "campaigns")


def read(out: Path, part: str) -> dict[str, pa.Table]:
    return {file.stem: pq.read_table(file) for file in sorted((out / part).glob("*.parquet"))}


def small_world(out: Path, **arguments: Any) -> dict[str, Any]:
    return simulate_world(out, **{"accounts": 120, "seed": 3, **arguments})


def test_the_same_seed_gives_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    for out in ("one", "two"):
        small_world(tmp_path / out)
    for part in ("exports", "truth"):
        names = sorted(file.name for file in (tmp_path / "one" / part).iterdir())
        equal, _, _ = filecmp.cmpfiles(
            tmp_path / "one" / part, tmp_path / "two" / part, names, shallow=False
        )
        assert sorted(equal) == names


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    small_world(tmp_path / "one")
    small_world(tmp_path / "two", seed=4)
    one, two = (read(tmp_path / out, "exports")["accounts"] for out in ("one", "two"))
    assert one["name"] != two["name"]


@pytest.mark.parametrize("size", [1, 50])
def test_the_size_of_a_chunk_does_not_matter(tmp_path: Path, size: int) -> None:
    accounts = 12 if size == 1 else 120
    small_world(tmp_path / "whole", accounts=accounts)
    small_world(tmp_path / "parts", accounts=accounts, chunk_accounts=size)
    for part in ("exports", "truth"):
        assert read(tmp_path / "whole", part) == read(tmp_path / "parts", part)


def test_an_account_is_the_same_in_a_larger_world(tmp_path: Path) -> None:
    small_world(tmp_path / "small")
    small_world(tmp_path / "large", accounts=150)
    small, large = (read(tmp_path / out, "exports") for out in ("small", "large"))
    for name in ("accounts", "contacts", "opportunities", "signals", "intent"):
        rows = len(small[name])
        assert 0 < rows < len(large[name])
        assert large[name][:rows] == small[name]


def test_the_files_are_the_tables_and_the_truth(small: Path) -> None:
    assert set(read(small, "exports")) == set(TABLES)
    assert set(read(small, "truth")) == set(SECRETS)


@pytest.mark.parametrize("name", TABLES)
def test_tables_keep_the_contract(small: Path, name: str) -> None:
    tables, schema = read(small, "exports"), SCHEMAS[name]
    table = tables[name]
    assert len(table) > 0
    for column in table.column_names:
        if column in schema.columns:
            assert table[column].type == schema.columns[column], column
    for column in schema.required:
        assert table[column].null_count == 0
    if schema.one_of:
        filled = [pc.is_valid(table[c]) for c in schema.one_of if c in table.column_names]
        some = filled[0]
        for values in filled[1:]:
            some = pc.or_(some, values)
        assert pc.all(some).as_py()
    for column, target in schema.links.items():
        keys = tables[target][SCHEMAS[target].key]
        assert set(table[column].drop_null().to_pylist()) <= set(keys.to_pylist())
    for column in schema.non_negative:
        if column in table.column_names:
            assert pc.min(table[column]).as_py() is None or pc.min(table[column]).as_py() >= 0


def test_a_crm_opens_the_tables(small: Path) -> None:
    crm = Crm.from_tables(read(small, "exports"))
    assert crm.extra_columns("accounts") == (
        "lifecycle_stage", "last_contacted_at", "customer_health", "seats_provisioned",
    )  # fmt: skip
    assert crm.table("opportunities").count().execute() > 150


def test_both_languages_are_there(table: Read) -> None:
    accounts = table("accounts")
    chinese = accounts.country == "中国"
    assert chinese.mean() == pytest.approx(0.4, abs=0.1)
    assert set(accounts.industry[chinese].dropna()) == set(INDUSTRIES_ZH)
    assert set(accounts.industry[~chinese].dropna()) == set(INDUSTRIES)
    assert accounts.name[chinese].str.endswith("公司").all()
    assert accounts.description[~chinese].dropna().str.startswith("A provider of").all()
    titles = table("contacts").merge(accounts[["account_id", "country"]], on="account_id")
    is_han = titles.title.dropna().str.contains(r"[一-鿿]")
    assert (is_han == (titles.country_y[is_han.index] == "中国")).all()


def test_nobody_in_it_is_real_or_can_be_reached(table: Read) -> None:
    contacts, leads = table("contacts"), table("leads")
    for emails in (contacts.email.dropna(), leads.email):
        assert emails.str.fullmatch(r"[a-z.]+\d{2}@[a-z]+-[0-9a-z]+\.example").all()
    assert contacts.phone.dropna().str.fullmatch(r"\+1 202 555 01\d\d").all()
    assert table("accounts").domain.dropna().str.endswith(".example").all()
    reserved = [ipaddress.ip_network(n) for n in ("240.0.0.0/4", "198.18.0.0/15", "100.64.0.0/10")]
    addresses = [ipaddress.ip_address(ip) for ip in table("engagements").ip.dropna().unique()]
    assert all(any(address in net for net in reserved) for address in addresses)
    assert table("accounts").credit_code.dropna().str.startswith("91000000").all()


def test_emails_and_domains_belong_to_one_person_and_one_account(table: Read) -> None:
    assert table("contacts").email.dropna().is_unique
    assert table("accounts").domain.dropna().is_unique


def test_credit_codes_have_the_right_check_digit(table: Read) -> None:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in table("accounts").credit_code.dropna():
        assert re.fullmatch(f"[{letters}]{{18}}", code)
        total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        assert letters.index(code[17]) == (31 - total % 31) % 31


def test_the_truth_has_a_row_for_every_account_and_opportunity(table: Read, truth: Read) -> None:
    assert truth("accounts").account_id.tolist() == table("accounts").account_id.tolist()
    deals = table("opportunities").set_index("opportunity_id")
    known = truth("opportunities").set_index("opportunity_id")
    assert deals.index.tolist() == known.index.tolist()
    closed = deals[deals.is_won.notna()]
    assert (known.y[closed.index] == closed.is_won.astype(bool)).all()
    assert (known.is_closed == deals.is_won.notna()).all()
    assert known.p_win.between(0, 1).all()


def test_world_json_tells_options_seed_and_formula(small: Path) -> None:
    told = json.loads((small / "truth" / "world.json").read_text(encoding="utf-8"))
    assert (told["accounts"], told["seed"]) == (300, 7)
    assert told["world"]["end"] == "2026-01-01T00:00:00"
    assert told["world"]["opportunities_per_account"] == 1.5
    assert told["formula"]["coefficients"]["intent_28"] > 0
    assert "logit P(win)" in told["formula"]["text"]


def test_what_is_returned_counts_the_rows_written(tmp_path: Path) -> None:
    said: list[str] = []
    result = small_world(tmp_path, chunk_accounts=50, progress=said.append)
    written = {name: len(table) for name, table in read(tmp_path, "exports").items()}
    assert result["rows"] == written
    assert result["closed_opportunities"] >= result["won_opportunities"] > 0
    assert said[-1] == "simulated 120 of 120 accounts"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accounts": 0}, "accounts must be between 1 and 67,000,000. Supplied value 0"),
        ({"seed": -1}, "seed must not be negative. Supplied value -1"),
        ({"dialect": "sap"}, "no such dialect: 'sap'; choose from canonical, salesforce"),
        ({"chunk_accounts": 0}, "chunk_accounts must be at least 1. Supplied value 0"),
        ({"encoding": "klingon"}, "no such encoding: 'klingon'; try utf-8 or gb18030"),
        ({"file_format": "xlsx"}, "no such file format: 'xlsx'; choose parquet or csv"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tmp_path: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParamsError, match=re.escape(message)):
        small_world(tmp_path, **arguments)
    assert not (tmp_path / "exports").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"season": 1.5}, "World.season must be between 0 and 1. Supplied value 1.5"),
        ({"signal": -1.0}, "World.signal must be between 0 and 1000"),
        ({"years": 0}, "World.years must be between 1 and 30. Supplied value 0"),
        ({"selection": "random"}, "World.selection must be recorded or unrecorded"),
        ({"enriched": ("name",)}, "World.enriched: 'name' cannot be enriched; choose from"),
    ],
)
def test_impossible_worlds_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamsError, match=re.escape(message)):
        World(**options)
