"""Changes to the rule book that somebody thinks about: merged, checked, told apart by reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from abm_ml.config import Params, checked_params

Leaves = dict[str, Any]

_OF_TIERS = ("tiers", "mqa", "account_score", "fusion", "workload", "icp.grades")
"""Settings that are judged on what is known of each account already."""

_OF_RULES = ("engagement", "intent", "icp", "exclusions", "scoring.holdout_share")
"""Settings for which the inputs must be read again; propensities stay."""

_COUNTED_ANEW = ("mqa.window_days", "mqa.minutes", "mqa.way")

_OF_WHOLE_LOG = ("engagement.bot", "exclusions.own_domains")
"""Who is a bot or own staff is looked up in the whole log, before anything else."""

_OF_NO_ACCOUNT = ("stages", "plays", "drift", "threads", "memory_limit", "scoring")
"""Settings that change none of what is shown."""


@dataclass(frozen=True)
class Changes:
    """A rule book and another one.

    Parameters
    ----------
    before, after : Params
        The two.
    settings : dict of str to (before, after)
        Values that differ, by dotted name.
    """

    before: Params
    after: Params
    settings: dict[str, tuple[Any, Any]]

    @classmethod
    def of(cls, before: Params, changes: Params | Mapping[str, Any]) -> Changes:
        """Another rule book, or what is changed in this one; see `changed_params`."""
        after = changes if isinstance(changes, Params) else changed_params(before, changes)
        first, second = _leaves(before.model_dump()), _leaves(after.model_dump())
        names = [*first, *(name for name in second if name not in first)]
        differ = {name: (first.get(name), second.get(name)) for name in names}
        return cls(before, after, {k: pair for k, pair in differ.items() if pair[0] != pair[1]})

    @property
    def reread(self) -> bool:
        """Whether the inputs of the rules must be read again."""
        read = [name for name in self.settings if name not in self.untold]
        anew = any(name.startswith(_COUNTED_ANEW) for name in read)
        return anew or any(_under(name, _OF_RULES) and not _under(name, _OF_TIERS) for name in read)

    @property
    def untold(self) -> list[str]:
        """Changed settings that only a new preparation, training or scoring can show."""
        told = (*_OF_TIERS, *_OF_RULES, *_OF_NO_ACCOUNT)
        return [
            name
            for name in self.settings
            if name.startswith(_OF_WHOLE_LOG) or not _under(name, told)
        ]


def changed_params(params: Params, changes: Mapping[str, Any]) -> Params:
    """A rule book with some settings replaced.

    Parameters
    ----------
    params : Params
        Those that hold.
    changes : mapping
        New values by section and name (`{"mqa": {"tier_3": {"points": 60}}}`), by dotted name
        (`{"mqa.tier_3.points": 60}`; criteria by place: `icp.firmographic.0.weight`), or both.

    Raises
    ------
    ParamsError
        If a setting is unknown, a value refused, or the settings contradict each other.

    Examples
    --------
    >>> changed_params(Params(), {"tiers.tier_1_at": 90}).tiers.floors
    (90.0, 60.0, 0.0)
    """
    return checked_params(_merged(params.model_dump(), changes), "what if")


def _merged(settings: Any, changes: Mapping[str, Any]) -> Any:
    """Settings with changes over them, which only name what differs."""
    for dotted, value in changes.items():
        name, _, rest = str(dotted).partition(".")
        wanted = {rest: value} if rest else value
        if isinstance(settings, list | tuple) and name.isdecimal() and int(name) < len(settings):
            place = int(name)
            settings = [*settings[:place], _over(settings[place], wanted), *settings[place + 1 :]]
        elif isinstance(settings, dict):
            settings = settings | {name: _over(settings.get(name), wanted)}
        else:
            settings = {name: wanted}  # A setting without parts has got some: refused by its type.
    return settings


def _over(settings: Any, value: Any) -> Any:
    return _merged(settings or {}, value) if isinstance(value, Mapping) else value


def _leaves(settings: Mapping[str, Any], path: str = "") -> Leaves:
    """Values by dotted name; a list of criteria is one value."""
    found: Leaves = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, f"{path}{name}.")
        else:
            found[path + name] = value
    return found


def _under(name: str, sections: tuple[str, ...]) -> bool:
    return any(name == section or name.startswith(f"{section}.") for section in sections)
