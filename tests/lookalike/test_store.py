"""One contract for both kinds of vector store, and what sets them apart."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import TypeAlias

import faiss
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from abm_ml.errors import ArtefactError, DataError, ParamsError
from abm_ml.lookalike.store import VectorStore

ROWS, DIMENSION = 60_000, 16
KINDS = ("exact", "approximate")
Stores: TypeAlias = dict[str, VectorStore]


def companies(rows: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Ids and vectors in a few dozen groups of different size and length, some of them twice."""
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(60, DIMENSION)) * draw.uniform(0.2, 2, (60, 1))
    group = np.minimum(draw.geometric(0.05, rows), 60) - 1
    vectors = (centres[group] + 0.3 * draw.normal(size=(rows, DIMENSION))).astype(np.float32)
    vectors[rows // 2 : rows // 2 + rows // 50] = vectors[: rows // 50]
    return [f"A{i:06d}" for i in draw.permutation(rows)], vectors


IDS, VECTORS = companies(ROWS)
DIRECTIONS = np.random.default_rng(1).normal(size=(6, DIMENSION)).astype(np.float32)


@pytest.fixture(scope="module")
def stores() -> Stores:
    """A store of each kind over the same companies; don't change them."""
    return {kind: VectorStore.build(IDS, VECTORS, kind=kind) for kind in KINDS}


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, stores: Stores) -> VectorStore:
    return stores[request.param]


@pytest.fixture(params=KINDS)
def own(request: pytest.FixtureRequest, stores: Stores, tmp_path: Path) -> VectorStore:
    """A store that the test may change."""
    stores[request.param].save(tmp_path / "own")
    return VectorStore.load(tmp_path / "own")


def best_ids(store: VectorStore, k: int = 100) -> list[list[str]]:
    return [store.ids_at(found) for found in store.search(DIRECTIONS, k)[0]]


def share_found(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean([np.isin(t, f).mean() for f, t in zip(found, truth, strict=True)]))


def test_it_finds_rows_by_id(store: VectorStore):
    assert len(store) == ROWS
    assert store.dimension == DIMENSION
    assert store.ids.tolist() == IDS
    assert store.ids_at(np.array([7, 0])) == [IDS[7], IDS[0]]
    assert store.positions([IDS[7], "nobody", IDS[0]]).tolist() == [7, -1, 0]
    assert IDS[3] in store
    assert "nobody" not in store
    np.testing.assert_array_equal(store.vectors(np.array([5, 1])), VECTORS[[5, 1]])


def test_results_come_best_first_with_exact_inner_products(store: VectorStore):
    positions, products = store.search(DIRECTIONS, 500)
    assert positions.shape == products.shape == (6, 500)
    assert (np.diff(products) <= 0).all()
    assert all(len(set(found)) == 500 for found in positions.tolist())
    for found, product, direction in zip(positions, products, DIRECTIONS, strict=True):
        np.testing.assert_allclose(product, VECTORS[found] @ direction, rtol=1e-4, atol=1e-4)


def test_the_exact_kind_finds_the_very_best(stores: Stores):
    positions, _ = stores["exact"].search(DIRECTIONS, 1_000)
    every = stores["exact"].scores(DIRECTIONS)
    assert every.shape == (6, ROWS)
    np.testing.assert_allclose(every, DIRECTIONS @ VECTORS.T, rtol=1e-4, atol=1e-4)
    for found, scores in zip(positions, every, strict=True):
        assert scores[found].min() >= np.delete(scores, found).max()


def test_the_approximate_kind_states_a_recall_that_it_keeps(stores: Stores):
    exact, approximate = stores["exact"], stores["approximate"]
    assert exact.recall == 1.0
    assert 0.95 <= approximate.recall <= 1.0
    queries = np.vstack([DIRECTIONS, VECTORS[::1_000]])
    truth, found = (store.search(queries, 1_000)[0] for store in (exact, approximate))
    assert share_found(found, truth) >= approximate.recall - 0.03


