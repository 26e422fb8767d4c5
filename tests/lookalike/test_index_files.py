"""An index on disk."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import ArtefactError
from abm_ml.lookalike.index import LookalikeIndex

FILES = ("index.json", "arrays.npz", "facts.npz", "accounts.parquet", "vectors/vectors.npy")


@pytest.fixture(scope="module")
def saved(index: LookalikeIndex, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index on disk; don't change it."""
    folder = tmp_path_factory.mktemp("index")
    index.save(folder)
    return folder


@pytest.fixture
def own(saved: Path, tmp_path: Path) -> Path:
    """A copy that the test may change."""
    return Path(shutil.copytree(saved, tmp_path / "own"))


def found_in_a_process(folder: Path, seeds: list[str], threads: int) -> str:
    return LookalikeIndex.load(folder, threads=threads).expand(seeds, 50).to_csv()


@pytest.mark.parametrize("mmap", [True, False])
def test_a_loaded_index_finds_the_same(index, saved: Path, members, mmap: bool):
    again = LookalikeIndex.load(saved, threads=1, mmap=mmap)
    assert (len(again), again.version, again.kind) == (len(index), index.version, index.kind)
    assert again.ids == index.ids
    for seeds in (members("legal", 4), members("工业", 6)):
        where = {"country": ["US", "CN", "GB"], "employees": (50, None)}
        one, other = (each.expansion(seeds, 60, where=where) for each in (index, again))
        pd.testing.assert_frame_equal(one.accounts, other.accounts)
        pd.testing.assert_frame_equal(one.curve, other.curve)
        pd.testing.assert_frame_equal(one.traits, other.traits)
        assert one.summary == other.summary


def test_new_accounts_are_embedded_as_before(own_index, accounts, tmp_path: Path):
    own_index.save(tmp_path / "index")
    again = LookalikeIndex.load(tmp_path / "index")
    new = accounts.iloc[240:250]
    for each in (own_index, again):
        each.add(new)
    ids = new["account_id"].tolist()
    np.testing.assert_array_equal(own_index.vectors(ids), again.vectors(ids))


def test_it_is_saved_the_same_again(saved: Path, tmp_path: Path):
    LookalikeIndex.load(saved).save(tmp_path / "again")
    sums = [folder / "index-checksums.json" for folder in (saved, tmp_path / "again")]
    assert sums[0].read_text() == sums[1].read_text()


def test_a_spawned_process_finds_the_same_with_other_threads(index, saved: Path, members):
    seeds = members("fintech", 12)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(found_in_a_process, (saved, seeds, 2))
    assert found == index.expand(seeds, 50).to_csv()


def test_columns_of_all_kinds_come_back(tmp_path: Path):
    table = pd.DataFrame(
        {
            "account_id": [f"A{i}" for i in range(40)],
            "array": ["a", "b", "c", "d"] * 10,
            "mixed": [1, "one", None, 2.5] * 10,
            "sets": [{"x", "y"}, frozenset("x"), None, ("y",)] * 10,
            "arrays": [np.array(["x"]), None] * 20,
            "dates": pd.date_range("2020-01-01", periods=40, tz="Asia/Shanghai"),
            "levels": pd.Categorical(["高", "低"] * 20),
            "flag": pd.array([True, None] * 20, dtype="boolean"),
            "empty": [None] * 40,
        }
    )
    index = LookalikeIndex(threads=1).fit(table)
    index.save(tmp_path)
    again = LookalikeIndex.load(tmp_path)
    for where in ({"mixed": "one"}, {"sets": "x"}, {"dates": ("2020-01-05", None)}, {"flag": 1}):
        one, other = (each.expand(["A0", "A4"], 50, where=where) for each in (index, again))
        pd.testing.assert_frame_equal(one, other)


def test_descriptions_are_learned_from_and_not_kept(accounts: pd.DataFrame, tmp_path: Path):
    secret = accounts.assign(description=accounts["description"] + " zebrastripes")
    index = LookalikeIndex(threads=1).fit(secret.iloc[:240])
    assert "zebrastripes" in index.facts.values
    assert set(secret.columns) - set(index.accounts.columns) == {"description"}
    index.save(tmp_path)
    kept = pd.read_parquet(tmp_path / "accounts.parquet")
    assert "description" not in kept
    assert set(index.accounts.columns) == set(kept.columns)


def test_the_only_column_may_be_called_array(tmp_path: Path):
    table = pd.DataFrame({"account_id": list("abcdef"), "array": [1.0, 2, 3, 4, 5, 6]})
    index = LookalikeIndex().fit(table)
    index.save(tmp_path)
    assert LookalikeIndex.load(tmp_path).expand(["a"], 3).equals(index.expand(["a"], 3))


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(own: Path, name: str):
    content = bytearray((own / name).read_bytes())
    content[len(content) // 2] ^= 1
    (own / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=f"{Path(name).name}.*changed since it was"):
        LookalikeIndex.load(own)


@pytest.mark.parametrize("name", [*FILES, "index-checksums.json"])
def test_a_missing_file_is_refused(own: Path, name: str):
    (own / name).unlink()
    with pytest.raises(ArtefactError, match=f"{Path(name).name}.*missing"):
        LookalikeIndex.load(own)


def test_files_of_two_indexes_do_not_mix(own: Path, own_index, tmp_path: Path):
    own_index.save(tmp_path / "other")
    shutil.rmtree(own / "vectors")
    shutil.copytree(tmp_path / "other" / "vectors", own / "vectors")
    with pytest.raises(ArtefactError, match="changed since it was saved"):
        LookalikeIndex.load(own)


def test_checksums_that_are_none_are_refused(own: Path):
    (own / "index-checksums.json").write_text("{", encoding="utf-8")
    with pytest.raises(ArtefactError, match="not a file of ours"):
        LookalikeIndex.load(own)


def test_another_versions_index_is_refused(own: Path):
    state = json.loads((own / "index.json").read_text(encoding="utf-8"))
    (own / "index.json").write_text(json.dumps({**state, "format": "abm 0"}), encoding="utf-8")
    sums = json.loads((own / "index-checksums.json").read_text())
    sums["index.json"] = hashlib.sha256((own / "index.json").read_bytes()).hexdigest()
    (own / "index-checksums.json").write_text(json.dumps(sums))
    with pytest.raises(ArtefactError, match="written as 'abm 0', this program reads"):
        LookalikeIndex.load(own)


def test_a_folder_without_an_index_is_refused(tmp_path: Path):
    with pytest.raises(ArtefactError, match="missing; run  abm index"):
        LookalikeIndex.load(tmp_path / "nowhere")
