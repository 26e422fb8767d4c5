"""Counts over the output, taken a slice at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.propensity.applicability import OUTSIDE
from abm_ml.scoring.settling import Settled

_COUNTED = (
    "tier", "mqa", "holdout", "stage", "change", "cluster", "play", "handover", "one_thread",
)  # fmt: skip


@dataclass
class Tally:
    """What a scoring run came to, in numbers.

    Parameters
    ----------
    scored, excluded, outside : int
        Accounts that are scored, that are not, and those scored ones that training hardly covers.
    counts : mapping of str to Counter
        How often each value of a column occurs, nulls left out; `reason` of exclusions.
    """

    scored: int = 0
    excluded: int = 0
    outside: int = 0
    counts: dict[str, Counter[object]] = field(
        default_factory=lambda: {name: Counter() for name in (*_COUNTED, "reason", "lead_stage")}
    )

    def add(self, part: Settled) -> None:
        """Count one more slice."""
        self.scored += part.scored.num_rows
        self.excluded += part.excluded.num_rows
        self.outside += _count(pc.less(part.scored["applicability"], OUTSIDE))
        for name in _COUNTED:
            self.counts[name].update(_counts(part.scored[name]))
        self.counts["lead_stage"].update(_counts(part.people["lead_stage"]))
        self.counts["reason"].update(_counts(part.excluded["reason"]))
        self.counts["change"].update(_counts(part.excluded["change"]))

    def by_name(self, column: str) -> dict[str, int]:
        """Counts of a text column, by its values in order."""
        found = {str(value): count for value, count in self.counts[column].items()}
        return dict(sorted(found.items()))


def _counts(values: pa.ChunkedArray) -> dict[object, int]:
    counted = pc.value_counts(pc.drop_null(values)).to_pylist()
    return {item["values"]: item["counts"] for item in counted}


def _count(flags: pa.ChunkedArray) -> int:
    return pc.sum(flags).as_py() or 0
