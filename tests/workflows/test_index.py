"""Building the look-alike index: what goes in, what stays out, where it lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ArtefactError, DataError, OutputError
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.tracking.indexes import IndexStore
from abm_ml.tracking.store import open_store
from abm_ml.workflows.expand import expand
from abm_ml.workflows.index import IndexBuild, index
from abm_ml.workflows.universe import NEW, read_universe


def accounts_of(work: Path) -> pd.DataFrame:
    return pd.read_parquet(work / "canonical" / "accounts.parquet")


@pytest.fixture(scope="module")
def built(indexed: IndexBuild) -> IndexBuild:
    return indexed


def test_every_account_is_in_it_and_marked_as_known(
    built: IndexBuild, indexed_in: Path, world: Path
) -> None:
    loaded, name = IndexStore(indexed_in).load(threads=1)
    assert name == built.version == IndexStore(indexed_in).current()
    assert sorted(loaded.ids) == sorted(accounts_of(world / "work")["account_id"])
    assert loaded.accounts["in_crm"].all()
    assert built.to_dict()["accounts"] == {"accounts": 400, "crm": 400}


def test_companies_are_not_compared_by_what_is_rewritten_for_customers(
    built: IndexBuild, world: Path
) -> None:
    given = accounts_of(world / "work").columns
    rewritten = {"lifecycle_stage", "customer_health", "last_contacted_at", "account_type"}
    assert rewritten <= set(given)
    assert not rewritten & set(built.columns)
    assert {"industry", "country", "keywords"} <= set(built.columns)


def test_a_stable_column_that_is_filled_in_for_customers_is_kept_out_with_the_evidence(
    busy_work: Path, tmp_path: Path
) -> None:
    found = index(busy_work, Params(threads=1), tmp_path / "models")
    assert list(found.kept_out) == ["sub_industry"]
    assert "filled for one class" in found.kept_out["sub_industry"]
    assert "sub_industry" not in found.columns
    trusted = Params.model_validate(
        {"threads": 1, "propensity": {"allow_columns": ["sub_industry"]}}
    )
    assert "sub_industry" in index(busy_work, trusted, tmp_path / "models").columns


def test_columns_can_be_excluded_by_name(world: Path, tmp_path: Path) -> None:
    params = Params.model_validate({"lookalike": {"exclude_columns": ["keywords"]}})
    assert "keywords" not in read_universe(Crm.open(world / "work", threads=1), params).traits


def test_the_run_is_on_record_without_any_company(
    built: IndexBuild, indexed_in: Path, world: Path
) -> None:
    run = open_store(indexed_in).get_run(built.run_id)
    assert run.data.metrics["accounts"] == 400
    assert run.data.metrics["recall"] == 1.0
    assert run.data.tags["version"] == built.version
    told = json.dumps([run.data.params, run.data.tags])
    assert not [name for name in accounts_of(world / "work")["name"] if name in told]


def test_the_same_data_give_the_same_index(
    built: IndexBuild, world: Path, params: Params, tmp_path: Path
) -> None:
    again = index(world / "work", params, tmp_path / "models")
    assert again.version == built.version


def test_a_rebuild_keeps_the_version_before_and_no_older_one(tmp_path: Path) -> None:
    store = IndexStore(tmp_path / "models")
    made = []
    for shift in (1, 2, 3):
        accounts = pd.DataFrame(
            {
                "account_id": [f"a{n}" for n in range(40)],
                "industry": [f"i{n * shift % 7}" for n in range(40)],
            }
        )
        made.append(
            store.register(LookalikeIndex(threads=1).fit(accounts), datetime(2025, 1, shift))
        )
    folders = {path.name for path in store.folder.iterdir() if path.is_dir()}
    assert folders == set(made[1:])
    assert store.current() == made[-1]
    assert store.seen_until() == datetime(2025, 1, 3)


def test_a_changed_file_is_refused(
    indexed_in: Path, tmp_path: Path, copied: Callable[[Path], Path]
) -> None:
    models = copied(indexed_in)
    store = IndexStore(models)
    file = store.folder / str(store.current()) / "accounts.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(ArtefactError, match=r"accounts\.parquet.*SHA-256 differs.*abm index"):
        store.load()


def test_without_an_index_the_remedy_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no look-alike index yet; run  abm index"):
        IndexStore(tmp_path).load()


def test_a_directory_that_cannot_be_written_leaves_the_index_as_it_is(
    world: Path, params: Params, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(OutputError, match="models: cannot be written"):
        index(world / "work", params, tmp_path / "models")


# --- a bought list -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bought(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten companies of the CRM under other spellings, two that are new, one of them twice."""
    ours = accounts_of(world / "work").dropna(subset=["domain", "industry"])
    ours = ours[~ours["name"].duplicated(keep=False)].head(10)
    rows = pd.DataFrame(
        {
            "id": range(1, 11),  # the vendor's own, which are none of ours
            "Company": ours["name"].str.upper(),
            "Website": "https://www." + ours["domain"] + "/about",
            "Industry": ours["industry"],
            "Employees": "500-1000",
        }
    )
    new = [
        (11, "Wholly Unheard Of GmbH", "unheard-of.example", "Software", "1,200"),
        (12, "Never Seen Before Ltd", "never-seen.example", "Retail", None),
        (13, "Never seen before", "www.never-seen.example", "Retail", None),
    ]
    file = tmp_path_factory.mktemp("bought") / "list.csv"
    pd.concat([rows, pd.DataFrame(new, columns=rows.columns)]).to_csv(file, index=False)
    return file


