"""The rule book that marketing and sales agree on, as frozen, typed settings (DESIGN 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from abm_ml.criterion import Criterion, Section

NotNegative = Annotated[float, Field(ge=0)]
Capacity = Annotated[int, Field(ge=0)] | None

ENGAGEMENT_PRESETS: Mapping[str, Mapping[str, float]] = {
    "classic": {
        "website_visit": 1,
        "content_download": 5,
        "event_registration": 10,
        "demo_request": 25,
        "meeting": 50,
        "opportunity": 100,
    },
    "huoyan": {"website_visit": 10, "whitepaper_download": 20, "live_event": 30},
}
"""Points of one event by kind (DESIGN 6.3)."""

TIER_PRESETS: Mapping[str, tuple[int | None, int | None, int | None]] = {
    "classic": (50, 500, None),
    "huoyan": (10, 100, 1000),
}
"""The most accounts that tiers 1, 2 and 3 may hold; None: no cap (DESIGN 6.2)."""


class Engagement(Section):
    """Engagement points: what people did, decayed over time."""

    preset: Literal["classic", "huoyan"] = "classic"
    points: dict[str, NotNegative] = Field({})
    daily_cap: int = Field(5, ge=1)
    half_life_days: float = Field(30.0, gt=0)
    window_days: int = Field(365, ge=1)
    full_points: float = Field(100.0, gt=0)
    outcome_kinds: tuple[str, ...] = ("opportunity",)
    bot_events_a_minute: int | None = Field(30, ge=1)
    bot_events_a_day: int | None = Field(500, ge=1)
    bot_agents: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _people_reach_the_cap(self) -> Self:
        # Else whoever reaches the daily cap would be taken for a bot.
        for name in ("bot_events_a_minute", "bot_events_a_day"):
            limit = getattr(self, name)
            if limit is not None and limit < self.daily_cap:
                raise ValueError(
                    f"{name} must be at least daily_cap, {self.daily_cap}. Supplied value {limit}"
                )
        if any(not word.strip() for word in self.bot_agents):
            raise ValueError("bot_agents: a blank text is in every user agent; leave it out")
        return self

    @property
    def points_by_kind(self) -> dict[str, float]:
        """Points of one event by kind: the preset with this file's own kinds over it."""
        return {**ENGAGEMENT_PRESETS[self.preset], **self.points}


class Intent(Section):
    """Third-party research signals."""

    half_life_days: float = Field(30.0, gt=0)
    window_days: int = Field(90, ge=1)
    topics: tuple[str, ...] = ()
    way: Literal["strongest", "surge"] = "strongest"
    surge_at: float = Field(60.0, gt=0, le=100)
    min_topic_share: float = Field(0.25, gt=0, le=1)

    @model_validator(mode="after")
    def _share_of_something(self) -> Self:
        if self.way == "surge" and not self.topics:
            raise ValueError("way surge asks how many of your topics surge: name them in topics")
        return self


class Icp(Section):
    """The ideal customer profile: declared rules, never a model."""

    firmographic: tuple[Criterion, ...] = (
        Criterion(
            column="industry",
            any_of=(
                "Software", "Financial services", "Manufacturing", "Healthcare",
                "软件", "金融", "制造业", "医疗健康",
            ),
            weight=2,
        ),
        Criterion(column="employees", min=200, max=20_000, weight=2),
        Criterion(column="revenue", min=10_000_000, weight=1),
    )  # fmt: skip
    technographic: tuple[Criterion, ...] = (
        Criterion(column="technologies", contains=("Salesforce", "HubSpot", "SAP"), weight=2),
        Criterion(column="technologies", contains=("AWS", "Azure", "Alibaba Cloud"), weight=1),
    )
    grades: dict[str, float] = Field({"A+": 90, "A": 80, "B+": 70, "B": 55, "C": 35, "D": 0})

    @model_validator(mode="after")
    def _musts_agree(self) -> Self:
        by_source: dict[str, list[Criterion]] = {}
        for criterion in (*self.firmographic, *self.technographic):
            if criterion.must:
                by_source.setdefault(criterion.source, []).append(criterion)
        for source, musts in by_source.items():
            _check_together(source, musts)
        return self

    @model_validator(mode="after")
    def _grades_descend(self) -> Self:
        floors = list(self.grades.values())
        if floors != sorted(floors, reverse=True) or floors[-1:] != [0]:
            raise ValueError(f"grades must fall from best to worst and end at 0, got {self.grades}")
        return self


