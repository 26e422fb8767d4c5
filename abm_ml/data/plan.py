"""Which file feeds which table, and which of its columns feed which: decided from headers alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from abm_ml.data.dialects import DIALECTS, Dialect
from abm_ml.data.feedback import SOURCES, is_returned_list
from abm_ml.data.labels import nearest, normalise, squash
from abm_ml.data.mapping import ExportMapping, TableMapping
from abm_ml.data.readers import Rows, Source, find_sources
from abm_ml.data.schemas import SCHEMAS
from abm_ml.errors import DataError

_WHO_DID_IT = ("who_id", "what_id")

_RETURNED = TableMapping(columns=SOURCES)
"""How a list that sales filled in is read, whatever the dialect of the rest."""


@dataclass(frozen=True)
class ColumnPlan:
    """Where the values of one column come from.

    Parameters
    ----------
    column : str
        Canonical column, helper, or name of an extra column.
    places : tuple of int
        Columns of the file; the first that is filled in a row wins.
    label : str
        What the file calls the first of them.
    constant : str
        The value of every row, where the file's name itself tells it.
    prefix : str
        Text put before each value.
    words : mapping of str to str
        Cells that the mapping file replaces.
    scale : float
        What numbers are multiplied with.
    """

    column: str
    places: tuple[int, ...]
    label: str
    constant: str = ""
    prefix: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    scale: float = 1.0


@dataclass(frozen=True)
class FilePlan:
    """One file and the table that it feeds."""

    source: Source
    rows: Rows
    table: str
    dialect: Dialect
    columns: tuple[ColumnPlan, ...]
    extras: tuple[ColumnPlan, ...]

    def label(self, column: str) -> str:
        """What the file calls a column."""
        labels = {plan.column: plan.label for plan in (*self.columns, *self.extras)}
        return labels.get(column, column)


@dataclass(frozen=True)
class ExportPlan:
    """Everything that will be read, and what won't."""

    dialect: Dialect
    files: tuple[FilePlan, ...]
    ignored: tuple[Source, ...]


def plan_export(
    exports: Path, dialect: str | None = None, mapping: ExportMapping | None = None
) -> ExportPlan:
    """Decide the dialect, and for each file its table and columns.

    Raises
    ------
    DataError
        If no file holds accounts, a file is empty or unreadable, or a required column is missing.
    """
    told = mapping or ExportMapping()
    chosen = dialect or told.dialect
    if chosen is not None and chosen not in DIALECTS:
        raise DataError(f"{chosen}: no such dialect; known: {', '.join(DIALECTS)}")
    sources = find_sources(exports)
    owners = _mapped_tables(exports, sources, told)
    candidates = [DIALECTS[chosen]] if chosen else list(DIALECTS.values())
    opened = _open_known(sources, owners, candidates, told)
    returned = {source: rows for source, rows in opened.items() if _returned(source, rows, owners)}
    opened = {source: rows for source, rows in opened.items() if source not in returned}
    spoken = max(candidates, key=lambda candidate: _fit(candidate, opened, owners))
    fed = [
        (source, rows, table)
        for source, rows in opened.items()
        if (table := _table(source, spoken, owners)) is not None
    ]
    _refuse_without_accounts(exports, sources, [table for *_, table in fed])
    _refuse_unused_mapping(told, [(table, rows.header) for _, rows, table in fed])
    files = tuple(
        _plan_file(source, rows, table, spoken, told.table(table)) for source, rows, table in fed
    )
    _refuse_twins(files)
    files += tuple(
        _plan_file(source, rows, "feedback", spoken, _RETURNED) for source, rows in returned.items()
    )
    read = {plan.source for plan in files}
    return ExportPlan(spoken, files, tuple(source for source in sources if source not in read))


def _mapped_tables(
    exports: Path, sources: list[Source], mapping: ExportMapping
) -> dict[Source, str]:
    """Files that the mapping file gives a table by name."""
    owners = {}
    for table, told in mapping.tables.items():
        for name in told.files:
            found = [source for source in sources if name in (source.label, source.path.name)]
            if not found:
                near = nearest(name, [source.label for source in sources])
                hint = f" (did you mean {near}?)" if near else ""
                raise DataError(f"{mapping.path}: {table}: no file {name} in {exports}{hint}")
            owners.update(dict.fromkeys(found, table))
    return owners


def _open_known(
    sources: list[Source],
    owners: Mapping[Source, str],
    candidates: list[Dialect],
    mapping: ExportMapping,
) -> dict[Source, Rows]:
    """Open each file that feeds a table in any dialect, and each list that sales filled in."""
    opened: dict[Source, Rows] = {}
    for source in sources:
        if source.label in mapping.ignore or source.path.name in mapping.ignore:
            continue
        if not any(_table(source, candidate, owners) for candidate in candidates):
            rows = _rows_if_returned(source)
            opened |= {} if rows is None else {source: rows}
            continue
        if source.readable:
            opened[source] = source.open()
        elif source.path.suffix.lower() in (".xls", ".ods", ".numbers"):
            raise DataError(f"{source.path}: cannot be read; save it as .xlsx or CSV UTF-8")
    return opened


def _rows_if_returned(source: Source) -> Rows | None:
    """The rows of a list that sales filled in; its name, or its sheet's, tells nothing."""
    if not source.readable:
        return None
    try:
        rows = source.open()
    except DataError:
        return None  # Whatever it is, it feeds no table.
    return rows if is_returned_list(rows.header) else None


