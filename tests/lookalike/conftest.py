"""Made-up universes of companies in planted segments, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.universe import Universe


@dataclass(frozen=True)
class Segment:
    """What companies of one planted segment are like."""

    industry: str
    tags: tuple[str, ...]
    technologies: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    words: str
    employees: float
    founded: int


SEGMENTS = {
    "biotech": Segment(
        "Biotechnology", ("gene therapy", "oncology", "clinical trials"), ("Benchling", "Veeva"),
        (("US", "Boston"), ("US", "San Diego")),
        "therapeutics proteins antibodies patients medicines discovery laboratory", 60, 2012,
    ),
    "legal": Segment(
        "Legal Services", ("e-discovery", "contracts", "compliance"), ("Relativity", "Clio"),
        (("US", "New York"), ("GB", "London")),
        "lawyers litigation contracts documents courts evidence firms", 35, 2009,
    ),
    "logistics": Segment(
        "Logistics", ("freight", "warehousing", "last mile"), ("SAP", "Manhattan"),
        (("DE", "Hamburg"), ("NL", "Rotterdam")),
        "freight containers warehouses trucks delivery customs shipping", 900, 1988,
    ),
    "fintech": Segment(
        "Financial Services", ("payments", "lending", "open banking"), ("Plaid", "Stripe"),
        (("GB", "London"), ("US", "San Francisco")),
        "payments merchants loans cards wallets banks accounts", 150, 2015,
    ),
    "工业": Segment(
        "智能制造", ("机器人", "数控机床", "工业互联网"), ("用友", "西门子"),
        (("CN", "苏州"), ("CN", "深圳")),
        "工业 机器人 自动化 生产线 传感器 数控 机床", 400, 2006,
    ),
    "医疗": Segment(
        "医疗器械", ("影像", "体外诊断", "植入器械"), ("金蝶", "飞利浦"),
        (("CN", "上海"), ("CN", "杭州")),
        "医疗 器械 影像 诊断 医院 患者 检测 试剂", 200, 2010,
    ),
}  # fmt: skip
"""Planted segments, by name; their companies' ids begin with the name."""

NOISE = ("mobile", "cloud", "analytics", "hardware", "education", "travel", "media", "retail",
    "games", "energy", "数据", "平台", "电商", "咨询")  # fmt: skip
COMMON_WORDS = "we help our customers with software services and data around the world"


def made_up_companies(rows: int = 900, seed: int = 0) -> pd.DataFrame:
    """Companies of the planted segments in turn; a fifth of the cells are empty.

    `segment` is the truth: take it out before fitting.
    """
    draw = np.random.default_rng(seed)
    names = list(SEGMENTS)
    table = [_company(i, names[i % len(names)], draw) for i in range(rows)]
    accounts = pd.DataFrame(table)
    for column in ("industry", "city", "employees", "founded_year", "description"):
        accounts.loc[draw.random(rows) < 0.2, column] = None
    return accounts.iloc[draw.permutation(rows)].reset_index(drop=True)


def _company(number: int, name: str, draw: np.random.Generator) -> dict[str, object]:
    segment = SEGMENTS[name]
    country, city = segment.places[draw.integers(len(segment.places))]
    own = [tag for tag in segment.tags if draw.random() < 0.6]
    others = list(draw.choice(NOISE, 2, replace=False))
    words = [*draw.choice(segment.words.split(), 4), *draw.choice(COMMON_WORDS.split(), 6)]
    return {
        "account_id": f"{name}-{number:04d}",
        "name": f"{draw.choice(segment.words.split())} {draw.choice(NOISE)} {number}",
        "country": country,
        "city": city,
        "industry": segment.industry,
        "tags": own + others if draw.random() < 0.8 else None,
        "technologies": [one for one in segment.technologies if draw.random() < 0.5],
        "employees": float(np.round(segment.employees * draw.lognormal(0, 0.7))),
        "founded_year": float(segment.founded + draw.integers(-6, 7)),
        "description": " ".join(draw.permutation(words)),
        "segment": name,
    }


def ids_of(accounts: pd.DataFrame, segment: str, count: int, seed: int = 0) -> list[str]:
    """Random companies of a segment."""
    members = np.sort(accounts.loc[accounts["segment"] == segment, "account_id"].to_numpy(object))
    return np.random.default_rng(seed).choice(members, count, replace=False).tolist()


@pytest.fixture(scope="session")
def made_up() -> Callable[..., pd.DataFrame]:
    """Companies with their planted `segment`: `made_up(rows, seed)`."""
    return made_up_companies


@pytest.fixture(scope="session")
def companies() -> pd.DataFrame:
    """900 companies and their `segment`; don't change them."""
    return made_up_companies()


@pytest.fixture(scope="session")
def accounts(companies: pd.DataFrame) -> pd.DataFrame:
    """The companies without the planted truth; don't change them."""
    return companies.drop(columns="segment")


@pytest.fixture(scope="session")
def index(accounts: pd.DataFrame) -> LookalikeIndex:
    """The index of `accounts`; don't change it."""
    return LookalikeIndex(threads=1).fit(accounts)


@pytest.fixture(scope="session")
def universe(index: LookalikeIndex) -> Universe:
    """What the index searches: its rows are `index.ids`."""
    return index._universe(None)


@pytest.fixture
def own_index(accounts: pd.DataFrame) -> LookalikeIndex:
    """An index of 240 companies that the test may change."""
    return LookalikeIndex(threads=1).fit(accounts.iloc[:240])


@pytest.fixture(scope="session")
def members(companies: pd.DataFrame) -> Callable[..., list[str]]:
    """Random companies of a segment: `members("biotech", 20, seed=3)`."""

    def pick(segment: str, count: int, seed: int = 0) -> list[str]:
        return ids_of(companies, segment, count, seed)

    return pick