def test_the_approximate_kind_looks_at_part_of_the_rows(stores: Stores):
    """Else comparing it with the exact kind would prove nothing."""
    queries = np.random.default_rng(3).normal(size=(60, DIMENSION)).astype(np.float32)
    truth, found = (stores[kind].search(queries, 1_000)[0] for kind in KINDS)
    assert share_found(found, truth) < 1


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.sampled_from((0.0, 1e-4, 0.01, 0.5, 0.9, 1.0)),
    st.booleans(),
    st.sampled_from((1, 50, 3_000)),
    st.integers(0, 9),
)
@example("approximate", 0.7, False, 500, 0)
@example("approximate", 0.9, True, 500, 0)
def test_filters_are_exact(
    stores: Stores, kind: str, share: float, unloved: bool, k: int, seed: int
):
    """Whatever the filter, no other row is found, and k are where there are k."""
    allowed = np.random.default_rng(seed).random(ROWS) < share
    if unloved:
        # Rows that the direction likes least: in the cells that it would visit last.
        allowed &= VECTORS @ DIRECTIONS[0] < 0
    positions, products = stores[kind].search(DIRECTIONS[:1], k, allowed)
    found = positions[0][positions[0] >= 0]
    assert allowed[found].all()
    assert len(set(found.tolist())) == len(found) == min(k, allowed.sum())
    assert (positions[0, len(found) :] == -1).all()
    assert np.isneginf(products[0, len(found) :]).all()


def test_a_filter_leaves_the_best_of_those_allowed(store: VectorStore, stores: Stores):
    allowed = np.random.default_rng(5).random(ROWS) < 0.6
    found = store.search(DIRECTIONS, 300, allowed)[0]
    truth = np.where(allowed, stores["exact"].scores(DIRECTIONS), -np.inf)
    assert share_found(found, np.argsort(-truth, axis=1)[:, :300]) >= 0.95