def _returned(source: Source, rows: Rows, owners: Mapping[Source, str]) -> bool:
    return source not in owners and is_returned_list(rows.header)


def _table(source: Source, dialect: Dialect, owners: Mapping[Source, str]) -> str | None:
    return owners.get(source) or dialect.table_of(source.stem)


def _fit(dialect: Dialect, opened: Mapping[Source, Rows], owners: Mapping[Source, str]) -> int:
    """How many files and columns a dialect knows."""
    known = 0
    for source, rows in opened.items():
        table = _table(source, dialect, owners)
        if table is not None:
            known += 1 + sum(bool(dialect.canonical_column(table, name)) for name in rows.header)
    return known


def _plan_file(
    source: Source, rows: Rows, table: str, dialect: Dialect, told: TableMapping
) -> FilePlan:
    rule = dialect.file_rule(source.stem)
    sources = dialect.sources(table, source.stem)
    by_name = {squash(name): place for place, name in enumerate(rows.header) if name}
    columns = []
    for column, names in sources.items():
        wanted = [squash(name) for name in told.columns.get(column, ())] or names
        places = tuple(by_name[name] for name in wanted if name in by_name)
        constant = rule.constants.get(column, "") if not places else ""
        if places or constant:
            columns.append(
                ColumnPlan(
                    column=column,
                    places=places,
                    label=rows.header[places[0]] if places else column,
                    constant=constant,
                    prefix=rule.prefix.get(column, ""),
                    words=told.values.get(column, {}),
                    scale=told.scale.get(column, 1.0),
                )
            )
    used = {place for plan in columns for place in plan.places}
    _refuse_missing(source, rows.header, table, dialect, {plan.column for plan in columns}, used)
    return FilePlan(source, rows, table, dialect, tuple(columns), _extras(rows, table, used))


def _extras(rows: Rows, table: str, used: Iterable[int]) -> tuple[ColumnPlan, ...]:
    """Columns that the contract does not know, under names spelt like its own."""
    taken = set(SCHEMAS[table].columns)
    extras = []
    for place, label in enumerate(rows.header):
        name = normalise(label)
        if place in used or not name:
            continue
        while name in taken:
            name = f"{name}_2"
        taken.add(name)
        extras.append(ColumnPlan(name, (place,), label))
    return tuple(extras)


def _refuse_missing(
    source: Source,
    header: tuple[str, ...],
    table: str,
    dialect: Dialect,
    found: set[str],
    used: set[int],
) -> None:
    schema = SCHEMAS[table]
    free = [name for place, name in enumerate(header) if place not in used and name]
    for column in schema.required:
        if column not in found:
            near = nearest(column, free) or nearest(dialect.source_column(table, column), free)
            seen = f"{near!r}" if near else ", ".join(map(repr, header))
            rename = "rename it, or " if near else ""
            raise DataError(
                f"{source.path}: {table}: required column {column!r} is missing; found {seen} "
                f"(row 1): {rename}map it with  {column}: {near or 'ITS NAME'}  in mapping.yaml"
                f" (under {table}:)"
            )
    enough = {*schema.one_of, *(_WHO_DID_IT if table == "engagements" else ())}
    if schema.one_of and not enough & found:
        raise DataError(
            f"{source.path}: {table}: one of the columns {', '.join(schema.one_of)} is required; "
            f"found {', '.join(map(repr, header))} (row 1): map one of them in mapping.yaml"
            f" (under {table}:)"
        )


def _refuse_without_accounts(exports: Path, sources: list[Source], tables: list[str]) -> None:
    if "accounts" in tables:
        return
    names = ", ".join(source.label for source in sources[:8])
    more = f" and {len(sources) - 8} more" if len(sources) > 8 else ""
    expected = ", ".join(f"{dialect.file_name('accounts')}" for dialect in DIALECTS.values())
    raise DataError(
        f"{exports}: no file here holds accounts; found {names}{more}; expected a CSV, Parquet or "
        f"XLSX file called {expected}, or name yours in mapping.yaml:  accounts: {{file: NAME}}"
    )


def _refuse_twins(files: tuple[FilePlan, ...]) -> None:
    """The same table saved twice would count every event twice."""
    seen: dict[str, FilePlan] = {}
    for plan in files:
        twin = seen.setdefault(squash(plan.source.stem), plan)
        if twin is not plan:
            raise DataError(
                f"{plan.source.path}: {twin.source.label} holds the same table; "
                "delete one of the two, or list it under  ignore:  in mapping.yaml"
            )


def _refuse_unused_mapping(mapping: ExportMapping, fed: list[tuple[str, tuple[str, ...]]]) -> None:
    """A mapped column that no file has is a typo."""
    for table, told in mapping.tables.items():
        headers = [name for owner, header in fed if owner == table for name in header]
        known = {squash(name) for name in headers}
        for column, names in told.columns.items():
            for name in names:
                if squash(name) not in known:
                    near = nearest(name, headers)
                    hint = f"did you mean {near}?" if near else f"found {', '.join(headers)}"
                    raise DataError(
                        f"{mapping.path}: {table}.{column}: no column {name!r} in the files of "
                        f"{table} ({hint})"
                    )
