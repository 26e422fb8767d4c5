"""Precision and recall of `match_accounts` on real company names, and its time and memory.

python benchmarks/match_names.py --data ../shared/data [--only sec zh ashare scale]
                                 [--accounts 1000000] [--queries 10000]

SEC and Nasdaq, SEC and S&P: SEC companies (one account a CIK) are the universe, names of the other
list the queries, each distinct name once (several share classes have one name), without funds and
test issues. Truth is by ticker: the CIKs of the SEC rows with one of the name's tickers; names
whose tickers the SEC list lacks have no counterpart. The lists are of different dates, so some
pairs are renamed companies that no name can tell. Half A of the Nasdaq queries (by a hash of the
name) was used to choose the threshold and weights, half B was not.

precision = right matches / matches; recall = right matches / queries with a counterpart.
"Adjudicated" precision takes a match for right, too, where the name's tickers are in no SEC row
but both names have the same words: the ticker changed between the lists, not the company. In the
row "counterparts hidden" the accounts of half B's companies are taken out of the universe, so that
about half of the queries have no counterpart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd

from abm_ml.data.names.accounts import AccountNames
from abm_ml.data.names.match import match_accounts
from abm_ml.data.names.parts import parse_name
from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.aliases import chinese_aliases


def sec_accounts(data: Path) -> pd.DataFrame:
    """SEC rows: cik, name, ticker."""
    raw = json.loads((data / "us_listed_names/sec_company_tickers_exchange.json").read_text())
    return pd.DataFrame(raw["data"], columns=raw["fields"])


def one_a_company(sec: pd.DataFrame) -> pd.DataFrame:
    """One account a CIK."""
    first = sec.drop_duplicates("cik")
    return pd.DataFrame({"account_id": first["cik"].astype(str), "name": first["name"]})


def nasdaq_queries(data: Path, sec: pd.DataFrame, column: str = "Company Name") -> pd.DataFrame:
    """Distinct names that are no funds and no tests, with their true CIKs."""
    listed = pd.read_csv(data / "us_listed_names/nasdaq-listed-symbols.csv", keep_default_na=False)
    listed = listed[(listed["ETF"] == "N") & (listed["Test Issue"] == "N")]
    return with_truth(listed["Symbol"], listed[column], sec)


def sp_queries(data: Path, sec: pd.DataFrame) -> pd.DataFrame:
    """S&P names with their true CIKs."""
    listed = pd.read_csv(data / "us_listed_names/sp500_constituents.csv")
    return with_truth(listed["Symbol"], listed["Security"], sec)


def with_truth(symbols: pd.Series, names: pd.Series, sec: pd.DataFrame) -> pd.DataFrame:
    """Each distinct name once, with the set of CIKs of its tickers."""
    ciks = sec.groupby("ticker")["cik"].first().astype(str)
    table = pd.DataFrame({"name": names.str.strip(), "cik": symbols.map(ciks)})
    truth = table.groupby("name", sort=True)["cik"].agg(lambda found: set(found.dropna()))
    return pd.DataFrame({"name": truth.index, "truth": truth.to_numpy()})


def half(names: pd.Series) -> np.ndarray:
    """True for half A of the names."""
    return np.array([hashlib.sha256(n.encode()).digest()[0] % 2 == 0 for n in names])


def judge(label: str, queries: pd.DataFrame, accounts: pd.DataFrame, show: int = 0) -> None:
    """Match, and print precision and recall."""
    started = time.perf_counter()
    found = match_accounts(queries["name"].tolist(), accounts)
    seconds = time.perf_counter() - started
    names = dict(zip(accounts["account_id"], accounts["name"], strict=True))
    matched = found["account_id"].notna().to_numpy()
    right = np.array([a in t for a, t in zip(found["account_id"], queries["truth"], strict=True)])
    has = np.array([bool(t) for t in queries["truth"]])
    same = np.array([
        a is not None and parse_name(q).words == parse_name(names[a]).words
        for a, q in zip(found["account_id"], queries["name"], strict=True)
    ])  # fmt: skip
    fair = right | (matched & same & ~has)
    print(
        f"{label:<34} queries {len(queries):>5}  with counterpart {has.sum():>5}  "
        f"matched {matched.sum():>5}  precision {right.sum() / max(matched.sum(), 1):.4f} "
        f"(adjudicated {fair.sum() / max(matched.sum(), 1):.4f})  "
        f"recall {(right & has).sum() / max(has.sum(), 1):.4f}  "
        f"ambiguous {(found['status'] == 'ambiguous').sum():>4}  {seconds:.1f} s"
    )
    for n in np.flatnonzero(matched & ~fair)[:show]:
        print("  WRONG", queries["name"][n], "->", names[found["account_id"][n]], found["score"][n],
              [names[t] for t in queries["truth"][n]])  # fmt: skip
    for n in np.flatnonzero(has & ~matched)[:show]:
        print("  MISSED", found["status"][n], queries["name"][n],
              [names[t] for t in queries["truth"][n]],
              [(c["name"], c["score"]) for c in found["candidates"][n]][:3])  # fmt: skip


def listed_names(data: Path, show: int) -> None:
    """SEC against Nasdaq and S&P."""
    sec = sec_accounts(data)
    accounts = one_a_company(sec)
    nasdaq = nasdaq_queries(data, sec)
    in_a = half(nasdaq["name"])
    judge("SEC-Nasdaq, half A (tuned on)", nasdaq[in_a].reset_index(drop=True), accounts, show)
    judge("SEC-Nasdaq, half B (untouched)", nasdaq[~in_a].reset_index(drop=True), accounts)
    judge("SEC-Nasdaq, all", nasdaq, accounts)
    gone = set().union(*nasdaq["truth"][~in_a])
    kept = accounts[~accounts["account_id"].isin(gone)].reset_index(drop=True)
    truth = [found - gone for found in nasdaq["truth"]]
    judge("SEC-Nasdaq, counterparts hidden", nasdaq.assign(truth=truth), kept, show)
    judge("SEC-Nasdaq, security names",
          nasdaq_queries(data, sec, "Security Name"), accounts)  # fmt: skip
    judge("SEC-S&P", sp_queries(data, sec), accounts, show)


def chinese(seed: int = 7) -> None:
    """The simulator's Chinese companies in every way to write them, and absent ones."""
    for companies in (300, 1_000, 3_000):
        accounts, queries = chinese_aliases(companies, seed)
        truth = [set() if pd.isna(t) else {t} for t in queries["truth"]]
        judge(f"Chinese, {companies:,} companies", queries.assign(truth=truth), accounts)
    found = match_accounts(queries["name"].tolist(), accounts)
    right = found["account_id"].eq(queries["truth"]) & found["account_id"].notna()
    shares = pd.DataFrame({"matched": found["account_id"].notna(), "right": right})
    print(shares.groupby(queries["kind"]).mean().round(3).T.to_string())


