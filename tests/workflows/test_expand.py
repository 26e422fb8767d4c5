"""From a list of companies to more like them: nothing lost, nobody forbidden, the same again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ArtefactError, DataError, OutputError, ParamsError
from abm_ml.workflows.as_of import latest_instant
from abm_ml.workflows.contacts import PeopleAsked, contacts
from abm_ml.workflows.expand import ExpandRun, expand, expand_again
from abm_ml.workflows.index import IndexBuild
from abm_ml.workflows.left_out import account_states, left_out, rejected_accounts, suppressed_ids

Expand = Callable[..., ExpandRun]


@pytest.fixture(scope="module")
def accounts(world: Path) -> pd.DataFrame:
    return pd.read_parquet(world / "work" / "canonical" / "accounts.parquet")


@pytest.fixture(scope="module")
def states(world: Path) -> pd.DataFrame:
    crm = Crm.open(world / "work", threads=1)
    return account_states(crm, latest_instant(crm))


@pytest.fixture(scope="module")
def suppressed(world: Path) -> frozenset[str]:
    crm = Crm.open(world / "work", threads=1)
    everyone = crm.to_arrow(crm.table("accounts")).to_pandas()
    return suppressed_ids(crm, everyone, latest_instant(crm))


@pytest.fixture(scope="module")
def customers(states: pd.DataFrame, suppressed: frozenset[str]) -> list[str]:
    won = states.loc[states["past_won"] > 0, "account_id"]
    return sorted(set(won) - suppressed)


@pytest.fixture(scope="module")
def seeds(
    accounts: pd.DataFrame, suppressed: frozenset[str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Twelve software companies by name, id and domain; one twice, one suppressed, one unknown."""
    known = accounts[accounts["industry"].eq("Software") & accounts["domain"].notna()]
    known = known[~known["name"].duplicated(keep=False) & ~known["account_id"].isin(suppressed)]
    domains = "https://www." + known["domain"] + "/"
    lines = [*known["name"][:5], *known["account_id"][5:9], *domains[9:12]]
    lines += [known["name"].iloc[0], sorted(suppressed)[0], "Völlig Unbekannt GmbH"]
    file = tmp_path_factory.mktemp("seeds") / "seeds.csv"
    file.write_text("seed\n" + "\n".join(f'"{line}"' for line in lines) + "\n")
    return file


@pytest.fixture(scope="module")
def run(world: Path, indexed: IndexBuild, indexed_in: Path, params: Params) -> Expand:
    def call(file: Path, out: Path, **options: Any) -> ExpandRun:
        given = {"data": world / "work", "models": indexed_in, "k": 50, **options}
        return expand(file, out, params, **given)

    return call


@pytest.fixture(scope="module")
def done(run: Expand, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> ExpandRun:
    return run(seeds, tmp_path_factory.mktemp("out") / "alike.csv")


def listed(run: ExpandRun, name: str = "list") -> pd.DataFrame:
    return pd.read_csv(run.files[name], encoding="utf-8-sig", dtype={"account_id": str})


def digest(files: dict[str, Path]) -> dict[str, str]:
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}


# --- what comes out ----------------------------------------------------------------------------


def test_the_list_is_ranked_and_says_why(done: ExpandRun) -> None:
    table = listed(done)
    assert table["rank"].tolist() == list(range(1, 51))
    assert table["similarity"].is_monotonic_decreasing
    assert table["account_id"].is_unique
    assert table["nearest_seed_name"].notna().all()
    assert done.exit_code == 0


def test_every_line_of_the_seed_list_is_accounted_for(done: ExpandRun, seeds: Path) -> None:
    told = listed(done, "seeds")
    assert len(told) == len(seeds.read_text().splitlines()) - 1 == 15
    assert told["outcome"].value_counts().to_dict() == {
        "used": 12, "repeated": 1, "suppressed": 1, "unmatched": 1,
    }  # fmt: skip
    assert told.loc[told["outcome"] == "unmatched", "reason"].notna().all()
    assert "12 used" in done.to_text()


def test_law_5_the_suppressed_are_neither_seeds_nor_results(
    run: Expand, seeds: Path, suppressed: frozenset[str], tmp_path: Path
) -> None:
    everyone = run(seeds, tmp_path / "all.csv", k=400, include_customers=True)
    assert len(listed(everyone)) > 200
    assert not set(listed(everyone)["account_id"]) & suppressed
    assert not set(listed(everyone)["nearest_seed"]) & suppressed