def test_equal_scores_are_ranked_by_id(store: VectorStore):
    copies = np.arange(ROWS // 50)
    twins = copies + ROWS // 2
    direction = VECTORS[:1] * 0
    direction[0, 0] = 1
    found = store.search(direction, 2_000)[0][0]
    rank = np.full(ROWS, -1)
    rank[found] = np.arange(2_000)
    both = (rank[copies] >= 0) & (rank[twins] >= 0)
    assert both.sum() > 10
    for copy, twin in zip(copies[both], twins[both], strict=True):
        assert (IDS[copy] < IDS[twin]) == (rank[copy] < rank[twin])


@pytest.mark.parametrize("kind", KINDS)
def test_row_order_and_threads_change_nothing(stores: Stores, kind: str):
    shuffled = np.random.default_rng(2).permutation(ROWS)
    other = VectorStore.build([IDS[i] for i in shuffled], VECTORS[shuffled], kind=kind, threads=1)
    assert best_ids(other, 1_000) == best_ids(stores[kind], 1_000)
    np.testing.assert_array_equal(
        other.search(DIRECTIONS, 1_000)[1], stores[kind].search(DIRECTIONS, 1_000)[1]
    )
    assert other.recall == stores[kind].recall


def test_many_equal_rows_are_cut_by_id():
    names = [f"N{i:04d}" for i in np.random.default_rng(0).permutation(3_000)]
    store = VectorStore.build(names, np.ones((3_000, 4), dtype=np.float32))
    assert store.ids[store.search(np.ones((1, 4)), 50)[0][0]].tolist() == sorted(names)[:50]


@pytest.mark.parametrize("dimension", [1, 3, 64, 67])
def test_a_score_does_not_depend_on_its_neighbours(dimension: int):
    vectors = np.random.default_rng(0).normal(size=(999, dimension)).astype(np.float32)
    names = [str(i) for i in range(999)]
    store = VectorStore.build(names, vectors)
    direction = vectors[:1] * 3
    every = store.scores(direction)[0]
    for part in (slice(1, None), slice(500, 503), slice(998, None)):
        alone = VectorStore.build(names[part], vectors[part])
        np.testing.assert_array_equal(alone.scores(direction)[0], every[part])


def test_changes_give_what_a_new_store_would(own: VectorStore):
    _, new = companies(600, seed=9)
    own.add([f"B{i:03d}" for i in range(600)], new)
    own.remove([*IDS[100:300], "B001"])
    own.update(IDS[:50], new[:50] * 2)
    own.update(["B500"], new[:1] * 3)
    vectors = np.vstack([VECTORS, new])
    vectors[:50], vectors[ROWS + 500] = new[:50] * 2, new[0] * 3
    kept = np.ones(ROWS + 600, dtype=bool)
    kept[[*range(100, 300), ROWS + 1]] = False
    names = np.array([*IDS, *(f"B{i:03d}" for i in range(600))])[kept]
    assert own.ids.tolist() == names.tolist()
    assert len(own) == kept.sum()
    np.testing.assert_array_equal(own.vectors(np.arange(len(own))), vectors[kept])
    new_store = VectorStore.build(names.tolist(), vectors[kept], kind="exact")
    queries = np.vstack([DIRECTIONS, vectors[[0, ROWS + 500, ROWS + 7]]])
    found, truth = (store.search(queries, 1_000) for store in (own, new_store))
    if own.kind == "exact":
        np.testing.assert_array_equal(found[0], truth[0])
        np.testing.assert_array_equal(found[1], truth[1])
    assert share_found(found[0], truth[0]) >= 0.95
    # Each new vector is the first found along itself where it is the longest.
    assert found[0][7, 0] == own.positions(["B500"])[0]


def test_a_changed_store_survives_saving(own: VectorStore, tmp_path: Path):
    own.add(["B1", "B2"], VECTORS[:2] + 1)
    own.remove(IDS[:500])
    own.update(["B2"], VECTORS[2:3])
    own.save(tmp_path / "new")
    for mmap in (True, False):
        loaded = VectorStore.load(tmp_path / "new", mmap=mmap)
        assert (loaded.kind, loaded.recall) == (own.kind, own.recall)
        assert loaded.ids.tolist() == own.ids.tolist()
        for saved, now in zip(
            loaded.search(DIRECTIONS, 500), own.search(DIRECTIONS, 500), strict=True
        ):
            np.testing.assert_array_equal(saved, now)


def test_saving_twice_writes_the_same_bytes(store: VectorStore, tmp_path: Path):
    store.save(tmp_path / "one")
    VectorStore.load(tmp_path / "one").save(tmp_path / "two")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_changes_in_memory_leave_the_files_alone(own: VectorStore, tmp_path: Path):
    before = {path: path.read_bytes() for path in (tmp_path / "own").iterdir()}
    own.update(IDS[:10], VECTORS[10:20])
    own.remove(IDS[20:30])
    assert {path: path.read_bytes() for path in before} == before


def test_the_array_given_is_never_written_to():
    vectors = VECTORS[:100].copy()
    store = VectorStore.build(IDS[:100], vectors)
    store.update(IDS[:1], VECTORS[50:51] * 2)
    np.testing.assert_array_equal(vectors, VECTORS[:100])


def test_growing_far_beyond_its_first_size():
    store = VectorStore.build(IDS[:10], VECTORS[:10])
    for start in range(10, 400, 13):
        store.add(IDS[start : start + 13], VECTORS[start : start + 13])
    store.update(IDS[:3], VECTORS[:3])
    np.testing.assert_array_equal(store.vectors(np.arange(len(store))), VECTORS[: len(store)])


@pytest.mark.parametrize(
    "name", ["store.json", "ids.parquet", "vectors.npy", "cells.faiss", "cells.npz"]
)
def test_a_changed_file_is_refused(stores: Stores, tmp_path: Path, name: str):
    stores["approximate"].save(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[-3] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        ArtefactError, match=rf"{name}: (changed since it was saved|not a file of ours)"
    ):
        VectorStore.load(tmp_path)


@pytest.mark.parametrize("name", ["store.json", "ids.parquet", "vectors.npy", "checksums.json"])
def test_a_missing_file_is_named(stores: Stores, tmp_path: Path, name: str):
    stores["exact"].save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ArtefactError, match=f"{name}: missing"):
        VectorStore.load(tmp_path)


