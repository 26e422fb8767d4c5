from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.criterion import Criterion
from abm_ml.errors import ParamsError
from abm_ml.features.signals import criterion_counts, signal_counts

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
    shouted = crm.to_arrow(signal_counts(crm, spine, " Patent", 365)).sort_by("row_id")
    assert shouted == counts


def test_a_window_of_no_days_is_refused(crm_of, make_spine) -> None:
    crm = crm_of(signals=SIGNALS)
    with pytest.raises(ParamsError, match=r"within_days must be at least 1\. Supplied value 0"):
        signal_counts(crm, make_spine(crm, [("A", AS_OF)]), "patent", 0)


def test_a_criterion_counts_the_signals_whose_text_holds_a_word(crm_of, make_spine) -> None:
    texts = ["Data Engineer (m/f)", "招聘：数据工程师", "Sales", "100% data_engineer", None]
    crm = crm_of(signals=[{**signal("job_posting", 3), "text": text} for text in texts])
    criterion = Criterion(
        signal="job_posting", contains=("data engineer ", "数据工程师"), count_at_least=1
    )
    spine = make_spine(crm, [("A", AS_OF), ("A", AS_OF - timedelta(days=3)), ("B", AS_OF)])
    counts = crm.to_arrow(criterion_counts(crm, spine, criterion)).sort_by("row_id")
    assert counts.column_names == ["row_id", criterion.source]
    assert counts[criterion.source].to_pylist() == [2, 0, 0]


def test_words_of_a_criterion_are_taken_literally(crm_of, make_spine) -> None:
    crm = crm_of(signals=[{**signal("news", 3), "text": text} for text in ("a%b", "aXb", "a_b")])
    spine = make_spine(crm, [("A", AS_OF)])
    for word in ("a%b", "a_b"):
        counts = signal_counts(crm, spine, "news", 30, contains=[word])
        assert crm.to_arrow(counts)["signals"].to_pylist() == [1]


def test_a_criterion_without_words_counts_all_of_its_kind(crm_of, make_spine) -> None:
    crm = crm_of(signals=SIGNALS)
    criterion = Criterion(signal="patent", count_at_most=1, within_days=90)
    counts = crm.to_arrow(criterion_counts(crm, make_spine(crm, [("A", AS_OF)]), criterion))
    assert counts["signals:patent:90d"].to_pylist() == [1]