def test_a_bought_list_adds_the_companies_that_the_crm_does_not_have(
    world: Path, bought: Path
) -> None:
    found = read_universe(Crm.open(world / "work", threads=1), Params(), bought)
    assert found.counts == {"crm": 400, "bought": 13, "in_crm": 10, "unclear": 0, "new": 2,
        "repeated": 1,
    }  # fmt: skip
    new = found.accounts[found.accounts["in_crm"].eq(False)].set_index("name")
    assert set(new.index) == {"Wholly Unheard Of GmbH", "Never Seen Before Ltd"}
    assert new["account_id"].str.startswith(NEW).all()
    assert new.loc["Wholly Unheard Of GmbH", "employees"] == 1200
    assert found.accounts["account_id"].is_unique


def test_companies_that_share_a_domain_but_no_name_are_kept_apart(
    world: Path, tmp_path: Path
) -> None:
    rows = [
        ("Nordic Sails", "one-group.example"),
        ("Tidal Bakery", "shop.one-group.example"),
        ("Plum Garage", "facebook.com/plum"),
        ("Quince Garage", "facebook.com/quince"),
    ]
    table = pd.DataFrame(rows, columns=["name", "domain"]).assign(industry="Retail")
    table.to_csv(tmp_path / "list.csv", index=False)
    found = read_universe(Crm.open(world / "work", threads=1), Params(), tmp_path / "list.csv")
    assert (found.counts["new"], found.counts["repeated"]) == (4, 0)
    assert {name for name, _ in rows} <= set(found.accounts["name"])


def test_ids_of_new_companies_stay_when_the_list_comes_again_in_another_order(
    world: Path, bought: Path, tmp_path: Path
) -> None:
    crm = Crm.open(world / "work", threads=1)
    first = read_universe(crm, Params(), bought).accounts
    pd.read_csv(bought)[::-1].to_csv(tmp_path / "again.csv", index=False)
    again = read_universe(crm, Params(), tmp_path / "again.csv").accounts
    assert again["account_id"].tolist() == first["account_id"].tolist()


