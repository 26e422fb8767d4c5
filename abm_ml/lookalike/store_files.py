"""A vector store as files: JSON, Parquet, NumPy and FAISS, with checksums and without pickle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from abm_ml.errors import ArtefactError
from abm_ml.lookalike.store_cells import Cells
from abm_ml.lookalike.store_rows import IntArray, VectorRows

VERSION = 2
FACTS, IDS, VECTORS, CELLS, CELL_FACTS = (
    "store.json", "ids.parquet", "vectors.npy", "cells.faiss", "cells.npz",
)  # fmt: skip
CHECKSUMS = "checksums.json"
_CELL_ARRAYS = ("cell_of", "spread", "axes")

_REMEDY = "build the index again, or restore it from a backup"


@dataclass(frozen=True)
class Saved:
    """What a store consists of.

    Parameters
    ----------
    ids : list of str
        By slot.
    vectors : VectorRows
        By slot.
    cells : Cells, optional
        The approximate kind's.
    tolerance : float
        Share of a list that rows looked at last may add for the approximate kind to stop.
    recall : float
        As measured.
    """

    ids: list[str]
    vectors: VectorRows
    cells: Cells | None = None
    tolerance: float = 0.0
    recall: float = 1.0


def write_store(folder: Path, saved: Saved, slots: IntArray) -> None:
    """Write a store; of the vectors only those in `slots`, ascending."""
    folder.mkdir(parents=True, exist_ok=True)
    facts: dict[str, Any] = {
        "version": VERSION,
        "kind": "exact" if saved.cells is None else "approximate",
        "rows": len(slots),
        "dimension": saved.vectors.dimension,
        "tolerance": saved.tolerance,
        "recall": saved.recall,
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    pq.write_table(pa.table({"id": pa.array(saved.ids, pa.string())}), folder / IDS)
    _write_vectors(folder / VECTORS, saved.vectors, slots)
    if saved.cells is not None:
        saved.cells.write(folder / CELLS)
        held = {name: getattr(saved.cells, name) for name in _CELL_ARRAYS}
        np.savez(folder / CELL_FACTS, **held)
    sums = {name: _sha256(folder / name) for name in _names(facts["kind"])}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")


def read_store(folder: Path, *, mmap: bool) -> Saved:
    """Read a store back.

    Raises
    ------
    ArtefactError
        If a file is missing or changed, or was written by another version.
    """
    facts = _checked_facts(folder)
    # Mode "c": written to in memory only, the file stays as it is.
    vectors = np.load(folder / VECTORS, mmap_mode="c" if mmap else None, allow_pickle=False)
    cells = None
    if facts["kind"] == "approximate":
        with np.load(folder / CELL_FACTS, allow_pickle=False) as arrays:
            cells = Cells.read(folder / CELLS, **{name: arrays[name] for name in _CELL_ARRAYS})
    return Saved(
        ids=pq.read_table(folder / IDS)["id"].to_pylist(),
        vectors=VectorRows(vectors, owned=True),
        cells=cells,
        tolerance=facts["tolerance"],
        recall=facts["recall"],
    )


def _write_vectors(path: Path, vectors: VectorRows, slots: IntArray) -> None:
    """A block at a time: they may not fit into memory twice."""
    with path.open("wb") as file:
        header = {
            "descr": "<f4", "fortran_order": False, "shape": (len(slots), vectors.dimension),
        }  # fmt: skip
        np.lib.format.write_array_header_1_0(file, header)
        for _, block in vectors.blocks(slots):
            file.write(np.ascontiguousarray(block, dtype="<f4").data)


def _checked_facts(folder: Path) -> dict[str, Any]:
    """What store.json tells, once every file is known to be unchanged."""
    sums = _json(folder / CHECKSUMS)
    # The version comes first: another one may consist of other files.
    facts = _json(folder / FACTS)
    if facts.get("version") != VERSION:
        raise ArtefactError(
            f"{folder / FACTS}: version {facts.get('version')!r}, this program reads {VERSION}; "
            "build the index again"
        )
    for name in _names(str(facts.get("kind"))):
        path = folder / name
        if not path.is_file():
            raise ArtefactError(f"{path}: missing; {_REMEDY}")
        if sums.get(name) != _sha256(path):
            raise ArtefactError(f"{path}: changed since it was saved (SHA-256 differs); {_REMEDY}")
    return facts


def _names(kind: str) -> tuple[str, ...]:
    return (FACTS, IDS, VECTORS) + ((CELLS, CELL_FACTS) if kind == "approximate" else ())


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ArtefactError(f"{path}: missing; {_REMEDY}") from error
    except ValueError as error:
        raise ArtefactError(f"{path}: not a file of ours; {_REMEDY}") from error
    if not isinstance(content, dict):
        raise ArtefactError(f"{path}: not a file of ours; {_REMEDY}")
    return content


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