def test_another_version_is_refused(tmp_path: Path):
    VectorStore.build(["A"], VECTORS[:1]).save(tmp_path)
    facts = (tmp_path / "store.json").read_text().replace('"version": 2', '"version": 99')
    (tmp_path / "store.json").write_text(facts)
    with pytest.raises(ArtefactError, match="version 99, this program reads 2"):
        VectorStore.load(tmp_path)


def search_in_another_process(folder: Path) -> list[list[str]]:
    return best_ids(VectorStore.load(folder))


def test_a_spawned_process_finds_the_same(store: VectorStore, tmp_path: Path):
    store.save(tmp_path)
    here = best_ids(store)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(search_in_another_process, (tmp_path,)) == here


def test_threads_of_faiss_are_left_as_they_were(store: VectorStore):
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(2)
    try:
        store.search(DIRECTIONS, 10)
        assert faiss.omp_get_max_threads() == 2
    finally:
        faiss.omp_set_num_threads(before)


def test_small_stores_are_exact_and_tell_nothing():
    told: list[str] = []
    store = VectorStore.build(IDS[:5], VECTORS[:5], progress=told.append)
    assert store.kind == "exact"
    assert told == []


@pytest.mark.parametrize("rows", [1, 30])
def test_an_approximate_store_may_be_tiny(rows: int):
    store = VectorStore.build(IDS[:rows], VECTORS[:rows], kind="approximate")
    positions, _ = store.search(DIRECTIONS[:1], rows + 2)
    assert sorted(positions[0].tolist()) == [-1, -1, *range(rows)]
    assert store.recall == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.add([IDS[0]], VECTORS[:1]), "here already"),
        (lambda s: s.add(["new", "new"], VECTORS[:2]), "'new': given more than once"),
        (lambda s: s.add(["new"], VECTORS[:2]), r"shape \(2, 16\), expected \(1, 16\)"),
        (lambda s: s.add(["new"], VECTORS[:1] * np.nan), "'new' holds a number that is missing"),
        (lambda s: s.update(["nobody"], VECTORS[:1]), "'nobody': not in the store"),
        (lambda s: s.update([IDS[0]] * 2, VECTORS[:2]), "given more than once"),
        (lambda s: s.remove(["w", "x", "y", "z"]), r"'w', 'x', 'y' \(and 1 more\): not in"),
        (lambda s: s.search(DIRECTIONS[:, :3], 1), r"expected \(m, 16\)"),
        (lambda s: s.search(DIRECTIONS * np.inf, 1), "missing or infinite"),
        (lambda s: s.search(DIRECTIONS, 1, np.ones(3, dtype=bool)), r"allowed has shape \(3,\)"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(store: VectorStore, change, message):
    with pytest.raises(DataError, match=message):
        change(store)
    assert len(store) == ROWS
    assert store.ids.tolist() == IDS


def test_impossible_arguments_are_refused(store: VectorStore):
    with pytest.raises(ParamsError, match="k must be at least 1"):
        store.search(DIRECTIONS, 0)
    with pytest.raises(ParamsError, match="no such kind: 'fast'"):
        VectorStore.build(IDS[:2], VECTORS[:2], kind="fast")
    with pytest.raises(DataError, match="at least one row"):
        VectorStore.build([], np.empty((0, 4), dtype=np.float32))
    with pytest.raises(DataError, match="given more than once"):
        VectorStore.build(["A", "A"], VECTORS[:2])


def test_a_store_may_lose_all_its_rows(own: VectorStore, tmp_path: Path):
    own.remove(IDS)
    assert (own.search(DIRECTIONS, 3)[0] == -1).all()
    own.save(tmp_path / "empty")
    assert len(VectorStore.load(tmp_path / "empty")) == 0


def test_a_removed_id_can_come_back(own: VectorStore):
    own.remove(IDS[:1])
    assert IDS[0] not in own
    own.add(IDS[:1], VECTORS[:1] * 100)
    assert own.positions(IDS[:1]).tolist() == [ROWS - 1]
    assert own.search(VECTORS[:1], 1)[0].tolist() == [[ROWS - 1]]
