"""A look-alike index as files: JSON, arrays and Parquet with checksums, nothing that runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix

from abm_ml.errors import ArtefactError
from abm_ml.lookalike import store_files
from abm_ml.lookalike.contents import Contents, Learned
from abm_ml.lookalike.embedding import Embedding
from abm_ml.lookalike.facts import Facts
from abm_ml.lookalike.store import VectorStore

if TYPE_CHECKING:
    from abm_ml.lookalike.index import LookalikeIndex

FORMAT = "abm_ml look-alike index 1"
STATE, ARRAYS, FACTS, ACCOUNTS = "index.json", "arrays.npz", "facts.npz", "accounts.parquet"
CHECKSUMS = "index-checksums.json"
STORE = "vectors"
STORE_CHECKSUMS = f"{STORE}/{store_files.CHECKSUMS}"
CHECKED = (STATE, ARRAYS, FACTS, ACCOUNTS, STORE_CHECKSUMS)
"""The store checks its own files; its checksums here tie it to this index."""


_REMEDY = "run  abm index  again, or restore it from a backup"
_Index = TypeVar("_Index", bound="LookalikeIndex")


def write_index(index: LookalikeIndex, folder: Path) -> None:
    """Write an index to a directory; the caller sees to it that it appears as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {}
    plain = {
        "format": FORMAT,
        "version": index.version,
        "options": {
            "kind": index.requested_kind,
            "columns": sorted(index.columns) if index.columns is not None else None,
            "weights": dict(index.weights) if index.weights is not None else None,
            "seed": index.seed,
        },
        "embedding": _without_arrays(index.embedding.state(), arrays),
        "facts": index.facts.state(),
    }
    text = json.dumps(plain, ensure_ascii=False)
    (folder / STATE).write_text(text + "\n", encoding="utf-8")
    held = index._contents
    arrays["variance"], arrays["fact_shares"] = held.learned.variance, held.learned.fact_shares
    np.savez(folder / ARRAYS, **arrays, numbers=held.numbers)
    matrix = held.matrix
    np.savez(folder / FACTS, indptr=matrix.indptr, indices=matrix.indices, shape=matrix.shape)
    pq.write_table(pa.Table.from_pandas(held.accounts, preserve_index=False), folder / ACCOUNTS)
    held.store.save(folder / STORE)
    sums = {name: _sha256(folder / name) for name in CHECKED}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")


def read_index(kind: type[_Index], folder: Path, *, threads: int, mmap: bool) -> _Index:
    """Read an index back.

    Raises
    ------
    ArtefactError
        If a file is missing or was changed, or another version wrote it.
    """
    _check(folder)
    plain = json.loads((folder / STATE).read_text(encoding="utf-8"))
    if plain.get("format") != FORMAT:
        raise ArtefactError(
            f"{folder / STATE}: written as {plain.get('format')!r}, this program reads {FORMAT!r}; "
            "run  abm index  again"
        )
    index = kind(**plain["options"], threads=threads)
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        learned = Learned(
            Embedding.from_state(_with_arrays(plain["embedding"], arrays)),
            Facts.from_state(plain["facts"]),
            arrays["fact_shares"],
            arrays["variance"],
        )
        numbers = arrays["numbers"]
    with np.load(folder / FACTS, allow_pickle=False) as saved:
        indices, indptr, shape = saved["indices"], saved["indptr"], tuple(saved["shape"])
    ones = np.ones(len(indices), dtype=np.float32)
    matrix = csr_matrix((ones, indices, indptr), shape=shape)
    store = VectorStore.load(folder / STORE, mmap=mmap, threads=threads)
    accounts = pq.read_table(folder / ACCOUNTS).to_pandas()
    index._held = Contents(learned, accounts, store, matrix, numbers, seed=index.seed)
    return index


def _check(folder: Path) -> None:
    sums_path = folder / CHECKSUMS
    if not sums_path.is_file():
        raise ArtefactError(f"{sums_path}: missing; {_REMEDY}")
    try:
        sums = json.loads(sums_path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ArtefactError(f"{sums_path}: not a file of ours; {_REMEDY}") from error
    for name in CHECKED:
        path = folder / name
        if not path.is_file():
            raise ArtefactError(f"{path}: missing; {_REMEDY}")
        if sums.get(name) != _sha256(path):
            raise ArtefactError(f"{path}: changed since it was saved (SHA-256 differs); {_REMEDY}")


def _without_arrays(state: Any, arrays: dict[str, Any], path: str = "embedding") -> Any:
    """Plain values with every array put aside under its path."""
    if isinstance(state, np.ndarray):
        arrays[path] = state
        return {"array": path}
    if isinstance(state, dict):
        return {
            name: _without_arrays(value, arrays, f"{path}.{name}") for name, value in state.items()
        }
    if isinstance(state, list) and state and isinstance(state[0], dict):
        return [_without_arrays(one, arrays, f"{path}.{i}") for i, one in enumerate(state)]
    return state


def _with_arrays(state: Any, arrays: Any) -> Any:
    """What `_without_arrays` took apart."""
    if isinstance(state, dict):
        # A block may be called "array" too, but its weight is no path.
        if set(state) == {"array"} and isinstance(state["array"], str):
            return arrays[state["array"]]
        return {name: _with_arrays(value, arrays) for name, value in state.items()}
    if isinstance(state, list) and state and isinstance(state[0], dict):
        return [_with_arrays(one, arrays) for one in state]
    return state


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
