"""The lists that `lookalike.py` measures on: half is shown as seeds, the rest is to be found.

Three sets of real companies, read from a folder that is no part of this project:

- `acquirers`: 66,037 companies; a list is what one buyer bought. Nothing that was known only
  after the purchase (status, funding) is shown.
- `tags`: the same companies; a list is everybody with one of 20 tags. All 20 are removed from
  the features of everybody, so that one universe serves all lists.
- `ashare`: 3,621 listed Chinese companies; a list is an industry, and the industry is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import numpy as np
import pandas as pd

BANDS = ("5-9", "10-29", "30+")
"""Lists by their number of seeds."""

AIM_TARGETS = 15
"""Acquirers with at least this many targets are the 29 that DESIGN 7 reports."""

FEWEST_TARGETS = 10
TAG_SIZES = (100, 1_000)
TAGS = 20
TAG_SEEDS = (7, 20, 60)
INDUSTRY_SEEDS = {7: 20, 20: 40, 40: 60}
"""Seeds shown, and how large an industry must be for that."""


@dataclass(frozen=True)
class Task:
    """One list to be completed.

    Parameters
    ----------
    name : str
        Set, list and split: unique.
    set : str
        Name of the set.
    cluster : str
        The buyer, tag or industry: splits of one list are no independent measurements.
    accounts : DataFrame
        The universe, `account_id` and the columns that anybody may use; one object for all
        tasks of a set.
    seeds, hidden : list of str
        Account ids shown and to be found.
    """

    name: str
    set: str
    cluster: str
    accounts: pd.DataFrame
    seeds: list[str]
    hidden: list[str]

    @property
    def band(self) -> str:
        """The band of its number of seeds."""
        return BANDS[np.searchsorted([10, 30], len(self.seeds), side="right")]


def load(name: str, data: Path, splits: int | None = None, quick: bool = False) -> list[Task]:
    """The tasks of a set, always the same ones in the same order.

    Parameters
    ----------
    name : str
        `acquirers`, `tags` or `ashare`.
    data : Path
        Folder with `crunchbase_2015` and `ashare_zh`.
    splits : int, optional
        Random splits of each list; by default 5 for acquirers, 2 for the others.
    quick : bool
        One split, and a third of the lists of every band.
    """
    reader, usual = SETS[name]
    tasks = list(reader(data, 1 if quick else splits or usual))
    return quickly(tasks) if quick else tasks


def quickly(tasks: list[Task]) -> list[Task]:
    """Every third task of each band (all of them in bands of few)."""
    bands = [[task for task in tasks if task.band == band] for band in BANDS]
    return [task for band in bands for task in (band[::3] if len(band) > 9 else band)]


def companies(data: Path) -> pd.DataFrame:
    """The Crunchbase universe without outcome columns: 66,037 rows, one for each name."""
    raw = pd.read_csv(data / "crunchbase_2015" / "companies.csv.gz", dtype=str)
    raw = raw.dropna(subset=["name"])
    raw = raw[~raw["name"].str.lower().duplicated()].reset_index(drop=True)
    founded = pd.to_datetime(raw["founded_at"], errors="coerce").dt.year
    tags = raw["category_list"].str.split("|")
    return pd.DataFrame(
        {
            "account_id": raw["permalink"],
            "name": raw["name"],
            "domain": raw["homepage_url"].map(domain_of, na_action="ignore"),
            "tags": tags.map(lambda all_: [tag for tag in all_ if tag], na_action="ignore"),
            "country": raw["country_code"],
            "state": raw["country_code"] + "-" + raw["state_code"],
            "region": raw["region"],
            "city": raw["city"],
            "founded_year": founded.astype(float),
        }
    )


def domain_of(url: str) -> str | None:
    """The host of a home page, without www."""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def acquirers(data: Path, splits: int) -> Iterator[Task]:
    """Half of what a buyer bought, to find the other half."""
    accounts = companies(data)
    bought = pd.read_csv(data / "crunchbase_2015" / "acquisitions.csv.gz", dtype=str)
    pairs = bought[["acquirer_permalink", "company_permalink"]].drop_duplicates()
    pairs = pairs[pairs["company_permalink"].isin(set(accounts["account_id"]))]
    for buyer, targets in pairs.groupby("acquirer_permalink")["company_permalink"]:
        if len(targets) >= FEWEST_TARGETS:
            for split in range(splits):
                yield drawn("acquirers", str(buyer), split, accounts, targets, None)


def tags(data: Path, splits: int) -> Iterator[Task]:
    """A few companies with a hidden tag, to find the others."""
    accounts = companies(data)
    every = accounts.explode("tags")[["account_id", "tags"]].drop_duplicates()
    sizes = every["tags"].value_counts().sort_index()
    low, high = TAG_SIZES
    fitting = sizes.index[(sizes >= low) & (sizes <= high)].to_numpy(object)
    rng = np.random.default_rng(0)
    chosen = sorted(rng.choice(fitting, TAGS, replace=False))
    accounts["tags"] = without(accounts["tags"], set(chosen))
    for tag in chosen:
        members = every.loc[every["tags"] == tag, "account_id"]
        for seeds in TAG_SEEDS:
            for split in range(splits):
                yield drawn("tags", tag, split, accounts, members, seeds)


def without(tags: pd.Series, hidden: set[str]) -> pd.Series:
    """Tags less the hidden ones; who has none left looks like who never had one."""

    def rest(values: list[str]) -> list[str] | None:
        return [tag for tag in values if tag not in hidden] or None

    return tags.map(rest, na_action="ignore")


def ashare(data: Path, splits: int) -> Iterator[Task]:
    """A few companies of a hidden industry, to find the others."""
    folder = data / "ashare_zh"
    raw = pd.read_csv(folder / "stock_basic_2019.csv", dtype={"code": str, "timeToMarket": str})
    board = pd.read_csv(folder / "stock_basic_2023.csv", dtype=str).set_index("symbol")["market"]
    accounts = raw.drop(columns=["code", "industry", "timeToMarket"])
    accounts.insert(0, "account_id", raw["code"])
    accounts["market"] = raw["code"].map(board)
    accounts["listed_year"] = pd.to_numeric(raw["timeToMarket"].str[:4]).replace(0, np.nan)
    for industry, members in raw.groupby("industry")["code"]:
        for seeds, fewest in INDUSTRY_SEEDS.items():
            if len(members) >= fewest:
                for split in range(splits):
                    yield drawn("ashare", str(industry), split, accounts, members, seeds)


def drawn(
    set_: str,
    cluster: str,
    split: int,
    accounts: pd.DataFrame,
    members: pd.Series,
    seeds: int | None,
) -> Task:
    """Members in random order: the first are seeds (half of them where no number is given)."""
    count = seeds or len(members) // 2
    name = f"{set_} {cluster} {count} {split}"
    rng = np.random.default_rng(crc32(name.encode()))
    mixed = rng.permutation(np.sort(members.to_numpy(object))).tolist()
    return Task(name, set_, cluster, accounts, mixed[:count], mixed[count:])


SETS: dict[str, tuple[Callable[[Path, int], Iterator[Task]], int]] = {
    "acquirers": (acquirers, 5),
    "tags": (tags, 2),
    "ashare": (ashare, 2),
}
"""Reader of each set and its usual number of splits."""