def test_customers_open_deals_competitors_and_seeds_are_left_out_and_counted(
    run: Expand, seeds: Path, states: pd.DataFrame, suppressed: frozenset[str], params: Params,
    tmp_path: Path,
) -> None:  # fmt: skip
    everyone = run(seeds, tmp_path / "all.csv", k=400)
    barred = left_out(states, suppressed, params)
    found = set(listed(everyone)["account_id"])
    assert not found & set(barred["account_id"])
    told = everyone.summary
    assert {"customer", "open_opportunity", "account_type", "own_group"} <= set(told["left_out"])
    assert sum(told["left_out"].values()) + told["allowed"] == told["universe"] == 400


def test_customers_come_in_when_asked_for(
    run: Expand, seeds: Path, customers: list[str], tmp_path: Path
) -> None:
    both = [
        set(
            listed(run(seeds, tmp_path / f"{flag}.csv", k=400, include_customers=flag))[
                "account_id"
            ]
        )
        for flag in (False, True)
    ]
    assert not both[0] & set(customers)
    assert len(both[1] & set(customers)) > 10


def test_conditions_and_lists_to_leave_out_hold(
    run: Expand, seeds: Path, done: ExpandRun, accounts: pd.DataFrame, tmp_path: Path
) -> None:
    first = listed(done).iloc[0]
    (tmp_path / "not.csv").write_text(f'name\n"{first["name"]}"\nNobody Knows Them Inc.\n')
    found = run(
        seeds, tmp_path / "some.csv", where=["employees>=100"], exclude=tmp_path / "not.csv"
    )
    table = listed(found)
    known = accounts.set_index("account_id")
    assert (known.loc[table["account_id"], "employees"] >= 100).all()
    assert first["account_id"] not in set(table["account_id"])
    assert "1 of 2 lines mean no one company" in found.to_text()
    assert found.summary["left_out"]["filtered"] > 0


def test_what_is_not_wanted_is_never_listed(
    run: Expand, seeds: Path, done: ExpandRun, tmp_path: Path
) -> None:
    unlike = listed(done)["account_id"].head(3)
    (tmp_path / "unlike.csv").write_text("account_id\n" + "\n".join(unlike) + "\n")
    found = run(seeds, tmp_path / "other.csv", not_like=tmp_path / "unlike.csv")
    assert not set(listed(found)["account_id"]) & set(unlike)
    assert found.summary["left_out"]["not_like"] == 3


def test_chinese_reasons_and_page_when_asked_for(run: Expand, seeds: Path, tmp_path: Path) -> None:
    found = run(seeds, tmp_path / "zh.csv", lang="zh")
    share = r"全部企业中占 [\d.]+%"
    told = rf"\S.*?：(种子客户中占 [\d.]+%，{share}|与最接近的种子客户相同，{share})"
    assert listed(found)["理由"].dropna().str.fullmatch(rf"{told}(；{told})*").all()
    page = found.files["page"].read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page


def test_chinese_lists_have_chinese_headers_and_are_read_like_english_ones(
    run: Expand, seeds: Path, done: ExpandRun, world: Path, params: Params, tmp_path: Path
) -> None:
    found = run(seeds, tmp_path / "zh.csv", lang="zh", people=PeopleAsked(tmp_path / "who.csv"))
    for name in ("list", "seeds", "people", "coverage"):
        header = list(listed(found, name))
        assert [one for one in header if re.fullmatch("[ -~]+", one)] == [], name
    lines = listed(found, "seeds")
    assert lines["处理结果"].value_counts().to_dict() == {
        "已使用": 12, "重复": 1, "在禁用名单中未使用": 1, "未匹配到企业": 1,
    }  # fmt: skip
    where = {"data": world / "work"}
    asked = [PeopleAsked(tmp_path / f"{lang}-who.csv") for lang in ("zh", "en")]
    both = [
        contacts(file, one, params, **where)
        for file, one in zip((found.files["list"], done.files["list"]), asked, strict=True)
    ]
    assert both[0].files["people"].read_bytes() == both[1].files["people"].read_bytes()
    vips = PeopleAsked(tmp_path / "more.csv", seed_contacts=found.files["people"])
    named = listed(found, "people")["联系人ID"].notna().sum()
    assert contacts(found.files["list"], vips, params, **where).summary["seeds"] == named