def _check_together(source: str, musts: Sequence[Criterion]) -> None:
    """Refuse knock-outs on one source of which every account fails at least one."""
    refused = {text.strip().lower() for must in musts for text in must.none_of}
    for must in musts:
        wanted = {text.strip().lower() for text in must.any_of}
        if wanted and wanted <= refused:
            raise ValueError(
                f"no account can meet every must on {source}: any_of {list(must.any_of)} is "
                "all in none_of"
            )
    bounds = [must.bounds for must in musts]
    low, high = max(pair[0] for pair in bounds), min(pair[1] for pair in bounds)
    if low > high:
        raise ValueError(
            f"no account can meet every must on {source}: at least {low:g} and at most {high:g}"
        )


class AccountScore(Section):
    """Weights of the account score's four parts."""

    firmographic: float = Field(0.40, ge=0)
    technographic: float = Field(0.20, ge=0)
    intent: float = Field(0.25, ge=0)
    engagement: float = Field(0.15, ge=0)

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.firmographic + self.technographic + self.intent + self.engagement
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the four weights must sum to 1, they sum to {total:g}")
        return self


class Tiers(Section):
    """Who gets which treatment."""

    preset: Literal["classic", "huoyan"] = "classic"
    tier_1_at: float = Field(80.0, ge=0, le=100)
    tier_2_at: float = Field(60.0, ge=0, le=100)
    tier_3_at: float = Field(0.0, ge=0, le=100)
    capacity: tuple[Capacity, Capacity, Capacity] | None = None
    keep_margin: float = Field(3.0, ge=0, le=100)
    min_stay_days: int = Field(30, ge=0)
    cluster_least: int = Field(5, ge=1)
    clusters_most: int = Field(12, ge=1)

    @model_validator(mode="after")
    def _thresholds_fall(self) -> Self:
        if not self.tier_1_at > self.tier_2_at > self.tier_3_at:
            raise ValueError(
                "thresholds must fall: tier_1_at > tier_2_at > tier_3_at. "
                f"Supplied values {self.tier_1_at:g}, {self.tier_2_at:g}, {self.tier_3_at:g}"
            )
        return self

    @property
    def floors(self) -> tuple[float, float, float]:
        """Lowest account scores of tiers 1, 2 and 3."""
        return self.tier_1_at, self.tier_2_at, self.tier_3_at

    @property
    def capacities(self) -> tuple[int | None, int | None, int | None]:
        """The most accounts that tiers 1, 2 and 3 may hold."""
        return self.capacity or TIER_PRESETS[self.preset]


class MqaThreshold(Section):
    """What one tier asks of an account before it is marketing-qualified."""

    points: float = Field(gt=0)
    contacts: int = Field(ge=1)


