"""The rule book that marketing and sales agree on, as frozen, typed settings (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NotNegative = Annotated[float, Field(ge=0)]

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


class Section(BaseModel):
    """A frozen group of settings that knows all its names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Engagement(Section):
    """Engagement points: what people did, decayed over time."""

    preset: Literal["classic", "huoyan"] = "classic"
    points: dict[str, NotNegative] = {}
    daily_cap: int = Field(5, ge=1)
    half_life_days: float = Field(30.0, gt=0)
    window_days: int = Field(365, ge=1)
    full_points: float = Field(100.0, gt=0)
    outcome_kinds: tuple[str, ...] = ("opportunity",)

    @property
    def points_by_kind(self) -> dict[str, float]:
        """Points of one event by kind: the preset with this file's own kinds over it."""
        return {**ENGAGEMENT_PRESETS[self.preset], **self.points}


class Intent(Section):
    """Third-party research signals."""

    half_life_days: float = Field(30.0, gt=0)
    window_days: int = Field(90, ge=1)
    topics: tuple[str, ...] = ()


class Criterion(Section):
    """One ICP rule on one column of accounts (or one kind of signal).

    Exactly one test is given: `any_of`, `contains`, `min`/`max`, `exists` or `count_at_least`.
    """

    column: str = ""
    signal: str = ""
    any_of: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    exists: bool = False
    count_at_least: int = 0
    within_days: int = 365
    weight: float = Field(1.0, gt=0)
    must: bool = False

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        ranged = self.min is not None or self.max is not None
        tests = [
            bool(self.any_of),
            bool(self.contains),
            ranged,
            self.exists,
            bool(self.count_at_least),
        ]
        if sum(tests) != 1:
            raise ValueError(
                "give exactly one test: any_of, contains, min/max, exists or count_at_least"
            )
        if bool(self.column) == bool(self.signal):
            raise ValueError("give either column or signal")
        if bool(self.signal) != bool(self.count_at_least):
            raise ValueError("count_at_least goes with signal, the other tests with column")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is greater than max {self.max:g}")
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
    grades: dict[str, float] = {"A+": 90, "A": 80, "B+": 70, "B": 55, "C": 35, "D": 0}

    @model_validator(mode="after")
    def _grades_descend(self) -> Self:
        floors = list(self.grades.values())
        if floors != sorted(floors, reverse=True) or floors[-1:] != [0]:
            raise ValueError(f"grades must fall from best to worst and end at 0, got {self.grades}")
        return self


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
    capacity: tuple[int | None, int | None, int | None] | None = None

    @model_validator(mode="after")
    def _thresholds_fall(self) -> Self:
        if not self.tier_1_at > self.tier_2_at > self.tier_3_at:
            raise ValueError(
                "thresholds must fall: tier_1_at > tier_2_at > tier_3_at. "
                f"Supplied values {self.tier_1_at:g}, {self.tier_2_at:g}, {self.tier_3_at:g}"
            )
        return self

    @property
    def capacities(self) -> tuple[int | None, int | None, int | None]:
        """The most accounts that tiers 1, 2 and 3 may hold."""
        return self.capacity or TIER_PRESETS[self.preset]


class MqaThreshold(Section):
    """What one tier asks of an account before it is marketing-qualified."""

    points: float = Field(gt=0)
    contacts: int = Field(ge=1)


class Mqa(Section):
    """When an account is marketing-qualified, by tier: less is asked of tier 1."""

    window_days: int = Field(90, ge=1)
    tier_1: MqaThreshold = MqaThreshold(points=30, contacts=2)
    tier_2: MqaThreshold = MqaThreshold(points=45, contacts=2)
    tier_3: MqaThreshold = MqaThreshold(points=60, contacts=3)
    non_icp_factor: float = Field(1.5, ge=1)
    icp_fit: float = Field(60.0, ge=0, le=100)

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


class Exclusions(Section):
    """Who is never scored, whatever the motion."""

    account_types: tuple[str, ...] = ("competitor", "partner", "竞争对手", "合作伙伴")
    hands_off_owners: tuple[str, ...] = ()


class Fusion(Section):
    """Weights of the parts of priority, used until enough data teaches better ones."""

    account_score: float = Field(0.5, ge=0)
    propensity: float = Field(0.5, ge=0)

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if self.account_score + self.propensity <= 0:
            raise ValueError("account_score and propensity cannot both be 0")
        return self
