"""The mapping file: what a user says about files, columns and values, over any dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from abm_ml.data.dialects import DIALECTS, readable_columns
from abm_ml.data.labels import nearest
from abm_ml.data.schemas import SCHEMAS
from abm_ml.errors import DataError

_TABLE_SETTINGS = ("file", "columns", "values", "scale")
_SETTINGS = ("dialect", "date_order", "ignore", "tables")
_DATE_ORDERS = ("auto", "dmy", "mdy")


@dataclass(frozen=True)
class TableMapping:
    """What a mapping file says about one table.

    Parameters
    ----------
    files : tuple of str
        File names that hold the table (empty: found by name).
    columns : mapping of str to tuple of str
        Canonical column to source columns; the first that is filled wins.
    values : mapping of str to mapping of str to str
        Canonical column to cells to replace, before they are read.
    scale : mapping of str to float
        Canonical column to what its numbers are multiplied with (1000000: given in millions).
    """

    files: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportMapping:
    """A whole mapping file; without one, everything is found by the dialect alone.

    Parameters
    ----------
    path : Path or None
        The file, for messages.
    dialect : str or None
        The dialect, if it is set.
    date_order : "auto", "dmy", "mdy" or None
        How to read 05/01/2024, if it is set.
    ignore : tuple of str
        Files that feed no table.
    tables : mapping of str to TableMapping
        By canonical table.
    """

    path: Path | None = None
    dialect: str | None = None
    date_order: str | None = None
    ignore: tuple[str, ...] = ()
    tables: Mapping[str, TableMapping] = field(default_factory=dict)

    def table(self, name: str) -> TableMapping:
        """What is said about a table."""
        return self.tables.get(name, TableMapping())


def load_mapping(path: Path | None) -> ExportMapping:
    """Read a mapping file; None gives an empty one.

    The short form `accounts: {name: Nmae}` is that of
    `tables: {accounts: {columns: {name: Nmae}}}`.

    Raises
    ------
    DataError
        If the file cannot be read, or names an unknown setting, dialect, table or column.
    """
    if path is None:
        return ExportMapping()
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML: {error}") from error
    settings = _section(path, "", loaded)
    tables = _section(path, "tables", settings.get("tables"))
    tables |= {name: value for name, value in settings.items() if name in SCHEMAS}
    for name in settings:
        if name not in _SETTINGS and name not in SCHEMAS:
            raise DataError(f"{path}: {name}: {_unknown_setting(name)}")
    return ExportMapping(
        path=path,
        dialect=_choice(path, "dialect", settings, tuple(DIALECTS)),
        date_order=_choice(path, "date_order", settings, _DATE_ORDERS),
        ignore=_names(settings.get("ignore", ())),
        tables={name: _table(path, name, given) for name, given in tables.items()},
    )


def _unknown_setting(name: str) -> str:
    owners = [table for table in SCHEMAS if name in readable_columns(table)]
    if owners:
        return f"a column goes under its table, as in  {owners[0]}: {{{name}: …}}"
    near = nearest(name, (*_SETTINGS, *SCHEMAS))
    return "no such setting or table" + (f" (did you mean {near}?)" if near else "")


def _table(path: Path, name: str, given: Any) -> TableMapping:
    if name not in SCHEMAS:
        near = nearest(name, SCHEMAS)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(SCHEMAS)}"
        raise DataError(f"{path}: {name}: no such table ({hint})")
    section = _section(path, name, given)
    columns = _section(path, f"{name}.columns", section.get("columns"))
    columns |= {key: value for key, value in section.items() if key not in _TABLE_SETTINGS}
    values = _section(path, f"{name}.values", section.get("values"))
    scale = _section(path, f"{name}.scale", section.get("scale"))
    for column in (*columns, *values, *scale):
        _refuse_unknown_column(path, name, column)
    return TableMapping(
        files=_names(section.get("file", ())),
        columns={column: _names(source) for column, source in columns.items()},
        values={
            column: {str(cell): str(value) for cell, value in _section(path, column, given).items()}
            for column, given in values.items()
        },
        scale={column: _factor(path, f"{name}.{column}", x) for column, x in scale.items()},
    )


def _refuse_unknown_column(path: Path, table: str, column: str) -> None:
    known = readable_columns(table)
    if column not in known:
        near = nearest(column, known)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(known)}"
        raise DataError(
            f"{path}: {table}.{column}: no such column in the data contract ({hint}); "
            "write  contract's column: file's column"
        )


def _section(path: Path, name: str, given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        where = f"{name}: " if name else ""
        raise DataError(f"{path}: {where}expected names and values, found {given!r}")
    return {str(key): value for key, value in given.items()}


def _choice(
    path: Path, name: str, settings: Mapping[str, Any], known: tuple[str, ...]
) -> str | None:
    given = settings.get(name)
    if given is not None and given not in known:
        raise DataError(f"{path}: {name}: {given!r} is not one of {', '.join(known)}")
    return given


def _factor(path: Path, where: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or given <= 0:
        raise DataError(f"{path}: {where}: scale must be a number above 0, found {given!r}")
    return float(given)


def _names(given: Any) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, list | tuple) else (str(given),)
