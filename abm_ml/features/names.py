"""Feature names: `family`, `family:item`, `family:window` or `family:item:window`.

The name alone says what must be computed, so a model that knows its columns can be scored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ATTRIBUTE = "attribute"
"""Family of the columns of accounts, which keep their own names."""

_SOURCES: Mapping[str, str] = {
    "engagements": "engagements",
    "engagement_points": "engagements",
    "engaged_contacts": "engagements",
    "engaged_people": "engagements",
    "days_since_engagement": "engagements",
    "engagement_trend": "engagements",
    "intent": "intent",
    "intent_max": "intent",
    "signals": "signals",
    "past_won": "opportunities",
    "past_lost": "opportunities",
    "open_opportunities": "opportunities",
    "days_since_won": "opportunities",
    "days_since_lost": "opportunities",
    "known_contacts": "contacts",
    "account_age_days": "accounts",
    ATTRIBUTE: "attributes",
}
_WINDOW = r"(?P<days>[1-9]\d*)d"
_PATTERNS = {
    "engagements": re.compile(rf"engagements:(?P<item>.+):{_WINDOW}", re.DOTALL),
    "engaged_contacts": re.compile(rf"engaged_contacts:{_WINDOW}"),
    "engaged_people": re.compile(rf"engaged_people:{_WINDOW}"),
    "intent": re.compile(r"intent:(?P<item>.+)", re.DOTALL),
    "signals": re.compile(rf"signals:(?P<item>.+):{_WINDOW}", re.DOTALL),
}


@dataclass(frozen=True)
class Feature:
    """One feature column.

    Parameters
    ----------
    name : str
        The column's name.
    family : str
        What kind of feature it is; `ATTRIBUTE` for a column of accounts.
    item : str
        Kind of event or signal, or topic; empty where the family has none.
    days : int
        Length of the window; 0 where the family has none.
    """

    name: str
    family: str
    item: str = ""
    days: int = 0

    @property
    def source(self) -> str:
        """The canonical table it is computed from; "attributes" for a column of accounts."""
        return _SOURCES[self.family]

    @property
    def unseen(self) -> float | None:
        """Its value where nothing was seen: 0, but null for an attribute and for days since."""
        dated = self.family.startswith("days_since_") or self.family == "account_age_days"
        return None if dated or self.family == ATTRIBUTE else 0.0


def parse_feature(name: str) -> Feature:
    """What a column's name says; a name of no family is an attribute.

    Examples
    --------
    >>> parse_feature("signals:job_posting:90d")
    Feature(name='signals:job_posting:90d', family='signals', item='job_posting', days=90)
    >>> parse_feature("industry").family
    'attribute'
    """
    for family, pattern in _PATTERNS.items():
        match = pattern.fullmatch(name)
        if match:
            parts = match.groupdict()
            return Feature(name, family, parts.get("item", ""), int(parts.get("days", 0)))
    computed = name in _SOURCES and name not in (*_PATTERNS, ATTRIBUTE)
    return Feature(name, name if computed else ATTRIBUTE)
