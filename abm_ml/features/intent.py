"""What third parties saw an account research before as_of: the newest score of each topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import ibis

from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.names import Feature
from abm_ml.features.spine import check_at_least, folded, for_every_row, latest, seen_before

WEEK_DAYS = 7


def intent_score(
    crm: Crm,
    spine: ibis.Table,
    *,
    topics: Sequence[str] = (),
    half_life_days: float,
    window_days: int,
    way: Literal["strongest", "surge"] = "strongest",
    surge_at: float = 60.0,
    min_topic_share: float = 0.25,
) -> ibis.Table:
    """Intent of each spine row, from the newest score of each topic.

    `strongest`: the strongest topic, after exponential decay: max over topics of
    score · 2^(−age ÷ half-life). Any table of topics and scores will do.

    `surge`: for weekly files of topic surges. A topic surges at a score of `surge_at` or more in
    the account's newest week, and the account surges once `min_topic_share` of the topics do.
    Intent is then the strongest topic in full; with fewer surging topics it is less, down to half
    of it with none: strongest · (1 + min(1, share ÷ min_topic_share)) ÷ 2. A higher score of a
    topic never lowers it.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    topics : sequence of str
        Topics that count, whatever their case; empty: all.
    half_life_days : float
        Days in which a score halves.
    window_days : int
        Older scores count as none.
    way : {"strongest", "surge"}
        Which formula.
    surge_at : float
        Score from which a topic surges. Bombora's Company Surge calls a score of 60 and more a
        surge, on a scale of 0 to 100 on which 50 is the company's usual.
    min_topic_share : float
        Share of `topics` that make a surging account; above 0.

    Returns
    -------
    ibis.Table
        row_id (every spine row), intent (0 to 100).

    Raises
    ------
    ParamsError
        If half-life, window, or the share is out of range, or `surge` is given no topics.
    """
    check_at_least("half_life_days", half_life_days, 1e-3)
    newest = _of_topics(crm, spine, topics, window_days)
    left = ibis.literal(2.0) ** (-newest.age_days / half_life_days)
    score = newest.score.clip(lower=0.0, upper=100.0) * left
    found = newest.group_by("row_id").agg(intent=score.max())
    if way == "surge":
        check_at_least("min_topic_share", min_topic_share, 1e-6)
        surging = surging_topics(
            crm, spine, topics=topics, window_days=window_days, surge_at=surge_at
        )
        joined = found.join(surging, "row_id")
        full = ibis.least(1.0, joined.surging_share / min_topic_share)
        found = joined.select("row_id", intent=joined.intent * (1 + full) / 2)
    return for_every_row(spine, found, {"intent": 0.0})


def surging_topics(
    crm: Crm,
    spine: ibis.Table,
    *,
    topics: Sequence[str],
    window_days: int,
    surge_at: float = 60.0,
) -> ibis.Table:
    """Topics that surge in the newest week that a third party reported of an account.

    The newest week are the 7 days up to the account's newest score of any of the topics.

    Parameters
    ----------
    crm, spine, topics, window_days, surge_at
        As in `intent_score`; topics may not be empty, since the share is one of them.

    Returns
    -------
    ibis.Table
        row_id (every spine row), surging_topics (list of str in their order; empty if none),
        surging_share (of `topics`, 0 to 1).

    Raises
    ------
    ParamsError
        If there are no topics, or the window is out of range.
    """
    chosen = {_key(name): name for name in sorted(topics, reverse=True)}
    if not chosen:
        raise ParamsError(
            "intent.topics: way surge asks how many of your topics surge, and none is named"
        )
    found = _of_topics(crm, spine, topics, window_days)
    newest = found.mutate(topic=found.topic.cases(*chosen.items()))
    by_row = ibis.window(group_by="row_id")
    dated = newest.mutate(youngest=newest.age_days.min().over(by_row))
    in_week = dated.age_days < dated.youngest + WEEK_DAYS
    surging = dated.filter(in_week & (dated.score >= surge_at))
    listed = surging.group_by("row_id").agg(
        surging_topics=surging.topic.collect(order_by=surging.topic),
        surging_share=surging.count() / len(chosen),
    )
    joined = for_every_row(spine, listed, {"surging_share": 0.0})
    nothing = ibis.literal([], type="array<string>")
    return joined.mutate(surging_topics=joined.surging_topics.fill_null(nothing))


def intent_features(
    crm: Crm, spine: ibis.Table, features: Sequence[Feature], *, window_days: int
) -> ibis.Table:
    """Intent features by their names, for the rows that have scores: row_id and features."""
    newest = newest_scores(crm, spine, window_days=window_days)
    return newest.group_by("row_id").agg(
        **{
            feature.name: newest.score.max(
                where=newest.topic == feature.item if feature.item else None
            )
            for feature in features
        }
    )


def newest_scores(
    crm: Crm, spine: ibis.Table, *, window_days: int, any_case: bool = False
) -> ibis.Table:
    """The newest score of each topic within the window: row_id, topic, score, age_days.

    With `any_case`, spellings that differ in case or white space are one topic, in lower case.
    """
    check_at_least("window_days", window_days, 1)
    scores = crm.table("intent").select("account_id", "topic", "ts", "score")
    if any_case:
        scores = scores.mutate(topic=folded(scores.topic))
    seen = seen_before(spine, scores, window_days=window_days)
    newest = latest(seen, by=("row_id", "topic"), at="ts", then="score")
    return newest.select("row_id", "topic", "score", "age_days")


def _of_topics(crm: Crm, spine: ibis.Table, topics: Sequence[str], window_days: int) -> ibis.Table:
    """Newest scores of the chosen topics, or of all; topics in lower case."""
    newest = newest_scores(crm, spine, window_days=window_days, any_case=True)
    return newest.filter(newest.topic.isin([_key(name) for name in topics])) if topics else newest


def _key(topic: str) -> str:
    return topic.strip().lower()
