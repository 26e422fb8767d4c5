"""A scored list on its way out: everything that may, nobody who must not, or nothing at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts, suppressed_contacts
from abm_ml.errors import DataError, OutputError, ParamsError
from abm_ml.exports.formats import FORMATS
from abm_ml.workflows.export import ExportRun, export
from abm_ml.workflows.score import score

AS_OF = "2025-10-01"
HELD_OUT = Params.model_validate({"threads": 1, "scoring": {"holdout_share": 0.2}})

Send = Callable[..., ExportRun]


@pytest.fixture(scope="module")
def tal(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world's list by rules alone, a fifth of it held out."""
    folder = tmp_path_factory.mktemp("scored")
    score(world / "work", folder / "tal", HELD_OUT, folder / "models", as_of=AS_OF)
    return folder / "tal"


@pytest.fixture
def send(world: Path, tal: Path, tmp_path: Path) -> Send:
    def run(to: str, *, data: Path = world / "work", out: str = "out", **options: Any) -> ExportRun:
        return export(tal, data, tmp_path / out, HELD_OUT, to=to, **options)

    return run


def texts_of(run: ExportRun) -> str:
    """All that was written, of workbooks what is inside them."""
    found = []
    for file in run.summary["files"]:
        path = run.out / file["name"]
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found += [book.read(name).decode("utf-8") for name in book.namelist()]
        else:
            found.append(path.read_text(encoding="utf-8-sig"))
    return "\n".join(found)


@pytest.fixture(scope="module")
def must_stay(world: Path, tal: Path) -> set[str]:
    """What names people and companies that must not leave: ids, domains, mailboxes, hashes."""
    crm = Crm.open(world / "work", threads=1)
    when = pd.Timestamp(AS_OF).to_pydatetime()
    people = crm.to_arrow(
        crm.table("contacts")
        .semi_join(suppressed_contacts(crm, when), "contact_id")
        .select("contact_id", "email")
    ).to_pandas()
    companies = crm.to_arrow(suppressed_accounts(crm, when))["account_id"].to_pylist()
    listed = pd.read_parquet(tal / "tal.parquet", columns=["account_id", "holdout"])
    held_out = listed.loc[listed["holdout"].astype(bool), "account_id"].tolist()
    assert min(len(people), len(companies), len(held_out)) > 3
    emails = [email.lower() for email in people["email"].dropna()]
    hashed = [
        hashlib.new(name, email.encode()).hexdigest()
        for email in emails
        for name in ("md5", "sha256")
    ]
    return {*people["contact_id"], *emails, *hashed, *companies, *held_out}


@pytest.mark.parametrize("to", FORMATS)
def test_whoever_must_stay_is_in_no_format(to: str, send: Send, must_stay: set[str]) -> None:
    run = send(to)
    text = texts_of(run)
    assert run.summary["rows"] > 50
    assert not [one for one in must_stay if one in text]
    assert run.summary["left_out"]["accounts"]["holdout"] > 3


def test_suppression_is_read_when_the_list_leaves(
    world: Path, tal: Path, send: Send, tmp_path: Path
) -> None:
    work = Path(shutil.copytree(world / "work", tmp_path / "work"))
    listed = pd.read_parquet(tal / "tal.parquet", columns=["account_id", "holdout"])
    free = listed.loc[~listed["holdout"].astype(bool), "account_id"].iloc[0]
    file = work / "canonical" / "suppressions.parquet"
    stop = {"kind": "account", "value": free, "reason": "asked us to"}
    pd.concat([pd.read_parquet(file), pd.DataFrame([stop])]).to_parquet(file)
    assert free in texts_of(send("salesforce"))
    later = send("salesforce", data=work)
    assert free not in texts_of(later)
    assert later.summary["left_out"]["accounts"]["suppressed"] == 1


def test_accounts_of_the_excluded_table_stay_whatever_the_list_says(
    tal: Path, send: Send, tmp_path: Path, world: Path
) -> None:
    copy = Path(shutil.copytree(tal, tmp_path / "tal"))
    table = pq.read_table(copy / "excluded.parquet")
    listed = pq.read_table(copy / "tal.parquet")["account_id"].to_pylist()
    frame = table.slice(0, 1).to_pandas().assign(account_id=listed[0])
    frame.to_parquet(copy / "excluded.parquet")
    run = export(copy, world / "work", tmp_path / "out", HELD_OUT, to="salesforce")
    assert listed[0] not in texts_of(run)
    assert run.summary["left_out"]["accounts"]["excluded"] == 1