def test_a_bought_row_fills_the_gaps_of_our_account(tmp_path: Path, world: Path) -> None:
    ours = accounts_of(world / "work")
    gap = ours[ours["revenue"].isna()].iloc[0]
    row = {"account_id": gap["account_id"], "name": "Whatever", "revenue": "5千万"}
    pd.DataFrame([row]).to_csv(tmp_path / "list.csv", index=False)
    found = read_universe(Crm.open(world / "work", threads=1), Params(), tmp_path / "list.csv")
    filled = found.accounts.set_index("account_id").loc[gap["account_id"]]
    assert filled["revenue"] == 50_000_000
    assert filled["name"] == gap["name"]
    assert found.counts["in_crm"] == 1


BAD: dict[str, tuple[str, str]] = {
    "no name": ("city\nParis\n", r"list\.csv.*required column 'name' is missing"),
    "no rows": ("name,city\n", r"list\.csv.*no rows"),
    "empty": ("", r"list\.csv.*empty"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_list_that_cannot_be_used_is_refused_by_its_own_name(
    case: str, tmp_path: Path, world: Path
) -> None:
    content, message = BAD[case]
    (tmp_path / "list.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        read_universe(Crm.open(world / "work", threads=1), Params(), tmp_path / "list.csv")


def test_a_list_that_is_not_there_is_said(
    tmp_path: Path, abm: Callable[..., Any], world: Path
) -> None:
    ended = abm("index", "--data", world / "work", "--models", tmp_path / "models",
                "--universe", tmp_path / "nowhere.csv")  # fmt: skip
    assert ended.code == 2
    assert "nowhere.csv: no such file" in ended.err
    assert not (tmp_path / "models").exists()


def test_new_companies_can_be_asked_for_alone(
    world: Path, bought: Path, params: Params, tmp_path: Path
) -> None:
    index(world / "work", params, tmp_path / "models", universe=bought)
    ours = accounts_of(world / "work")
    seeds = ours[ours["industry"] == "Software"]["account_id"].head(8)
    (tmp_path / "seeds.csv").write_text("account_id\n" + "\n".join(seeds) + "\n")
    where = {"data": world / "work", "models": tmp_path / "models"}
    found = expand(
        tmp_path / "seeds.csv", tmp_path / "new.csv", params, k=10, new_only=True, **where
    )
    table = pd.read_csv(tmp_path / "new.csv", encoding="utf-8-sig")
    assert set(table["name"]) == {"Wholly Unheard Of GmbH", "Never Seen Before Ltd"}
    assert set(table["in_crm"]) == {"new"}
    assert table["name"].iloc[0] == "Wholly Unheard Of GmbH"  # software, as the seeds are
    assert found.summary["left_out"]["in_crm"] > 200
    assert "cannot be measured" in found.to_text()
    assert found.summary["expected"] is None
    page = (tmp_path / "new.html").read_text(encoding="utf-8")
    assert "are expected to hold" not in page


def test_competitors_and_closed_companies_of_a_bought_list_are_not_listed(
    world: Path, params: Params, tmp_path: Path
) -> None:
    names = ["Plain Harbour", "Rival Harbour", "Closed Harbour"]
    table = pd.DataFrame(
        {
            "name": names,
            "account_type": ["Prospect", "Competitor", "Prospect"],
            "status": ["operating", "operating", "revoked"],
            "industry": "Software",
            "country": "Canada",
        }
    )
    table.to_csv(tmp_path / "list.csv", index=False)
    index(world / "work", params, tmp_path / "models", universe=tmp_path / "list.csv")
    ours = accounts_of(world / "work")
    ours[ours["industry"].eq("Software")]["account_id"].head(20).to_csv(
        tmp_path / "seeds.csv", index=False
    )
    where = {"data": world / "work", "models": tmp_path / "models"}
    found = expand(
        tmp_path / "seeds.csv", tmp_path / "new.csv", params, k=10, new_only=True, **where
    )
    assert pd.read_csv(found.files["list"])["name"].tolist() == ["Plain Harbour"]
    assert found.summary["left_out"]["not_operating"] >= 1
