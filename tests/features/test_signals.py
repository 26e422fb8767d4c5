from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.errors import ParamsError
from abm_ml.features.signals import signal_counts

AS_OF = datetime(2026, 1, 1)


def signal(kind: str, days: float) -> dict[str, Any]:
    return {"account_id": "A", "kind": kind, "ts": AS_OF - timedelta(days=days)}


SIGNALS = [signal("patent", 90), signal("patent", 91), signal("news", 1), signal("news", 366)]


def test_signals_are_counted_by_kind_and_window(crm_of, look) -> None:
    names = ["signals:patent:90d", "signals:patent:365d", "signals:news:365d", "signals:bid:90d"]
    [row] = look(crm_of(signals=SIGNALS), [("A", AS_OF)], names)
    assert list(row.values()) == [1, 2, 1, 0]


def test_a_rule_can_ask_for_one_kind(crm_of, make_spine) -> None:
    crm = crm_of(signals=SIGNALS)
    spine = make_spine(crm, [("A", AS_OF), ("A", AS_OF - timedelta(days=90))])
    counts = crm.to_arrow(signal_counts(crm, spine, "patent", 365)).sort_by("row_id")
    assert counts["signals"].to_pylist() == [2, 1]


def test_a_window_of_no_days_is_refused(crm_of, make_spine) -> None:
    crm = crm_of(signals=SIGNALS)
    with pytest.raises(ParamsError, match=r"within_days must be at least 1\. Supplied value 0"):
        signal_counts(crm, make_spine(crm, [("A", AS_OF)]), "patent", 0)
