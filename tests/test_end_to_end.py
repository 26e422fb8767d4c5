"""The whole job on one small simulated CRM, through the command line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from abm_ml.cli import main

ROOT = Path(__file__).parents[1]


QUICK = "propensity: {num_leaves: [7], trials: 4}\n"
"""A small search: the gate runs `abm demo` with the whole one."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `abm demo` leaves behind."""
    out = tmp_path_factory.mktemp("run") / "demo"
    (out.parent / "quick.yaml").write_text(QUICK)
    with pytest.MonkeyPatch.context() as patch:
        params = ["--params", str(out.parent / "quick.yaml")]
        patch.setattr("sys.argv", ["abm", "demo", "--out", str(out), "--accounts", "1500", *params])
        with pytest.raises(SystemExit, match="0"):
            main()
    return out


def _of(demo: Path) -> tuple[object, ...]:
    """What says that a command is to work on the demo as the demo did."""
    words = ("--data", demo / "work", "--models", demo / "models", "--as-of", "2026-01-01")
    return (*words, "--params", demo.parent / "quick.yaml")


def test_demo_leaves_a_list_a_report_and_a_champion(demo: Path) -> None:
    tal = pd.read_csv(demo / "tal" / "tal.csv", encoding="utf-8-sig")
    assert len(tal) > 500
    assert tal["rank"].tolist() == list(range(1, len(tal) + 1))
    assert tal["priority"].is_monotonic_decreasing
    assert tal["tier"].isin([1, 2, 3]).all()
    assert tal["propensity"].between(0, 1, inclusive="neither").all()
    assert tal["reasons"].head(100).notna().all()
    assert (tal["model_version"] == 1).all()


def test_report_loads_nothing_from_anywhere(demo: Path) -> None:
    page = (demo / "tal" / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*|url\([^)]*\)|@import", page) == []


def test_universe_is_scored_and_excluded_and_the_list_is_its_tiered_part(demo: Path) -> None:
    read = {
        name: pd.read_parquet(demo / "tal" / f"{name}.parquet", columns=["account_id"])
        for name in ("scored", "excluded")
    }
    universe = pd.read_parquet(demo / "work" / "canonical" / "accounts.parquet")
    together = pd.concat(read.values())["account_id"]
    assert together.is_unique
    assert set(together) == set(universe["account_id"])


def test_no_contact_is_named_in_what_leaves_the_machine(demo: Path) -> None:
    contacts = pd.read_parquet(demo / "work" / "canonical" / "contacts.parquet")
    emails = set(contacts["email"].dropna())
    files = [demo / "tal" / "report.html", demo / "tal" / "tal.csv"]
    files += [path for path in (demo / "models").rglob("*") if path.suffix in {".json", ".html"}]
    assert len(files) > 3
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not set(re.findall(r"[\w.+-]+@[\w.-]+\w", text)) & emails, path


def test_the_list_says_how_much_each_account_is_like_the_customers(demo: Path) -> None:
    columns = ["similarity", "nearest_seed", "index_version", "model_version"]
    scored = pd.read_parquet(demo / "tal" / "scored.parquet", columns=columns)
    assert scored["similarity"].between(0, 100).all()
    assert scored["index_version"].nunique() == 1
    customers = pd.read_csv(demo / "customers.csv")["account_id"]
    assert set(scored["nearest_seed"]) <= set(customers)


def test_demo_leaves_lookalikes_with_their_page(demo: Path) -> None:
    found = pd.read_csv(demo / "lookalikes.csv", encoding="utf-8-sig")
    customers = set(pd.read_csv(demo / "customers.csv")["account_id"])
    assert len(found) > 500
    assert not set(found["account_id"]) & customers
    page = (demo / "lookalikes.html").read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*|url\([^)]*\)|@import", page) == []


def test_scoring_again_gives_the_same_bytes(
    demo: Path, tmp_path: Path, abm: Callable[..., Any]
) -> None:
    assert abm("score", *_of(demo), "--out", tmp_path / "again").code == 0
    for name in ("scored.parquet", "tal.parquet", "excluded.parquet", "tal.csv", "run.json"):
        first, again = (
            (folder / name).read_bytes() for folder in (demo / "tal", tmp_path / "again")
        )
        assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest(), name


def test_why_shows_the_arithmetic_behind_the_list(demo: Path, abm: Callable[..., Any]) -> None:
    row = pd.read_parquet(demo / "tal" / "tal.parquet").iloc[0]
    told = json.loads(abm("why", row["account_id"], *_of(demo), "--json").out)
    parts = told["priority"]["parts"].values()
    weighted = sum(part["weight"] * part["score"] for part in parts)
    assert weighted / sum(part["weight"] for part in parts) == pytest.approx(row["priority"])
    days = sum(day["points"] for day in told["engagement"]["days"])
    assert days == pytest.approx(row["engagement_points"], abs=1e-6)
    text = abm("why", row["account_id"], *_of(demo), "--lang", "zh").out
    weight = told["priority"]["parts"]["account_score"]["weight"]
    said = f"优先级得分 {row['priority']:g} = {weight:g} × {row['account_score']:g} (规则评分)"
    assert said in text.replace("= (", "= ")


def test_changes_are_told_against_an_earlier_list(
    demo: Path, tmp_path: Path, abm: Callable[..., Any]
) -> None:
    ended = abm(
        "score", *_of(demo), "--out", tmp_path / "next", "--previous", demo / "tal", "--json"
    )
    assert set(json.loads(ended.out)["changes"]) == {"same"}


def test_one_world_in_four_dialects_gives_one_list(tmp_path: Path, abm: Callable[..., Any]) -> None:
    lists = set()
    for dialect in ("canonical", "salesforce", "hubspot", "zh"):
        home = tmp_path / dialect
        world = ("--accounts", 300, "--seed", 5, "--dialect", dialect, "--out", home / "world")
        assert abm("simulate", *world).code == 0
        assert abm("prepare", home / "world" / "exports", "--out", home / "work").code == 0
        words = ("--data", home / "work", "--models", home / "models", "--as-of", "2026-01-01")
        assert abm("score", *words, "--out", home / "tal").code == 0
        lists.add((home / "tal" / "tal.parquet").read_bytes())
    assert len(lists) == 1


def test_doctor_finds_nothing_missing(demo: Path, abm: Callable[..., Any]) -> None:
    ended = abm("doctor", "--models", demo / "models")
    assert ended.code == 0
    assert "champion: 1" in ended.out


@pytest.mark.slow
def test_retraining_notebook_runs_to_its_end(tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "01_retrain.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    last = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    assert "verdict" in last
    assert "champion" in last


@pytest.mark.slow
def test_lookalike_notebook_runs_to_its_end(tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "02_lookalikes.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    told = "".join(output.get("text", "") for cell in notebook.cells[1:] for output in
                   cell.get("outputs", []))  # fmt: skip
    assert "kept out sub_industry" in told
    assert "random: ('nothing_in_common', 'near_chance')" in told
    assert "times chance" in told


@pytest.mark.slow
def test_threshold_notebook_runs_to_its_end(tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "03_thresholds.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    told = "".join(output.get("text", "") for cell in notebook.cells[1:] for output in
                   cell.get("outputs", []))  # fmt: skip
    assert re.search(r"expected \d+\.\d \(\d+ to \d+\)", told)
    assert "answer   tier 1 from an account score of" in told
    assert "new MQAs a week, of 3 at most" in told or "no threshold gives more than" in told
