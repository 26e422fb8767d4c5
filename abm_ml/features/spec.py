"""Which features there are, and how they count: found in the data before a date, or by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from abm_ml.config import Features
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.discovery import attribute_columns, frequent
from abm_ml.features.names import ATTRIBUTE, Feature, parse_feature
from abm_ml.features.spine import check_at_least
from abm_ml.rulebook import Engagement
from abm_ml.rulebook import Intent as IntentSettings

KIND_WINDOW_DAYS = 90
"""Window in which events are counted by kind."""

ALL = "all"
"""Item of the counts over all kinds."""

_FEATURES, _ENGAGEMENT, _INTENT = Features(), Engagement(), IntentSettings()


@dataclass(frozen=True)
class FeatureSpec:
    """The features of a model: their names, and the settings behind them.

    Parameters
    ----------
    columns : tuple of str
        Feature columns in their order; each name says what it is (see `names`).
    stable_columns : tuple of str
        Attributes whose current value stands in where account_history dates none.
    outcome_kinds : tuple of str
        Kinds of engagement that are the outcome: never seen by a feature.
    points_by_kind : mapping of str to float
        Engagement points of one event.
    daily_cap : int
        Events of one kind by one person in one day that give points.
    half_life_days : float
        Days in which points halve.
    window_days : int
        Older events give no points and are no last engagement.
    intent_window_days : int
        Older intent scores count as none.
    held_back : mapping of str to str
        Columns of accounts that are no features, with the reason.

    Raises
    ------
    ParamsError
        If a number is out of range or a column is named twice.
    """

    columns: tuple[str, ...]
    stable_columns: tuple[str, ...] = _FEATURES.stable_columns
    outcome_kinds: tuple[str, ...] = _ENGAGEMENT.outcome_kinds
    points_by_kind: Mapping[str, float] = field(default_factory=lambda: _ENGAGEMENT.points_by_kind)
    daily_cap: int = _ENGAGEMENT.daily_cap
    half_life_days: float = _ENGAGEMENT.half_life_days
    window_days: int = _ENGAGEMENT.window_days
    intent_window_days: int = _INTENT.window_days
    held_back: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_at_least("daily_cap", self.daily_cap, 1)
        check_at_least("half_life_days", self.half_life_days, 1e-3)
        check_at_least("window_days", self.window_days, 1)
        check_at_least("intent_window_days", self.intent_window_days, 1)
        twice = [name for name in self.columns if self.columns.count(name) > 1]
        if twice:
            raise ParamsError(f"features: column '{twice[0]}' is named twice")

    @classmethod
    def discover(
        cls,
        crm: Crm,
        before: datetime,
        *,
        engagement_windows_days: Sequence[int] = _FEATURES.engagement_windows_days,
        signal_windows_days: Sequence[int] = _FEATURES.signal_windows_days,
        stable_columns: Sequence[str] = _FEATURES.stable_columns,
        extra_columns: Sequence[str] = (),
        outcome_kinds: Sequence[str] = _ENGAGEMENT.outcome_kinds,
        max_kinds: int = _FEATURES.max_kinds,
        max_topics: int = _FEATURES.max_topics,
        **settings: Any,
    ) -> Self:
        """The features that a CRM offers, judged by what lay strictly before a date.

        A table that the export lacks gives no features. Of the columns of accounts, those are
        features that are stable, that account_history dates for nearly every account, or that
        `extra_columns` names; the others are `held_back`.

        Parameters
        ----------
        crm : Crm
            Canonical tables.
        before : datetime
            Nothing at or after it is looked at (UTC).
        engagement_windows_days, signal_windows_days : sequence of int
            Windows that events and signals are counted over.
        stable_columns : sequence of str
            Columns of accounts whose current value may stand for the past.
        extra_columns : sequence of str
            Further columns of accounts that the user knows to be safe.
        outcome_kinds : sequence of str
            Kinds of engagement that are the outcome.
        max_kinds, max_topics : int
            The most frequent kinds (of events, of signals) and topics that become features.
        **settings
            points_by_kind, daily_cap, half_life_days, window_days, intent_window_days.

        Raises
        ------
        ParamsError
            If an extra column doesn't exist or a setting is out of range.
        """
        for days in (*engagement_windows_days, *signal_windows_days):
            check_at_least("a feature's window in days", days, 1)
        _check_extra(crm, extra_columns)
        offered = attribute_columns(crm, before, (*stable_columns, *extra_columns))
        kinds = frequent(crm, "engagements", "kind", before, max_kinds, (*outcome_kinds, ALL))
        columns = [
            *offered.used,
            *(["account_age_days"] if "created_at" in crm.given_columns("accounts") else []),
            *(["known_contacts"] if "created_at" in crm.given_columns("contacts") else []),
            *(_engagement_names(engagement_windows_days, kinds) if crm.has("engagements") else []),
            *(
                f"signals:{kind}:{days}d"
                for kind in frequent(crm, "signals", "kind", before, max_kinds)
                for days in signal_windows_days
            ),
            *(f"intent:{topic}" for topic in frequent(crm, "intent", "topic", before, max_topics)),
            *(["intent_max"] if crm.has("intent") else []),
            *(_OPPORTUNITY_NAMES if crm.has("opportunities") else []),
        ]
        return cls(
            columns=tuple(columns),
            stable_columns=tuple(stable_columns) + tuple(extra_columns),
            outcome_kinds=tuple(outcome_kinds),
            held_back=offered.held_back,
            **settings,
        )

    @classmethod
    def from_columns(
        cls, names: Iterable[str], *, stable_columns: Sequence[str] | None = None, **settings: Any
    ) -> Self:
        """The spec that computes columns known by name only, such as those of a bare model.

        Parameters
        ----------
        names : iterable of str
            Feature columns; those that are no computed feature are columns of accounts.
        stable_columns : sequence of str, optional
            None: every column of accounts may stand as it is now.
        **settings
            outcome_kinds, points_by_kind, daily_cap, half_life_days, window_days,
            intent_window_days.
        """
        columns = tuple(names)
        stable = columns if stable_columns is None else tuple(stable_columns)
        return cls(columns=columns, stable_columns=stable, **settings)

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The columns with what their names say."""
        return tuple(parse_feature(name) for name in self.columns)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns of accounts among the features."""
        return tuple(feature.name for feature in self.features if feature.family == ATTRIBUTE)

    def from_source(self, source: str) -> tuple[Feature, ...]:
        """The features that are computed from one table."""
        return tuple(feature for feature in self.features if feature.source == source)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """The spec that `to_dict` wrote.

        Raises
        ------
        ParamsError
            If a key is unknown or missing.
        """
        known = {item.name for item in fields(cls)}
        wrong = sorted(set(saved) ^ known)
        if wrong:
            raise ParamsError(f"feature spec: '{wrong[0]}' is unknown or missing")
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in saved.items()
        }
        return cls(**values)


_OPPORTUNITY_NAMES = (
    "past_won",
    "past_lost",
    "open_opportunities",
    "days_since_won",
    "days_since_lost",
)


def _engagement_names(windows: Sequence[int], kinds: Sequence[str]) -> list[str]:
    return [
        *(f"engagements:{ALL}:{days}d" for days in windows),
        *(f"engagements:{kind}:{KIND_WINDOW_DAYS}d" for kind in kinds),
        "engagement_points",
        *(f"engaged_contacts:{days}d" for days in windows),
        *(f"engaged_people:{days}d" for days in windows),
        "days_since_engagement",
        "engagement_trend",
    ]


def _check_extra(crm: Crm, names: Sequence[str]) -> None:
    """Refuse extra columns that accounts lack, or that are named like a computed feature."""
    given = crm.given_columns("accounts")
    for name in names:
        if name not in given:
            near = difflib.get_close_matches(name, given, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise ParamsError(f"extra_columns: accounts have no column '{name}'{hint}")
        if parse_feature(name).family != ATTRIBUTE:
            raise ParamsError(
                f"extra_columns: '{name}' is the name of a computed feature; rename the column"
            )