def test_the_own_company_is_that_of_the_run_whatever_params_the_export_gets(
    tal: Path, world: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(tal, tmp_path / "tal"))
    run = json.loads((copy / "run.json").read_text(encoding="utf-8"))
    assert run["own_domains"] == []
    listed = export(copy, world / "work", tmp_path / "out", HELD_OUT, to="linkedin-contacts")
    ours = pd.read_csv(listed.out / listed.summary["files"][0]["name"])["email"].dropna().iloc[0]
    own = {"own_domains": [ours.split("@")[1]]}
    (copy / "run.json").write_text(json.dumps(run | own), encoding="utf-8")
    again = export(copy, world / "work", tmp_path / "again", HELD_OUT, to="linkedin-contacts")
    assert ours in texts_of(listed)
    assert own["own_domains"][0] not in texts_of(again)


def test_counts_add_up(send: Send) -> None:
    told = send("hubspot").summary
    (accounts, contacts) = told["files"]
    out = told["left_out"]
    assert accounts["rows"] + sum(out["accounts"].values()) == told["accounts"]
    assert contacts["rows"] + sum(out["contacts"].values()) == told["contacts"]
    people = send("google").summary
    left = sum(people["left_out"]["contacts"].values()) + sum(people["left_out"]["rows"].values())
    assert people["rows"] + left == people["contacts"]


def test_a_limit_that_is_broken_is_a_warning_for_the_job(send: Send) -> None:
    run = send("hashed", platform="baidu")
    assert run.exit_code == 3
    assert "Baidu asks for at least 5,000" in run.to_text()
    assert "Baidu 要求至少 5,000 行" in send("hashed", platform="baidu", lang="zh").to_text()
    assert send("6sense").exit_code == 0


@pytest.mark.parametrize("to", ["salesforce", "google", "xlsx"])
def test_the_same_list_gives_the_same_bytes(to: str, send: Send) -> None:
    first, again = (send(to, out=name) for name in ("one", "two"))
    for file in first.summary["files"]:
        name = file["name"]
        assert (first.out / name).read_bytes() == (again.out / name).read_bytes()


def test_what_cannot_be_done_leaves_the_earlier_files(
    tal: Path, world: Path, send: Send, tmp_path: Path
) -> None:
    earlier = send("6sense")
    before = {path.name: path.read_bytes() for path in earlier.out.iterdir()}
    with pytest.raises(ParamsError, match="to must be one of"):
        send("myspace")
    with pytest.raises(DataError, match=r"no scored list here .*run  abm score"):
        export(tmp_path, world / "work", earlier.out, HELD_OUT, to="6sense")
    with pytest.raises(DataError, match="no prepared tables here"):
        export(tal, tmp_path, earlier.out / "x", HELD_OUT, to="6sense")
    assert {path.name: path.read_bytes() for path in earlier.out.iterdir()} == before


def test_what_is_read_is_not_written_over(tal: Path, world: Path) -> None:
    for out in (tal, tal.parent, world / "work"):
        with pytest.raises(OutputError, match="is read and would be replaced"):
            export(tal, world / "work", out, HELD_OUT, to="6sense")


def test_an_empty_list_is_said(tal: Path, world: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tal, tmp_path / "tal"))
    table = pq.read_table(copy / "tal.parquet")
    pq.write_table(table.slice(0, 0), copy / "tal.parquet")
    for to in FORMATS:
        run = export(copy, world / "work", tmp_path / "out", HELD_OUT, to=to)
        assert run.exit_code == 3
        assert run.summary["rows"] == 0


def test_the_command(abm: Callable[..., Any], world: Path, tal: Path, tmp_path: Path) -> None:
    words = (tal, "--data", world / "work", "--out", tmp_path / "out")
    ended = abm("export", *words, "--to", "hashed", "--platform", "tencent", "--identifier",
                "email", "--json")  # fmt: skip
    told = json.loads(ended.out)
    assert ended.code == 0
    assert told["files"][0]["name"] == "tencent-email-md5.txt"
    digests = (tmp_path / "out" / "tencent-email-md5.txt").read_text().split()
    assert len(digests) == told["rows"] == len(set(digests))
    assert all(len(one) == 32 for one in digests)
    shown = abm("export", *words, "--to", "linkedin")
    assert "rows written for linkedin" in shown.out
    assert "held out" in shown.out
    assert abm("export", *words, "--to", "nowhere").code == 2