class Mqa(Section):
    """When an account is marketing-qualified.

    `points`: enough points by enough contacts for its tier, more where it misses the ICP; less is
    asked of tier 1. `grade`: the same without that factor, and a grade to reach. `demandbase`: a
    pipeline score or enough minutes of engagement.
    """

    way: Literal["points", "grade", "demandbase"] = "points"
    window_days: int = Field(90, ge=1)
    tier_1: MqaThreshold = MqaThreshold(points=30, contacts=2)
    tier_2: MqaThreshold = MqaThreshold(points=45, contacts=2)
    tier_3: MqaThreshold = MqaThreshold(points=60, contacts=3)
    non_icp_factor: float = Field(1.5, ge=1)
    icp_fit: float = Field(60.0, ge=0, le=100)
    grade: str = "B+"
    pipeline_score: float = Field(85.0, gt=0, le=100)
    engagement_minutes: float = Field(100.0, gt=0)
    minutes: dict[str, NotNegative | Literal["value"]] = Field(
        {
            "email_click": 1.0,
            "website_visit": 2.0,
            "event_registration": 2.0,
            "content_download": 5.0,
            "whitepaper_download": 10.0,
            "demo_request": 15.0,
            "webinar": 30.0,
            "live_event": 30.0,
            "call": 15.0,
            "meeting": 45.0,
        }
    )

    @model_validator(mode="before")
    @classmethod
    def _one_of_two_is_enough(cls, given: object) -> object:
        """A tier's points or contacts alone leave the other as it is."""
        if not isinstance(given, Mapping):
            return given
        whole = dict(given)
        for name in ("tier_1", "tier_2", "tier_3"):
            if isinstance(given.get(name), Mapping):
                whole[name] = {**cls.model_fields[name].default.model_dump(), **given[name]}
        return whole

    @model_validator(mode="after")
    def _rises(self) -> Self:
        # Else a better tier would ask more, and more engagement could un-make an MQA.
        tiers = (self.tier_1, self.tier_2, self.tier_3)
        points, contacts = [tier.points for tier in tiers], [tier.contacts for tier in tiers]
        if points != sorted(points):
            raise ValueError(f"points must not fall from tier 1 to tier 3, got {points}")
        if contacts != sorted(contacts):
            raise ValueError(f"contacts must not fall from tier 1 to tier 3, got {contacts}")
        return self


class Stages(Section):
    """Where people and accounts stand: what data makes a lead an MQL, a customer an advocate."""

    mql_points: float = Field(10.0, gt=0)
    adopted_after_days: int = Field(180, ge=1)
    usage_kinds: tuple[str, ...] = ("product_usage", "product_login")
    usage_events: int = Field(5, ge=1)
    advocate_kinds: tuple[str, ...] = ("reference", "referral", "review", "case_study")
    advocate_renewals: int = Field(2, ge=1)


class Plays(Section):
    """Which next move is recommended."""

    renewal_days: int = Field(120, ge=1)


class Exclusions(Section):
    """Who is never scored, whatever the motion."""

    account_types: tuple[str, ...] = ("competitor", "partner", "竞争对手", "合作伙伴")
    hands_off_owners: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()

    @field_validator("own_domains")
    @classmethod
    def _are_domains(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for name in given:
            if not re.fullmatch(r"@?[^\s@/:.]+(\.[^\s@/:.]+)+", name.strip()):
                raise ValueError(f"'{name}' is no domain; write it like example.com")
        return given


class Fusion(Section):
    """Weights of the parts of priority, used until enough data teaches better ones."""

    learn: bool = True
    account_score: float = Field(0.5, ge=0)
    propensity: float = Field(0.5, ge=0)
    similarity: float = Field(0.1, ge=0)

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if self.account_score + self.propensity <= 0:
            raise ValueError("account_score and propensity cannot both be 0")
        return self


class Workload(Section):
    """What the list asks of people a week, and what is there; only `abm whatif` looks at it."""

    hours_tier_1: NotNegative = 2.0
    hours_tier_2: NotNegative = 0.25
    hours_tier_3: NotNegative = 0.01
    hours_a_week: float | None = Field(None, gt=0)
    accounts_a_week: float | None = Field(None, gt=0)

    @property
    def hours(self) -> tuple[float, float, float]:
        """Hours a week that one account of tier 1, 2 and 3 takes."""
        return self.hours_tier_1, self.hours_tier_2, self.hours_tier_3
