"""Options of the simulated world, and the calendar that they imply."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from abm_ml.errors import ParamsError

DAY = 86_400
"""Seconds in a day: the simulator counts time in whole seconds since 1970."""

ENRICHABLE = ("sub_industry", "employees", "technologies")

_SHARES = (
    "chinese_share", "missing_rate", "duplicate_rate", "typo_rate", "opted_out_rate",
    "suppressed_rate", "history_share", "campaign_share", "season",
)  # fmt: skip
_AMOUNTS = (
    "opportunities_per_account", "events_per_account", "contacts_per_account", "signal",
    "hidden_effect",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """What the simulated world is like. How wins come about is stated in `formula`.

    Parameters
    ----------
    end : datetime
        The world's last instant (UTC, midnight); nothing happens at or after it.
    years : int
        Years of history before `end`.
    opportunities_per_account : float
        About how many opportunities an account gets in three years, on average.
    events_per_account : float
        About how many engagement events an account has in three years, on average.
    contacts_per_account : float
        About how many contacts an account has, on average.
    chinese_share : float
        Share of accounts with Chinese names, industries, titles and texts.
    selection : {"recorded", "unrecorded"}
        How sales chooses whom to approach: by attributes that we see, or by a hidden trait of
        the account that also makes winning likelier.
    signal : float
        Scale of everything that makes wins and opportunities predictable; 0: pure noise.
    hidden_effect : float
        Effect of one standard deviation of the hidden trait on the log-odds of a win.
    campaign_share : float
        Share of accounts that are in the audience of a campaign.
    campaign_effect : float
        Effect of a campaign's touch on the log-odds of a win for 90 days.
    season : float
        How much business breathes with the months; 0: not at all.
    drift : float
        How much the industries' appeal moves a year, in log-odds.
    missing_rate, duplicate_rate, typo_rate : float
        Shares of missing attributes, of rows that are there twice, and of misspelt values.
    opted_out_rate, suppressed_rate : float
        Shares of contacts who opted out, and of contacts and accounts that must not be used.
    leaks : bool
        Whether columns are added that are known only after the fact.
    enriched : tuple of str
        Attributes that are filled in or rewritten for customers after their first win.
    history_share : float
        Share of accounts whose rewritten attributes are dated in account_history.

    Raises
    ------
    ParamsError
        If an option is out of range.
    """

    end: datetime = datetime(2026, 1, 1)
    years: int = 3
    opportunities_per_account: float = 0.6
    events_per_account: float = 20.0
    contacts_per_account: float = 4.0
    chinese_share: float = 0.4
    selection: Literal["recorded", "unrecorded"] = "recorded"
    signal: float = 1.0
    hidden_effect: float = 0.4
    campaign_share: float = 0.4
    campaign_effect: float = 0.7
    season: float = 0.3
    drift: float = 0.0
    missing_rate: float = 0.05
    duplicate_rate: float = 0.02
    typo_rate: float = 0.02
    opted_out_rate: float = 0.04
    suppressed_rate: float = 0.01
    leaks: bool = True
    enriched: tuple[str, ...] = ("sub_industry",)
    history_share: float = 0.3

    def __post_init__(self) -> None:
        for name in _SHARES:
            self._check(name, 0, 1)
        for name in _AMOUNTS:
            self._check(name, 0, 1_000)
        self._check("years", 1, 30)
        if self.selection not in ("recorded", "unrecorded"):
            raise ParamsError(
                f"World.selection must be recorded or unrecorded. Supplied value {self.selection!r}"
            )
        unknown = sorted(set(self.enriched) - set(ENRICHABLE))
        if unknown:
            raise ParamsError(
                f"World.enriched: '{unknown[0]}' cannot be enriched; "
                f"choose from {', '.join(ENRICHABLE)}"
            )

    @property
    def start(self) -> datetime:
        """The world's first instant: midnight, `years` times 365.25 days before the end."""
        return self.end - timedelta(days=round(self.years * 365.25))

    @property
    def length(self) -> float:
        """Length of the world in units of three years, for which rates are stated."""
        return self.years / 3

    @property
    def first_second(self) -> int:
        """`start` in seconds since 1970."""
        return _seconds(self.start)

    @property
    def last_second(self) -> int:
        """`end` in seconds since 1970."""
        return _seconds(self.end)

    @property
    def days(self) -> int:
        """Length of the world in days."""
        return (self.last_second - self.first_second) // DAY

    def to_dict(self) -> dict[str, Any]:
        """The options as plain values, for world.json."""
        return {**asdict(self), "start": self.start.isoformat(), "end": self.end.isoformat()}

    def _check(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise ParamsError(
                f"World.{name} must be between {low} and {high}. Supplied value {value!r}"
            )


def _seconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())
