"""What `abm expand` tells at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.reports.numbers import share
from abm_ml.reports.texts import code_words
from abm_ml.workflows.result import DONE, LOOK_AT_IT
from abm_ml.workflows.seeds import USED

ALARMS = frozenset({"nothing_in_common", "near_chance"})
"""Warnings that a job should look at."""


@dataclass(frozen=True)
class ExpandRun:
    """Where the list lies and what is in it.

    Parameters
    ----------
    files : mapping of str to Path
        list, page, seeds, request; people and coverage where they were asked for.
    summary : mapping
        Counts and decisions, plain values.
    """

    files: Mapping[str, Path]
    summary: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """3 when the list is empty or doubtful, or lines of a list to leave out had no effect."""
        alarmed = ALARMS & set(self.summary["warnings"])
        told = self.summary
        return LOOK_AT_IT if alarmed or told["notes"] or not told["listed"] else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {"files": {name: str(file) for name, file in self.files.items()}, **self.summary}

    def to_text(self) -> str:
        """What the list is worth, what was left out, and where the files are."""
        return "\n".join([*self._told(), *self._noted(), *self._placed()])

    def _told(self) -> Iterator[str]:
        told = self.summary
        known, new = told["listed_in_crm"], told["listed_new"]
        yield (
            f"{told['listed']:,} companies like {told['seeds_used']:,} seeds as of "
            f"{told['as_of'][:10]}: {known:,} in the CRM, {new:,} new"
        )
        expected = told["expected"]
        if expected and not ALARMS & set(told["warnings"]):
            yield (
                f"expected the first {expected['k']:,.0f} hold about {share(expected['recall'])} "
                f"of companies like yours ({share(expected['low'])} to {share(expected['high'])}), "
                f"{expected['lift']:.1f} times chance"
            )
        lines = told["seed_lines"]
        if set(lines) - {USED}:
            counted = ", ".join(f"{n:,} {_words('seed_line', name)}" for name, n in lines.items())
            yield f"seeds    {sum(lines.values()):,} lines: {counted}"
        if told["left_out"]:
            counted = ", ".join(
                f"{n:,} {_words('left_out', name)}" for name, n in told["left_out"].items()
            )
            yield f"left out {counted}"
        if "people" in told:
            people = told["people"]
            if people is None:
                yield "people   none: no company of the list is in the CRM"
            else:
                n, visitors = people["contacts"], people["visitors"]
                yield f"people   {n:,} contacts and {visitors:,} unknown visitors"

    def _noted(self) -> Iterator[str]:
        told = self.summary
        for code in told["warnings"]:
            yield f"warning  {_words('lookalike_warning', code)}"
        if told["not_indexed"]:
            n = told["not_indexed"]
            yield f"note     {n:,} accounts are not in the index yet: run  abm index"
        for sentence in (*told["notes"], *told["changes"]):
            yield f"note     {sentence}"

    def _placed(self) -> Iterator[str]:
        for name, file in self.files.items():
            yield f"{name:<8} {file}"


def _words(group: str, code: str) -> str:
    return str(code_words(group, code)[0])
