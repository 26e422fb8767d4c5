"""The lines of `abm why` on marketing qualification, in the units of each way."""

from __future__ import annotations

from typing import Any

from abm_ml.workflows.why_mqa import mqa_lines

EVENT = {"ts": "2026-03-01T13:00:00", "kind": "meeting", "person": "C-1"}


def minutes(**told: Any) -> dict[str, Any]:
    """An account by the way `demandbase`."""
    return {
        "way": "demandbase", "qualified": True, "minutes": 104.0, "minutes_asked": 100.0,
        "pipeline_score": 55.5, "pipeline_score_asked": 85.0, "qualified_by": ["minutes"],
        "window_days": 90, "gap": None, "since": "2026-03-01T13:00:00",
        "made_by": [EVENT | {"minutes": 45.0}],
    } | told  # fmt: skip


def points(**told: Any) -> dict[str, Any]:
    """An account by points."""
    return {
        "way": "points", "qualified": True, "points": 50.5, "points_asked": 45.0, "contacts": 3,
        "contacts_asked": 2, "window_days": 90, "gap": None, "since": "2026-03-01T13:00:00",
        "made_by": [EVENT | {"points": 20.0}],
    } | told  # fmt: skip


def test_minutes_that_qualified_are_told_with_those_of_each_event() -> None:
    assert list(mqa_lines(minutes(), "en")) == [
        "MQA yes by engagement minutes: 104 of 100 engagement minutes in 90 days, pipeline score "
        "55.5 of 85 (either is enough)",
        "  since 2026-03-01, made so by:",
        "    2026-03-01  45 min  meeting  C-1",
    ]
    assert list(mqa_lines(minutes(), "zh")) == [
        "市场合格客户（MQA）是（凭互动时长）：90 天内互动时长 104 / 100 分钟，"
        "商机评分 55.5 / 85（满足其一即可）",
        "  自 2026-03-01 起，由以下互动促成：",
        "    2026-03-01  45 分钟  会议  C-1",
    ]


def test_a_score_that_qualified_names_no_events() -> None:
    told = minutes(minutes=62.0, pipeline_score=87.5, qualified_by=["pipeline_score"], made_by=[])
    first, since = mqa_lines(told, "en")
    assert first.startswith("MQA yes by pipeline score: 62 of 100 engagement minutes")
    assert since == "  since 2026-03-01 at the latest, by its pipeline score, not by events"
    first, since = mqa_lines(told, "zh")
    assert first.startswith("市场合格客户（MQA）是（凭商机评分）")
    assert since == "  最迟自 2026-03-01 起，凭商机评分达标，并非由互动促成"


def test_both_may_have_qualified() -> None:
    both = minutes(qualified_by=["minutes", "pipeline_score"])
    assert next(mqa_lines(both, "en")).startswith(
        "MQA yes by engagement minutes and pipeline score:"
    )
    assert "（凭互动时长和商机评分）" in next(mqa_lines(both, "zh"))


def test_an_unknown_score_counts_as_nothing() -> None:
    told = minutes(
        qualified=False, pipeline_score=None, qualified_by=[], since=None, made_by=[],
        minutes=60.0, gap="missing 40 engagement minutes or 85 of pipeline score",
    )  # fmt: skip
    assert list(mqa_lines(told, "en")) == [
        "MQA no: 60 of 100 engagement minutes in 90 days, pipeline score 0 of 85 (either is "
        "enough); missing 40 engagement minutes or 85 of pipeline score"
    ]


def test_points_are_told_with_contacts() -> None:
    assert list(mqa_lines(points(), "en")) == [
        "MQA yes: 50.5 of 45 points, 3 of 2 contacts in 90 days",
        "  since 2026-03-01, made so by:",
        "    2026-03-01  20  meeting  C-1",
    ]


def test_by_grade_the_grade_is_told_first_where_there_is_one() -> None:
    told = points(way="grade", grade="A", grade_asked="B+")
    assert next(mqa_lines(told, "en")) == (
        "MQA yes: grade A where B+ or better is asked, 50.5 of 45 points, 3 of 2 contacts in 90 "
        "days"
    )
    assert next(mqa_lines(told, "zh")).startswith(
        "市场合格客户（MQA）是：匹配度等级 A（要求 B+ 及以上），90 天内 50.5 / 45 分"
    )
    without = points(way="grade", grade=None, grade_asked="B+")
    assert next(mqa_lines(without, "en")) == next(mqa_lines(points(), "en"))