def short_names(data: Path) -> None:
    """Chinese listed companies' short names of 2019 asked of those of 2023; truth by code."""
    new = pd.read_csv(data / "ashare_zh/stock_basic_2023.csv", dtype=str)
    old = pd.read_csv(data / "ashare_zh/stock_basic_2019.csv", dtype=str)
    accounts = pd.DataFrame({"account_id": new["symbol"], "name": new["name"]})
    codes = old["code"].str.zfill(6)
    known = set(accounts["account_id"])
    truth = [{code} if code in known else set() for code in codes]
    queries = pd.DataFrame({"name": old["name"], "truth": truth})
    judge("A-shares 2019 in 2023 (renamed too)", queries, accounts)


def invented(count: int, seed: int) -> pd.DataFrame:
    """Many companies, a third of them Chinese, with names of the simulator's kind."""
    rng = np.random.default_rng(seed)

    def some(parts: tuple[str, ...]) -> np.ndarray:
        return np.array(parts, dtype=object)[rng.integers(len(parts), size=count)]

    middles = tuple(one + two for one in words.NAME_MIDDLES for two in words.NAME_MIDDLES)
    english = (some(words.NAME_STARTS) + some(middles) + some(words.NAME_ENDS) + " "
               + some(words.NAME_WORDS) + " " + some(words.NAME_SUFFIXES))  # fmt: skip
    chinese_names = (
        some(tuple(place[3] for place in words.PLACES_ZH)) + some(words.NAME_STARTS_ZH)
        + some(words.NAME_ENDS_ZH) + some(words.NAME_ENDS_ZH) + some(words.NAME_WORDS_ZH)
        + some(words.NAME_SUFFIXES_ZH)
    )  # fmt: skip
    names = np.where(rng.random(count) < 1 / 3, chinese_names, english)
    return pd.DataFrame(
        {"account_id": np.char.add("A", np.arange(count).astype(str)), "name": names}
    )


def scale(accounts: int, queries: int) -> None:
    """Time and memory of many names against very many accounts."""
    universe = invented(accounts, seed=1)
    there = universe["name"].sample(queries // 2, random_state=2).str.upper().tolist()
    asked = there + invented(queries - len(there), seed=3)["name"].tolist()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    started, cpu = time.perf_counter(), time.process_time()
    known = AccountNames(universe)
    built = time.process_time() - cpu
    found = match_accounts(asked, known)
    total, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{queries:,} names against {accounts:,} accounts: {total:.0f} s "
        f"({cpu:.0f} s of processor, {built:.0f} of them for the index), "
        f"peak {peak:.2f} GB, of which {before:.2f} GB were taken before; "
        f"{found['status'].value_counts().to_dict()}"
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=["sec", "zh", "ashare", "scale"])
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--show", type=int, default=0, help="wrong and missed names to print")
    told = parser.parse_args()
    if "sec" in told.only:
        listed_names(told.data, told.show)
    if "zh" in told.only:
        chinese()
    if "ashare" in told.only:
        short_names(told.data)
    if "scale" in told.only:
        scale(told.accounts, told.queries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GB")


if __name__ == "__main__":
    main()
