"""What people decided by hand: pins, tiers, the pilot list, hands off; who, why and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.tiers import FREE, NO_TIER, ByHand, Tiers

PILOT_SIZE = (10, 20)
"""Accounts that a pilot list should hold, at least and at most (DESIGN 6.2)."""

PILOT_TIER = 1
"""Pilot accounts are treated one to one."""

LOWEST_TIER = 3
"""What a pinned account keeps that had no tier before: it stays on the list."""

_LEAST = {"pin": 1, "tier": NO_TIER, "pilot": 1}
"""Actions that set a tier, and the least number that each may name."""

_HANDS_OFF = "hands_off"
_SAID = {
    "en": ("by {}", "because {}", "until {}", ", "),
    "zh": ("由{}决定", "原因：{}", "有效至 {}", "，"),
}


@dataclass(frozen=True)
class Decision:
    """One decision about one account.

    Parameters
    ----------
    action : {"pin", "tier", "pilot", "hands_off"}
        What was decided.
    tier : int or None
        The tier set, or the least one of a pin.
    by, reason : str or None
        Who decided, and why.
    until : datetime or None
        When it ends.
    """

    action: str
    tier: int | None = None
    by: str | None = None
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Decisions:
    """The decisions that hold at a date, by account_id.

    Parameters
    ----------
    tiers : mapping of str to Decision
        Pins, tiers and pilots: one an account, the newest.
    hands_off : mapping of str to Decision
        Accounts that are left alone.
    """

    tiers: Mapping[str, Decision]
    hands_off: Mapping[str, Decision]

    def by_hand(self, account_id: pa.Array, previous: Tiers) -> ByHand:
        """The decisions about tiers for some accounts.

        A tier holds exactly, the pilot list means tier 1. A pin holds the tier that it names,
        else that of the last list, else tier 3, as the least that the account gets.

        Parameters
        ----------
        account_id : pyarrow.Array of str, shape (n_accounts,)
            The accounts.
        previous : array of int, shape (n_accounts,)
            Their tiers in the last list, or NO_TIER.
        """
        tier = np.full(len(account_id), FREE, dtype=np.int64)
        pinned, pilot = np.zeros((2, len(account_id)), dtype=bool)
        for row, decision in _rows(account_id, self.tiers):
            pinned[row], pilot[row] = decision.action == "pin", decision.action == "pilot"
            told = PILOT_TIER if pilot[row] else decision.tier
            if told is None:
                told = int(previous[row]) if previous[row] != NO_TIER else LOWEST_TIER
            tier[row] = told
        return ByHand(tier, pinned, pilot)

    def off_list(self, account_id: pa.Array) -> NDArray[np.bool_]:
        """Accounts that people took off the list: their tier by hand is none."""
        flags = np.zeros(len(account_id), dtype=bool)
        for row, decision in _rows(account_id, self.tiers):
            flags[row] = decision.action == "tier" and decision.tier == NO_TIER
        return flags

    def left_alone(self, account_id: pa.Array) -> NDArray[np.bool_]:
        """Accounts that people said to keep hands off."""
        flags = np.zeros(len(account_id), dtype=bool)
        flags[[row for row, _ in _rows(account_id, self.hands_off)]] = True
        return flags

    def left_alone_because(self, account_id: pa.Array, lang: str = "en") -> pa.Array:
        """Who said so, why and until when, in words; null where nobody did."""
        words = np.full(len(account_id), None, dtype=object)
        for row, decision in _rows(account_id, self.hands_off):
            words[row] = decision_words(decision, lang)
        return pa.array(words, pa.string())


def decisions_at(overrides: pa.Table, as_of: datetime, product: str | None = None) -> Decisions:
    """The decisions that hold at as_of.

    A decision holds from its `ts` (always, without one) until its `until` (for ever, without
    one): ts < as_of < until. One about a product is passed over in lists of another product. Of
    several about an account's tier the newest counts; hands off holds beside any of them. What
    prepare would quarantine is passed over.

    Parameters
    ----------
    overrides : pyarrow.Table
        The canonical table.
    as_of : datetime
        When.
    product : str, optional
        What the list is for, whatever the case.
    """
    rows = sorted(overrides.to_pylist(), key=_oldest_first)
    active = [row for row in rows if _holds(row, as_of, product)]
    return Decisions(
        tiers={row["account_id"]: _decision(row) for row in active if _sets_tier(row)},
        hands_off={
            row["account_id"]: _decision(row) for row in active if row["action"] == _HANDS_OFF
        },
    )


def decision_words(decision: Decision, lang: str = "en") -> str:
    """Who decided, why and until when.

    >>> decision_words(Decision("pin", by="Ann", reason="renewal", until=datetime(2026, 3, 31)))
    'by Ann, because renewal, until 2026-03-31'
    >>> decision_words(Decision("pilot", by="安", reason="重点"), "zh")
    '由安决定，原因：重点'
    """
    by, because, until, comma = _SAID[lang]
    end = f"{decision.until:%Y-%m-%d}" if decision.until else None
    told = [(by, decision.by), (because, decision.reason), (until, end)]
    return comma.join(words.format(value) for words, value in told if value)


def pilot_warning(accounts: int) -> str | None:
    """What to say of a pilot list of this many accounts; None where its size is right, or 0.

    >>> pilot_warning(3)
    'the pilot list holds 3 accounts, and 10 to 20 are advised'
    """
    least, most = PILOT_SIZE
    if accounts == 0 or least <= accounts <= most:
        return None
    held = "1 account" if accounts == 1 else f"{accounts} accounts"
    return f"the pilot list holds {held}, and {least} to {most} are advised"


def _rows(account_id: pa.Array, decided: Mapping[str, Decision]) -> list[tuple[int, Decision]]:
    """Positions of the accounts about which something was decided; they are few."""
    hit = pc.is_in(account_id, pa.array(list(decided), pa.string()))
    rows = np.flatnonzero(np.asarray(hit, dtype=bool)).tolist()
    return [(row, decided[account_id[row].as_py()]) for row in rows]


def _holds(row: Mapping[str, Any], as_of: datetime, product: str | None) -> bool:
    begun = row["ts"] is None or row["ts"] < as_of
    ended = row["until"] is not None and row["until"] <= as_of
    other = bool(product and row["product"]) and _same(row["product"]) != _same(product)
    return begun and not ended and not other


def _same(product: str | None) -> str:
    return (product or "").strip().lower()


def _sets_tier(row: Mapping[str, Any]) -> bool:
    action, tier = row["action"], row["tier"]
    if action not in _LEAST or (tier is None and action == "tier"):
        return False
    return tier is None or _LEAST[action] <= tier <= LOWEST_TIER


def _oldest_first(row: Mapping[str, Any]) -> tuple[datetime, str]:
    """By time; of several at one instant the order of their contents decides, not of rows."""
    return row["ts"] or datetime.min, repr(sorted((key, str(row[key])) for key in row))


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision(**{name: row[name] for name in ("action", "tier", "by", "reason", "until")})
