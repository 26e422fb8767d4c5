"""From a list of accounts to the people in them: named here only, and never those who said no."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_contacts
from abm_ml.errors import DataError, ParamsError
from abm_ml.workflows.as_of import latest_instant
from abm_ml.workflows.contacts import ContactsRun, PeopleAsked, contacts
from abm_ml.workflows.seed_contacts import read_seed_contacts

Find = Callable[..., ContactsRun]


@pytest.fixture(scope="module")
def people(world: Path) -> pd.DataFrame:
    return pd.read_parquet(world / "work" / "canonical" / "contacts.parquet")


@pytest.fixture(scope="module")
def accounts(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every account of the CRM by its id, and a line that is none."""
    ids = pd.read_parquet(world / "work" / "canonical" / "accounts.parquet")["account_id"]
    file = tmp_path_factory.mktemp("accounts") / "accounts.csv"
    file.write_text("account_id\n" + "\n".join([*ids, "nobody"]) + "\n")
    return file


@pytest.fixture(scope="module")
def find(world: Path, params: Params) -> Find:
    def call(file: Path, asked: PeopleAsked, **options: Any) -> ContactsRun:
        return contacts(file, asked, params, data=world / "work", **options)

    return call


@pytest.fixture(scope="module")
def found(find: Find, accounts: Path, tmp_path_factory: pytest.TempPathFactory) -> ContactsRun:
    return find(accounts, PeopleAsked(tmp_path_factory.mktemp("out") / "people.csv"))


def listed(run: ContactsRun, name: str = "people") -> pd.DataFrame:
    return pd.read_csv(run.files[name], encoding="utf-8-sig", dtype=str)


def test_people_are_named_with_their_address(found: ContactsRun, people: pd.DataFrame) -> None:
    table = listed(found).dropna(subset="contact_id").set_index("contact_id")
    known = people.set_index("contact_id").loc[table.index]
    assert len(table) == found.summary["contacts"] > 100
    assert table["email"].fillna("").tolist() == known["email"].fillna("").tolist()
    assert table["account_name"].notna().all()


def test_who_said_no_is_never_listed(found: ContactsRun, world: Path) -> None:
    crm = Crm.open(world / "work", threads=1)
    barred = crm.to_arrow(suppressed_contacts(crm, latest_instant(crm))).column(0).to_pylist()
    assert len(barred) > 10
    assert not set(listed(found)["contact_id"]) & set(barred)


def test_seed_contacts_who_said_no_are_not_used_and_that_is_said(
    find: Find, accounts: Path, people: pd.DataFrame, world: Path, tmp_path: Path
) -> None:
    crm = Crm.open(world / "work", threads=1)
    barred = crm.to_arrow(suppressed_contacts(crm, latest_instant(crm))).column(0).to_pylist()
    chosen = [sorted(barred)[0], *people.loc[~people["contact_id"].isin(barred), "contact_id"][:2]]
    pd.DataFrame({"contact_id": chosen}).to_csv(tmp_path / "vips.csv", index=False)
    run = find(accounts, PeopleAsked(tmp_path / "people.csv", tmp_path / "vips.csv"))
    assert "1 people are suppressed, opted out or not known yet: not used" in run.to_text()


def test_lines_that_are_no_account_are_said(found: ContactsRun) -> None:
    assert "1 lines are no account of the CRM" in found.to_text()
    assert found.exit_code == 0


def test_coverage_is_told_account_by_account(found: ContactsRun) -> None:
    table = listed(found, "coverage")
    assert table["account_id"].is_unique
    after, before = (table[f"coverage_{when}"].astype(float) for when in ("after", "before"))
    assert (after >= before).all()


def test_seed_contacts_by_id_or_mail_give_a_likeness(
    find: Find, accounts: Path, people: pd.DataFrame, tmp_path: Path
) -> None:
    wanted = people.dropna(subset=["email", "title"]).head(6)
    rows = [f"{one.contact_id}," for one in wanted[:3].itertuples()]
    rows += [f",{one.email.upper()}" for one in wanted[3:].itertuples()]
    (tmp_path / "vips.csv").write_text("\n".join(["contact_id,email", *rows, "C-none,"]) + "\n")
    asked = PeopleAsked(tmp_path / "people.csv", seed_contacts=tmp_path / "vips.csv")
    run = find(accounts, asked)
    assert run.summary["seeds"] == 6
    assert "1 lines are no contact of the CRM (rows 8)" in run.to_text()
    assert not set(listed(run)["contact_id"]) & set(wanted["contact_id"])
    assert listed(run)["similarity"].notna().any()


def test_personas_and_reasons_in_chinese(find: Find, accounts: Path, tmp_path: Path) -> None:
    personas = Path(__file__).parents[2] / "docs" / "examples" / "personas.yaml"
    asked = PeopleAsked(tmp_path / "people.csv", personas=personas)
    table = listed(find(accounts, asked, lang="zh"))
    assert {"采购", "市场负责人"} & set(table["人物画像"].dropna())
    assert table["理由"].dropna().str.contains("[一-鿿]").all()


def test_the_same_call_gives_the_same_bytes(
    find: Find, accounts: Path, found: ContactsRun, tmp_path: Path
) -> None:
    again = find(accounts, PeopleAsked(tmp_path / "people.csv"))
    for name, file in found.files.items():
        assert again.files[name].read_bytes() == file.read_bytes()


BAD: dict[str, tuple[str, type[Exception], str]] = {
    "no contacts": (
        "email\nnobody@nowhere.example\n",
        DataError,
        "none of its 1 lines is a contact",
    ),
    "no column": (
        "name\nAda\n",
        DataError,
        r"row 1: none of its 1 columns is named contact_id or email",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_seed_contacts_that_cannot_be_used_are_refused(
    case: str, world: Path, tmp_path: Path
) -> None:
    content, error, message = BAD[case]
    (tmp_path / "vips.csv").write_text(content)
    with pytest.raises(error, match=message):
        read_seed_contacts(tmp_path / "vips.csv", Crm.open(world / "work", threads=1))


def test_what_cannot_be_done_leaves_the_earlier_file(
    find: Find, accounts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "people.csv"
    out.write_text("earlier")
    with pytest.raises(DataError, match=r"nowhere\.csv: no such file"):
        find(accounts, PeopleAsked(out, seed_contacts=tmp_path / "nowhere.csv"))
    with pytest.raises(ParamsError, match=r"nowhere\.yaml: cannot be read"):
        find(accounts, PeopleAsked(out, personas=tmp_path / "nowhere.yaml"))
    (tmp_path / "none.csv").write_text("account_id\nnobody\n")
    with pytest.raises(DataError, match="none of its 1 lines is an account of the CRM; line 2"):
        find(tmp_path / "none.csv", PeopleAsked(out))
    for file in (accounts, accounts.with_name("x.csv")):
        read = accounts if file == accounts else accounts.with_name("x-coverage.csv")
        with pytest.raises(ParamsError, match="is read and would be written over"):
            find(read, PeopleAsked(file))
    assert out.read_text() == "earlier"


def test_the_command(abm: Callable[..., Any], world: Path, accounts: Path, tmp_path: Path) -> None:
    ended = abm(
        "contacts", "--accounts", accounts, "--data", world / "work",
        "--out", tmp_path / "people.csv",
    )  # fmt: skip
    assert ended.code == 0
    assert "of the buying committees' roles now" in ended.out
