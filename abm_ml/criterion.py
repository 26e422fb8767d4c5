"""One rule of the ideal customer profile, as a frozen, typed setting."""

from __future__ import annotations

import json
import math
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

WITHIN_DAYS = 365
"""Days in which signals are counted unless told."""


class Section(BaseModel):
    """A frozen group of settings that knows all its names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Criterion(Section):
    """One ICP rule on one column of accounts, or on the number of signals of one kind.

    A column has exactly one test: `any_of`, `none_of`, `contains`, `min`/`max` or `exists`. A
    signal is counted within a window: `count_at_least`, `count_at_most` or both; `contains`
    beside them counts only the signals whose text holds one of its words.
    """

    column: str = ""
    signal: str = ""
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    exists: bool = False
    count_at_least: int = Field(0, ge=0)
    count_at_most: int | None = Field(None, ge=0)
    within_days: int = Field(WITHIN_DAYS, ge=1)
    weight: float = Field(1.0, gt=0)
    must: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if bool(self.column) == bool(self.signal):
            raise ValueError("give either column or signal")
        if self.signal:
            self._check_count()
        else:
            self._check_column_test()
        if any(not text.strip() for text in (*self.any_of, *self.none_of, *self.contains)):
            raise ValueError("a blank text fits everything or nothing; leave it out")
        return self

    @property
    def source(self) -> str:
        """What it looks at: the column, or the count of a signal named as its feature.

        Signals whose text matters are named apart, with their words in brackets.
        """
        if not self.signal:
            return self.column
        words = json.dumps(self.contains, ensure_ascii=False) if self.contains else ""
        return f"signals:{self.signal}{words}:{self.within_days}d"

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest number that a range or a count lets through, both included."""
        low, high = self.min, self.max
        if self.signal:
            low, high = self.count_at_least, self.count_at_most
        return -math.inf if low is None else low, math.inf if high is None else high

    def _check_column_test(self) -> None:
        if self.count_at_least or self.count_at_most is not None or self._counts_own_days:
            raise ValueError(
                "count_at_least, count_at_most and within_days go with signal; test a column "
                "with any_of, none_of, contains, min/max or exists"
            )
        ranged = self.min is not None or self.max is not None
        tests = (self.any_of, self.none_of, self.contains, ranged, self.exists)
        if sum(map(bool, tests)) != 1:
            raise ValueError(
                "give exactly one test: any_of, none_of, contains, min/max or exists (or "
                "count_at_least, count_at_most with signal)"
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is greater than max {self.max:g}")

    def _check_count(self) -> None:
        ranged = self.min is not None or self.max is not None
        if self.any_of or self.none_of or ranged or self.exists:
            raise ValueError(
                "any_of, none_of, min/max and exists go with column; a signal is counted: give "
                "count_at_least or count_at_most, and perhaps contains for its text"
            )
        if not self.count_at_least and self.count_at_most is None:
            raise ValueError(
                "say how many signals: count_at_least (1 or more) or count_at_most (0 or more)"
            )
        if self.count_at_most is not None and self.count_at_least > self.count_at_most:
            raise ValueError(
                f"count_at_least {self.count_at_least} is greater than count_at_most "
                f"{self.count_at_most}"
            )

    @property
    def _counts_own_days(self) -> bool:
        return self.within_days != WITHIN_DAYS
