"""How each kind of CRM names files and columns: one dictionary for reading and for writing.

The dictionaries are YAML files beside this module (`dictionaries/`): canonical column to source
column, or to several in order of preference. Reading coalesces them; writing uses the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from abm_ml.data.labels import normalise, squash
from abm_ml.data.schemas import SCHEMAS

HELPERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "opportunities": ("is_closed",),
        "engagements": ("who_id", "what_id"),
    }
)
"""Source columns that prepare reads but that no canonical table keeps."""

EVERY_TABLE_HELPERS = ("is_deleted",)

_ACRONYMS = {"id": "ID", "ip": "IP", "url": "URL"}
_EXPORT_WRAPPING = re.compile(
    r"^(?:hubspot_crm_exports_)?(?:all_)?(.+?)(?:_\d{4}_\d{2}_\d{2}(?:_\d+)?|_\d{8})?$"
)


@dataclass(frozen=True)
class FileRule:
    """What is special about one of the files that feed a table.

    Parameters
    ----------
    columns : mapping of str to tuple of str
        Source columns that replace the table's own for this file.
    prefix : mapping of str to str
        Text put before a column's values (`Sent` becomes `campaign_sent`).
    constants : mapping of str to str
        Columns that the file's name itself tells.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prefix: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dialect:
    """The file and column names of one kind of CRM.

    Parameters
    ----------
    name : str
        canonical, salesforce, hubspot or zh.
    naming : str
        How a column without a name of its own is called: plain, salesforce or hubspot.
    files : mapping of str to tuple of str
        Table to its file names (without suffix); exports use the first.
    columns : mapping of str to mapping of str to tuple of str
        Table to canonical column to source columns, the preferred one first.
    rules : mapping of str to FileRule
        What is special about single files, by normalised name.
    ignored : tuple of str
        Files of this CRM that feed no table.
    open_deals_say_not_won : bool
        Whether "won: no" is also said of open deals.
    first_of_many : bool
        Whether links may hold several ids joined by semicolons; the first is the primary one.
    """

    name: str
    naming: str
    files: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    rules: Mapping[str, FileRule]
    ignored: tuple[str, ...] = ()
    open_deals_say_not_won: bool = False
    first_of_many: bool = False

    def file_name(self, table: str) -> str:
        """Name of the file, without suffix, that an export of this table gets."""
        return self.files[table][0]

    def table_of(self, stem: str) -> str | None:
        """The table that a file of this name (without suffix) feeds, if any.

        >>> DIALECTS["hubspot"].table_of("hubspot-crm-exports-all-deals-2024-01-05")
        'opportunities'
        """
        return self._tables_by_file.get(file_key(stem))

    def file_rule(self, stem: str) -> FileRule:
        """What is special about a file of this name."""
        return self.rules.get(file_key(stem), FileRule())

    def source_column(self, table: str, canonical: str) -> str:
        """The name that an export gives to a canonical (or extra) column."""
        preferred = self.columns[table].get(canonical)
        return preferred[0] if preferred else self._own_name(canonical)

    def canonical_column(self, table: str, source: str) -> str | None:
        """The canonical column (or helper) that a source column is mainly read as, if any."""
        return self._canonical_by_source[table].get(squash(source))

    def sources(self, table: str, stem: str = "") -> dict[str, tuple[str, ...]]:
        """Squashed source names of every canonical column and helper, in order of preference."""
        special = self.file_rule(stem).columns if stem else {}
        own = {**self.columns[table], **special}
        return {
            column: tuple(dict.fromkeys(squash(s) for s in (*own.get(column, ()), column)))
            for column in readable_columns(table)
        }

    def _own_name(self, canonical: str) -> str:
        words = canonical.split("_")
        if self.naming == "salesforce":
            return "_".join(word.capitalize() for word in words) + "__c"
        if self.naming == "hubspot":
            return " ".join(_ACRONYMS.get(word, word.capitalize()) for word in words)
        return canonical

    @cached_property
    def _tables_by_file(self) -> dict[str, str]:
        named = {file_key(stem): table for table, stems in self.files.items() for stem in stems}
        return {**{table: table for table in SCHEMAS}, **named}

    @cached_property
    def _canonical_by_source(self) -> dict[str, dict[str, str]]:
        """Preferred names win over second choices, and those over bare canonical names."""
        found: dict[str, dict[str, str]] = {}
        for table in SCHEMAS:
            sources = self.sources(table)
            names = found.setdefault(table, {})
            for place in range(max(map(len, sources.values()))):
                for column, choices in sources.items():
                    if place < len(choices):
                        names.setdefault(choices[place], column)
        return found


def readable_columns(table: str) -> tuple[str, ...]:
    """Canonical columns of a table, and the helpers that prepare reads beside them."""
    return tuple(
        dict.fromkeys((*SCHEMAS[table].columns, *HELPERS.get(table, ()), *EVERY_TABLE_HELPERS))
    )


def file_key(stem: str) -> str:
    """A file name without what exporting tools wrap around it (prefixes, dates)."""
    bare = _EXPORT_WRAPPING.match(normalise(stem))
    return bare.group(1) if bare else normalise(stem)


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _load(path: Path) -> Dialect:
    """One dictionary file as a Dialect."""
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    shared = loaded.get("every_table", {})
    files, columns, rules = {}, {}, {}
    for table in SCHEMAS:
        given = loaded["tables"].get(table, {})
        readable = readable_columns(table)
        merged = {**{c: s for c, s in shared.items() if c in readable}, **given.get("columns", {})}
        columns[table] = {column: _names(source) for column, source in merged.items()}
        by_file = given.get("by_file", {})
        files[table] = tuple(dict.fromkeys((*given.get("files", (table,)), *by_file)))
        for stem, rule in by_file.items():
            rules[file_key(stem)] = FileRule(
                columns={c: _names(s) for c, s in rule.get("columns", {}).items()},
                prefix=rule.get("prefix", {}),
                constants=rule.get("constants", {}),
            )
    return Dialect(
        name=path.stem,
        naming=loaded["naming"],
        files=files,
        columns=columns,
        rules=rules,
        ignored=tuple(loaded.get("ignored", ())),
        open_deals_say_not_won=loaded.get("open_deals_say_not_won", False),
        first_of_many=loaded.get("first_of_many", False),
    )


_FOLDER = Path(__file__).with_name("dictionaries")
DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {name: _load(_FOLDER / f"{name}.yaml") for name in ("canonical", "salesforce", "hubspot", "zh")}
)
"""Every dialect by name."""