def test_accounts_that_did_not_exist_yet_are_not_listed(
    run: Expand, seeds: Path, accounts: pd.DataFrame, tmp_path: Path
) -> None:
    past = accounts["created_at"].quantile(0.6)
    found = run(seeds, tmp_path / "past.csv", k=400, as_of=f"{past:%Y-%m-%d}")
    created = accounts.set_index("account_id")["created_at"]
    assert (created[listed(found)["account_id"]] < past).all()
    assert found.summary["left_out"]["not_yet"] > 0


def test_of_an_address_among_the_seeds_only_the_domain_is_kept(
    run: Expand, seeds: Path, accounts: pd.DataFrame, tmp_path: Path
) -> None:
    domain = accounts["domain"].dropna().iloc[0]
    written = f"{seeds.read_text(encoding='utf-8').rstrip()}\njane.roe@{domain}\n"
    (tmp_path / "seeds.csv").write_text(written, encoding="utf-8")
    found = run(tmp_path / "seeds.csv", tmp_path / "alike.csv")
    for file in found.files.values():
        assert "jane.roe" not in file.read_text(encoding="utf-8")
    assert f"…@{domain}" in found.files["seeds"].read_text(encoding="utf-8")


def test_the_expectation_is_told_for_the_list_as_long_as_it_is(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    found = run(seeds, tmp_path / "alike.csv", k=37)
    assert found.summary["expected"]["k"] == found.summary["listed"] == 37
    assert "The first 37 are expected" in found.files["page"].read_text(encoding="utf-8")


def test_an_index_that_has_seen_more_than_as_of_is_said(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    found = run(seeds, tmp_path / "past.csv", as_of="2025-01-01")
    assert any("has seen outcomes until" in note for note in found.summary["notes"])
    assert found.exit_code == 3


def test_seeds_that_do_not_meet_the_conditions_are_no_few_seeds(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    found = run(seeds, tmp_path / "retail.csv", where=["industry=Retail"])
    assert "seeds_outside" in found.summary["warnings"]
    assert "few_seeds" not in found.summary["warnings"]


def test_a_list_to_leave_out_that_has_no_effect_is_for_the_job_to_look_at(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    (tmp_path / "no.csv").write_text("name\nNobody Has This Name\n", encoding="utf-8")
    found = run(seeds, tmp_path / "alike.csv", exclude=tmp_path / "no.csv")
    assert "1 of 1 lines mean no one company and have no effect" in found.to_text()
    assert found.exit_code == 3


def test_people_come_in_the_same_call(run: Expand, seeds: Path, tmp_path: Path) -> None:
    found = run(seeds, tmp_path / "alike.csv", k=20, people=PeopleAsked(tmp_path / "people.csv"))
    people = listed(found, "people")
    assert found.summary["people"]["contacts"] == people["contact_id"].notna().sum() > 0
    assert set(people["account_id"]) <= set(listed(found)["account_id"])
    assert found.files["coverage"] == tmp_path / "people-coverage.csv"


def test_no_person_is_named_in_list_page_or_request(done: ExpandRun, world: Path) -> None:
    contacts = pd.read_parquet(world / "work" / "canonical" / "contacts.parquet")
    emails = contacts["email"].dropna().tolist()
    for file in done.files.values():
        text = file.read_text(encoding="utf-8")
        assert not [one for one in emails if one in text], file


def test_nothing_in_a_cell_runs_as_a_formula(done: ExpandRun) -> None:
    for name in ("list", "seeds"):
        texts = listed(done, name).select_dtypes(["object", "string"])
        for column in texts:
            assert not texts[column].dropna().str.match(r"[=+\-@]").any()


# --- the same again ----------------------------------------------------------------------------


def test_a_request_carried_out_again_gives_the_same_bytes(
    done: ExpandRun, world: Path, indexed_in: Path, params: Params, tmp_path: Path
) -> None:
    where = {"data": world / "work", "models": indexed_in}
    again = expand_again(done.files["request"], params, out=tmp_path / "alike.csv", **where)
    assert digest(again.files) == digest(done.files)
    assert again.summary["changes"] == ["the list is the same as before"]


def test_changed_data_are_said_and_count(
    done: ExpandRun, world: Path, indexed_in: Path, params: Params, tmp_path: Path,
    copied: Callable[[Path], Path],
) -> None:  # fmt: skip
    work = copied(world / "work")
    file = work / "canonical" / "suppressions.parquet"
    first = listed(done)["account_id"].iloc[0]
    table = pd.read_parquet(file)
    stop = {"kind": "account", "value": first, "reason": "asked us to"}
    pd.concat([table, pd.DataFrame([stop])]).to_parquet(file)
    again = expand_again(
        done.files["request"], params, data=work, models=indexed_in, out=tmp_path / "alike.csv"
    )
    assert first not in set(listed(again)["account_id"])
    assert again.summary["changes"] == ["the data have changed", "the list differs from before"]


def test_sales_rejections_are_left_out_by_their_last_word() -> None:
    feedback = pd.DataFrame(
        [
            ("a", "rejected", "2025-01-01"),
            ("b", "rejected", "2025-01-01"),
            ("b", "accepted", "2025-02-01"),
            ("c", "拒绝", "2025-01-01"),
            ("d", "rejected", "2025-12-01"),
        ],
        columns=["account_id", "verdict", "ts"],
    ).assign(ts=lambda table: pd.to_datetime(table["ts"]))
    names = pd.DataFrame({"account_id": list("abcd"), "name": list("ABCD")})
    crm = Crm.from_tables({"accounts": names, "feedback": feedback}, threads=1)
    assert rejected_accounts(crm, pd.Timestamp("2025-06-01").to_pydatetime()) == ["a", "c"]


def test_a_bought_company_is_suppressed_by_its_domain() -> None:
    names = pd.DataFrame({"account_id": ["a"], "name": ["A"], "domain": ["a.example"]})
    stop = pd.DataFrame({"kind": ["domain"], "value": ["stop.example"], "until": [pd.NaT]})
    crm = Crm.from_tables({"accounts": names, "suppressions": stop}, threads=1)
    companies = pd.DataFrame(
        {"account_id": ["a", "new-1"], "domain": ["a.example", "www.stop.example"]}
    )
    moment = pd.Timestamp("2025-06-01").to_pydatetime()
    assert suppressed_ids(crm, companies, moment) == {"new-1"}


# --- what is refused, and what is left as it was -----------------------------------------------


def test_seeds_that_have_nothing_in_common_are_a_warning_for_the_job(done: ExpandRun) -> None:
    doubted = replace(done, summary={**done.summary, "warnings": ["nothing_in_common"]})
    assert (done.exit_code, doubted.exit_code) == (0, 3)
    assert "nothing in common" in doubted.to_text()


def test_an_empty_list_is_written_and_is_a_warning_for_the_job(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    found = run(seeds, tmp_path / "none.csv", where=["employees>=90000000"])
    assert found.exit_code == 3
    assert listed(found).empty
    assert "the list is empty" in found.files["page"].read_text(encoding="utf-8")


BAD: dict[str, tuple[str, str]] = {
    "empty": ("", "seeds.*holds no company"),
    "header only": ("name,domain\n", "header but no rows"),
    "no such column": ("foo,bar\n1,2\n", "no column name says what it holds"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_seed_list_that_cannot_be_used_is_refused(case: str, run: Expand, tmp_path: Path) -> None:
    content, message = BAD[case]
    (tmp_path / "seeds.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        run(tmp_path / "seeds.csv", tmp_path / "alike.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["seeds.csv"]


def test_where_no_line_is_known_the_reasons_are_written_all_the_same(
    abm: Callable[..., Any], world: Path, indexed: IndexBuild, indexed_in: Path,
    accounts: pd.DataFrame, tmp_path: Path,
) -> None:  # fmt: skip
    (tmp_path / "seeds.csv").write_text(
        f'name\nVöllig Unbekannt GmbH\n"{accounts["name"].iloc[0]} Maschinenbau Nord"\n'
    )
    call = (
        "expand", tmp_path / "seeds.csv", "--data", world / "work", "--models", indexed_in,
        "--out", tmp_path / "alike.csv",
    )  # fmt: skip
    ended = abm(*call)
    assert ended.code == 2
    assert "none of its 2 lines is a company that can be a seed (2 unmatched)" in ended.err
    assert "alike-seeds.csv says of each line why" in ended.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["alike-seeds.csv", "seeds.csv"]
    told = pd.read_csv(tmp_path / "alike-seeds.csv", encoding="utf-8-sig")
    assert told["outcome"].tolist() == ["unmatched", "unmatched"]
    assert told["reason"].notna().all()
    assert accounts["account_id"].iloc[0] in told["nearest"].iloc[1]


def test_where_no_line_is_known_an_earlier_list_keeps_its_files(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    files = run(seeds, tmp_path / "alike.csv", k=5).files
    before = digest(files)
    (tmp_path / "none.csv").write_text("name\nVöllig Unbekannt GmbH\n")
    with pytest.raises(DataError, match=r"alike-seeds-unused\.csv says of each line why"):
        run(tmp_path / "none.csv", tmp_path / "alike.csv")
    assert digest(files) == before
    assert (tmp_path / "alike-seeds-unused.csv").is_file()


def test_a_value_that_no_company_has_is_refused_with_those_that_exist(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"filter 'country': no company has 'Narnia'; (did|the)"):
        run(seeds, tmp_path / "alike.csv", where=["country=Narnia"])
    with pytest.raises(DataError, match="no company has 'Sofware'; did you mean 'Software'"):
        run(seeds, tmp_path / "alike.csv", where=["industry=Sofware"])
    assert not list(tmp_path.iterdir())
    found = run(seeds, tmp_path / "alike.csv", where=["industry=Software,Narnia"])
    assert "filter 'industry': no company has 'Narnia'" in found.to_text()
    assert found.exit_code == 3


def test_columns_go_by_their_chinese_names_too_and_again_when_carried_out_again(
    run: Expand, seeds: Path, world: Path, indexed_in: Path, params: Params, tmp_path: Path
) -> None:
    where = (["所属行业=Software", "人员规模>=100"], ["industry=Software", "employees>=100"])
    chinese, english = (run(seeds, tmp_path / f"{n}.csv", where=w) for n, w in enumerate(where))
    assert chinese.files["list"].read_bytes() == english.files["list"].read_bytes()
    again = expand_again(
        chinese.files["request"], params, data=world / "work", models=indexed_in,
        out=tmp_path / "again.csv",
    )  # fmt: skip
    assert again.summary["changes"] == ["the list is the same as before"]


def test_group_companies_of_customers_and_of_the_suppressed_are_left_out(
    run: Expand, seeds: Path, done: ExpandRun, states: pd.DataFrame, customers: list[str],
    suppressed: frozenset[str], world: Path, tmp_path: Path, copied: Callable[[Path], Path],
) -> None:  # fmt: skip
    work = copied(world / "work")
    first, second, third = listed(done)["account_id"].head(3)
    known = set(listed(done, "seeds")["account_id"])
    customer = next(one for one in customers if one not in known)
    file = work / "canonical" / "accounts.parquet"
    table = pd.read_parquet(file).set_index("account_id")
    table.loc[first, "parent_account_id"] = customer
    table.loc[sorted(suppressed)[-1], "parent_account_id"] = second
    table.reset_index().to_parquet(file)
    found = run(seeds, tmp_path / "alike.csv", data=work)
    there = set(listed(found)["account_id"])
    assert third in there
    assert not {first, second} & there
    assert found.summary["left_out"]["customer_group"] >= 1
    assert found.summary["left_out"]["suppressed_group"] >= 1
    assert "in the group of a customer" in found.to_text()
    both = run(seeds, tmp_path / "both.csv", data=work, include_customers=True, k=400)
    assert {first, customer} & set(listed(both)["account_id"])
    assert second not in set(listed(both)["account_id"])
    assert "customer_group" not in both.summary["left_out"]


def test_unknown_columns_and_bad_conditions_are_refused(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"'contry': no such column .*did you mean 'country'"):
        run(seeds, tmp_path / "alike.csv", where=["contry=US"])
    with pytest.raises(ParamsError, match="is no condition: expected column=value"):
        run(seeds, tmp_path / "alike.csv", where=["country"])
    with pytest.raises(ParamsError, match=r"k must be at least 1\. Supplied value 0"):
        run(seeds, tmp_path / "alike.csv", k=0)
    assert not list(tmp_path.iterdir())


def test_the_seed_list_is_never_written_over(run: Expand, tmp_path: Path) -> None:
    file = tmp_path / "alike-seeds.csv"
    file.write_text("name\nAcme\n")
    for out in ("alike.csv", "alike-seeds.csv"):
        with pytest.raises(ParamsError, match="is read and would be written over"):
            run(file, tmp_path / out)
    assert file.read_text() == "name\nAcme\n"


@pytest.mark.parametrize(
    ("out", "people", "message"),
    [
        ("x.json", None, r"x\.json: list and request would both be written there; choose another"),
        ("x.html", None, r"x\.html: page and list would both be written there"),
        ("x.csv", "x.csv", r"x\.csv: list and people would both"),
        ("x.csv", "x-seeds.csv", r"x-seeds\.csv: seeds and people would both"),
        ("x-coverage.csv", "x.csv", r"x-coverage\.csv: list and coverage would both"),
        ("", None, "names no file to write"),
    ],
)
def test_two_results_in_one_file_are_refused_before_any_work(
    abm: Callable[..., Any], out: str, people: str | None, message: str, tmp_path: Path
) -> None:
    target = tmp_path / out if out else Path("/")
    more = ["--people", tmp_path / people] if people else []
    ended = abm("expand", tmp_path / "no-such-seeds.csv", "--out", target, *more)
    assert ended.code == 2
    assert re.search(message, ended.err)
    assert not list(tmp_path.iterdir())


def test_a_saved_request_is_replaced_by_its_own_only(
    done: ExpandRun, world: Path, indexed_in: Path, params: Params, tmp_path: Path
) -> None:
    saved = tmp_path / "alike.json"
    saved.write_bytes(done.files["request"].read_bytes())
    where = {"data": world / "work", "models": indexed_in}
    for clash in ({"out": saved}, {"people": PeopleAsked(saved)}):
        with pytest.raises(ParamsError, match=r"alike\.json: .*choose another  --out"):
            expand_again(saved, params, **where, **clash)
    assert expand_again(saved, params, **where).files["request"] == saved


def test_without_an_index_the_remedy_is_said(run: Expand, seeds: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="there is no look-alike index yet; run  abm index"):
        run(seeds, tmp_path / "alike.csv", models=tmp_path / "models")


def test_law_8_a_run_that_fails_leaves_every_earlier_file(
    run: Expand, seeds: Path, tmp_path: Path
) -> None:
    run(seeds, tmp_path / "alike.csv", k=10)
    files = {path.name: path for path in tmp_path.iterdir() if path.is_file()}
    before = digest(files)
    people = tmp_path / "taken"
    people.mkdir()
    with pytest.raises(OutputError, match="taken: is a directory"):
        run(seeds, tmp_path / "alike.csv", k=20, people=PeopleAsked(people))
    assert digest(files) == before
    assert {path.name for path in tmp_path.iterdir()} == {*files, "taken"}


def test_a_file_that_is_no_request_is_refused(
    world: Path, indexed_in: Path, params: Params, tmp_path: Path
) -> None:
    for content in ("{}", "not json", json.dumps({"format": 99})):
        (tmp_path / "alike.json").write_text(content)
        with pytest.raises(DataError, match=r"alike\.json: (is no saved request|format 99)"):
            expand_again(tmp_path / "alike.json", params, data=world / "work", models=indexed_in)


# --- the command -------------------------------------------------------------------------------


def test_the_command_says_what_it_needs(abm: Callable[..., Any], tmp_path: Path) -> None:
    assert "name a list of seeds" in abm("expand").err
    assert "give either" in abm("expand", "seeds.csv", "--rerun", "alike.json").err
    for option in (["--exclude", "no.csv"], ["--k", "5"], ["--new-only"], ["--lang", "zh"]):
        told = abm("expand", "--rerun", "alike.json", *option)
        assert f"{option[0]}: a saved request has its own" in told.err
    ended = abm("expand", "seeds.csv", "--personas", "personas.yaml")
    assert ended.code == 2
    assert "go with  --people" in ended.err


def test_the_command_tells_the_whole_story_as_json(
    abm: Callable[..., Any], world: Path, indexed: IndexBuild, indexed_in: Path, seeds: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    ended = abm(
        "expand", seeds, "--data", world / "work", "--models", indexed_in, "--k", 5,
        "--out", tmp_path / "alike.csv", "--json",
    )  # fmt: skip
    told = json.loads(ended.out)
    assert ended.code == 0
    assert told["listed"] == 5
    assert told["index_version"] == indexed.version
    assert Path(told["files"]["page"]).is_file()
