"""A saved request for look-alikes: all that decides a list, so that it can be asked for again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import pandas as pd

from abm_ml.errors import DataError

FORMAT = 1


@dataclass(frozen=True)
class Request:
    """What was asked, of which data and index, and what came of it.

    Parameters
    ----------
    lines : tuple of mapping
        The seed list as `CompanyList.lines` tells it.
    k : int
        How many companies were wanted.
    where : tuple of str
        Conditions as typed.
    exclude, not_like : tuple of str
        Companies that must not be listed; companies that the list should not be like.
    include_customers : bool
        Whether customers and accounts with an open opportunity may be listed.
    new_only : bool
        Whether accounts of the CRM are left out.
    as_of : str
        The last instant that was seen, ISO 8601.
    lang : {"en", "zh"}
        Language of reasons and page.
    seed : int
        Of everything random.
    index_version, data_hash : str
        What was searched, and what was known of it.
    outputs : mapping of str to str
        SHA-256 of each file, by the end of its name.
    """

    lines: tuple[Mapping[str, Any], ...]
    k: int
    where: tuple[str, ...]
    exclude: tuple[str, ...]
    not_like: tuple[str, ...]
    include_customers: bool
    new_only: bool
    as_of: str
    lang: str
    seed: int
    index_version: str = ""
    data_hash: str = ""
    outputs: Mapping[str, str] | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """A request from the file that `abm expand` wrote.

        Raises
        ------
        DataError
            If it cannot be read, or another program wrote it.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["format"] != FORMAT:
                raise DataError(f"{path}: format {told['format']!r}, this program reads {FORMAT}")
            values = {field.name: _plain(told[field.name]) for field in fields(cls)}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}: is no saved request of  abm expand  ({error}); "
                "name the .json beside a list"
            ) from error
        return cls(**values)

    def write(self, path: Path) -> None:
        """Save it as JSON."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")

    def done(self, files: Mapping[str, Path]) -> Self:
        """The request with the checksums of what came of it, by name."""
        return replace(self, outputs={name: sha256(file) for name, file in files.items()})


def lines_of(table: pd.DataFrame) -> tuple[Mapping[str, Any], ...]:
    """A table's rows as plain values; what is missing is None."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return tuple({str(name): value for name, value in row.items()} for row in rows)


def sha256(path: Path) -> str:
    """Checksum of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
