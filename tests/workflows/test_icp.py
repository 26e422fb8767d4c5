"""An ICP is proposed from a simulated CRM whose truth is known, accepted by params, and checked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from abm_ml.config import Params, load_params
from abm_ml.data.crm import Crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.errors import ParamsError
from abm_ml.rules.icp_evidence import LOST, UNIVERSE, WON
from abm_ml.scoring.universe import score_universe
from abm_ml.workflows.icp import ProposedIcp, check, propose_icp
from abm_ml.workflows.icp_leaks import told_by_winning
from abm_ml.workflows.icp_rows import IcpRows, rows_to_check, rows_to_propose_from
from abm_ml.workflows.icp_yaml import proposal_yaml
from abm_ml.workflows.prepare import prepare

QUIET = {"opportunities_per_account": 1.5, "events_per_account": 1, "contacts_per_account": 1}


def prepared(folder: Path, seed: int, accounts: int = 2_500, **world: Any) -> Path:
    simulate_world(folder, accounts=accounts, seed=seed, world=World(**{**QUIET, **world}))
    prepare(folder / "exports", folder / "work", Params())
    return folder / "work"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wins depend on industry, size, technologies and signals (data.simulate.formula)."""
    return prepared(tmp_path_factory.mktemp("icp"), seed=18)


@pytest.fixture(scope="module")
def icp_file(work: Path) -> Path:
    return work.parent / "icp.yaml"


@pytest.fixture(scope="module")
def proposed(work: Path, icp_file: Path) -> ProposedIcp:
    return propose_icp(work, Params(), out=icp_file)


# --- propose -----------------------------------------------------------------------------------


def test_the_columns_that_drive_winning_are_proposed_and_no_other(proposed: ProposedIcp) -> None:
    criteria = {one.criterion.source: one.criterion for one in proposed.proposal.proposed}
    assert set(criteria) == {"industry", "employees", "technologies"}
    assert {"Software", "软件"} <= set(criteria["industry"].any_of)
    assert {"Retail", "Logistics", "Energy", "零售"}.isdisjoint(criteria["industry"].any_of)
    # The formula is best at 1,000 people.
    assert criteria["employees"].min < 1_000 < criteria["employees"].max
    assert set(criteria["technologies"].contains) == {"Salesforce", "SAP"}
    assert proposed.exit_code == 0


def test_a_column_filled_for_customers_is_not_proposed(proposed: ProposedIcp) -> None:
    # World.enriched fills sub_industry after the first win.
    assert "filled" in proposed.told["sub_industry"]
    assert "sub-industry" in proposed.to_text()


def test_from_proposal_to_params_to_check(
    work: Path, icp_file: Path, proposed: ProposedIcp
) -> None:
    params = load_params(icp_file)
    accepted = (*params.icp.firmographic, *params.icp.technographic)
    assert set(accepted) == {one.criterion for one in proposed.proposal.proposed}
    assert params.icp.grades == Params().icp.grades
    found = check(work, params)
    assert found.exit_code == 0
    shares = {group: passage.through / passage.of for group, passage in found.check.inside.items()}
    assert shares[WON] > 1.3 * shares[LOST]
    assert shares[WON] > 1.8 * shares[UNIVERSE]


def test_every_criterion_stands_below_its_evidence(
    work: Path, icp_file: Path, proposed: ProposedIcp
) -> None:
    lines = icp_file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("    - "):
            assert lines[number - 1].startswith("    # ")
    text = " ".join(line.strip(" #") for line in lines)
    one = proposed.proposal.proposed[0].evidence
    assert f"({one.shares[WON].met:,} of {one.shares[WON].known:,})" in text
    assert f"{one.lifts()[UNIVERSE].value:.1f} times the share of all companies" in text


def test_chinese_comments_stand_beside_the_english_ones(proposed: ProposedIcp) -> None:
    text = proposal_yaml(proposed.proposal, Params(), END, "zh")
    assert "的赢单客户符合" in text
    assert "of the winners meet it" in text
    assert yaml.safe_load(text) == yaml.safe_load(proposed.text)
    assert "行业：为" in dataclasses.replace(proposed, lang="zh").to_text()


def test_without_out_the_yaml_itself_is_shown(proposed: ProposedIcp, icp_file: Path) -> None:
    assert icp_file.read_text(encoding="utf-8") == proposed.text
    shown = dataclasses.replace(proposed, out=None).to_text()
    assert yaml.safe_load(shown) == yaml.safe_load(proposed.text)


def test_the_order_of_rows_changes_nothing(
    work: Path, proposed: ProposedIcp, copied: Callable[[Path], Path]
) -> None:
    shuffled = copied(work)
    for file in (shuffled / "canonical").glob("*.parquet"):
        table = pq.read_table(file)
        order = pd.Series(range(table.num_rows)).sample(frac=1, random_state=1)
        pq.write_table(table.take(order.to_numpy()), file)
    again = propose_icp(shuffled, Params.model_validate({"threads": 1}))
    assert again.text == proposed.text


def test_a_world_without_signal_proposes_nothing_and_writes_nothing(tmp_path: Path) -> None:
    noise = prepared(tmp_path / "noise", seed=10, accounts=1_500, signal=0)
    found = propose_icp(noise, Params(), out=tmp_path / "icp.yaml")
    assert found.proposal.sizes[WON] > 200
    assert found.proposal.proposed == ()
    assert found.exit_code == 3
    assert "nothing is proposed" in found.to_text()
    assert not (tmp_path / "icp.yaml").exists()


def test_few_winners_are_said(work: Path) -> None:
    found = propose_icp(work, Params(), as_of="2023-04-15")
    assert 0 < found.proposal.sizes[WON] < 30
    assert found.proposal.few
    assert found.exit_code == 3
    assert "are few" in found.to_text()
    assert "很难区分" in dataclasses.replace(found, lang="zh").to_text()


# --- rows --------------------------------------------------------------------------------------

WIN = datetime(2025, 6, 1)
END = datetime(2026, 1, 1)


def opportunity(account: str, created: datetime, won: bool | None, days: int = 30) -> dict:
    closed = created + timedelta(days=days) if won is not None else None
    return {
        "opportunity_id": f"{account}-{created:%Y%m%d}", "account_id": account, "is_won": won,
        "created_at": created, "closed_at": closed, "stage": "any",
    }  # fmt: skip


def tiny_crm(**more: list[dict]) -> Crm:
    accounts = [
        {"account_id": one, "name": one, "industry": "Software", "employees": 300}
        for one in ("won", "lost", "both", "open", "late", "never", "stopped")
    ]
    day = timedelta(days=1)
    tables = {
        "accounts": accounts,
        "opportunities": [
            opportunity("won", WIN + 30 * day, True),
            opportunity("won", WIN, True),
            opportunity("lost", WIN, False),
            opportunity("both", WIN - 90 * day, False),
            opportunity("both", WIN, True),
            opportunity("open", WIN, None),
            opportunity("late", END - day, True),
            opportunity("stopped", WIN, True),
        ],
        "signals": [
            {"account_id": "won", "kind": "news", "ts": WIN - day, "text": "x"},
            {"account_id": "won", "kind": "news", "ts": WIN, "text": "x"},
        ],
        "suppressions": [{"kind": "account", "value": "stopped"}],
        **more,
    }
    return Crm.from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()}, threads=1)


def by_account(rows: IcpRows, group: str, column: str | None = None) -> dict[str, Any]:
    spine = rows.spine.to_pandas()
    spine["value"] = rows.columns[column].to_pylist() if column else spine["as_of"]
    mine = spine[spine["group"] == group]
    return dict(zip(mine["account_id"], mine["value"], strict=True))


def test_winners_are_seen_before_their_first_won_opportunity() -> None:
    rows = rows_to_propose_from(tiny_crm(), Params(), END)
    assert by_account(rows, WON) == {"won": WIN, "both": WIN}
    assert by_account(rows, LOST) == {"lost": WIN}
    assert by_account(rows, WON, "signals:news:90d") == {"won": 1, "both": 0}


def test_the_universe_is_seen_at_the_winners_moments() -> None:
    rows = rows_to_propose_from(tiny_crm(), Params(), END)
    everybody = by_account(rows, UNIVERSE)
    assert set(everybody) == {"won", "lost", "both", "open", "late", "never"}
    assert set(everybody.values()) == {WIN}


def test_an_account_is_not_seen_before_it_existed() -> None:
    accounts = [
        {"account_id": "won", "name": "won", "created_at": WIN - timedelta(days=9)},
        {"account_id": "new", "name": "new", "created_at": WIN},
    ]
    crm = tiny_crm(accounts=accounts, opportunities=[opportunity("won", WIN, True)])
    assert by_account(rows_to_propose_from(crm, Params(), END), UNIVERSE) == {
        "won": WIN, "new": END,
    }  # fmt: skip


def test_what_came_after_as_of_is_not_seen() -> None:
    future = [
        opportunity("never", END, True),
        opportunity("open", END - timedelta(days=1), True),
    ]
    crm = tiny_crm()
    known = crm.to_arrow(crm.table("opportunities")).to_pylist()
    later = tiny_crm(opportunities=[*known, *future])
    one, other = (rows_to_propose_from(each, Params(), END) for each in (crm, later))
    assert one.spine == other.spine


def test_attributes_are_those_that_history_dates_before_the_win() -> None:
    history = [
        {"account_id": "won", "column": "employees", "value": "20",
         "valid_from": datetime(2024, 1, 1)},
        {"account_id": "won", "column": "employees", "value": "300",
         "valid_from": datetime(2025, 9, 1)},
    ]  # fmt: skip
    crm = tiny_crm(account_history=history)
    rows = rows_to_propose_from(crm, Params(), END)
    assert by_account(rows, WON, "employees") == {"won": 20, "both": 300}
    params = Params.model_validate(
        {"icp": {"firmographic": [{"column": "employees", "any_of": ["300"]}]}}
    )
    checked = rows_to_check(crm, params.icp.firmographic, frozenset({"employees"}), END)
    assert by_account(checked, WON, "employees") == {"won": 20, "both": 300}
    assert by_account(checked, UNIVERSE, "employees")["won"] == 300


def followed(share: float) -> tuple[IcpRows, Crm]:
    """Employees of 200 won and lost accounts, rewritten after each win; history follows some."""
    ids = [f"{outcome}{row}" for outcome in ("won", "lost") for row in range(100)]
    before, after = WIN - timedelta(days=9), WIN + timedelta(days=90)
    dated = [one for one in ids if int(one.lstrip("wonlst")) < 100 * share]
    history = [(one, "20", before) for one in dated]
    history += [(one, "300", after) for one in dated if one.startswith("won")]
    crm = tiny_crm(
        accounts=[{"account_id": one, "name": one, "employees": 300} for one in ids],
        opportunities=[opportunity(one, WIN, one.startswith("won")) for one in ids],
        account_history=[
            {"account_id": one, "column": "employees", "value": value, "valid_from": day}
            for one, value, day in history
        ],
    )
    return rows_to_propose_from(crm, Params(), END), crm


def test_a_column_rewritten_for_winners_is_told() -> None:
    rows, crm = followed(share=0.4)
    told = told_by_winning(crm, rows, END)
    assert "changed since: for 100% of won accounts, 0% of others" in told["employees"]


def test_a_column_that_history_follows_for_all_is_taken_as_it_was_then() -> None:
    rows, crm = followed(share=1.0)
    assert set(by_account(rows, WON, "employees").values()) == {20}
    assert told_by_winning(crm, rows, END) == {}


# --- check -------------------------------------------------------------------------------------


def icp(*criteria: dict[str, Any]) -> Params:
    return Params.model_validate({"icp": {"firmographic": list(criteria), "technographic": []}})


def test_grades_are_those_that_scoring_gives(work: Path) -> None:
    criteria = [
        {"column": "industry", "none_of": ["Energy", "能源"], "must": True},
        {"column": "employees", "min": 100},
        {"signal": "news", "count_at_most": 0},
        {"signal": "job_posting", "contains": ["manager", "经理"], "count_at_least": 1},
    ]
    params = Params.model_validate(
        {"icp": {"firmographic": criteria}, "exclusions": {"account_types": []}}
    )
    found = check(work, params, as_of="2025-07-01").check
    crm = Crm.open(work, threads=1)
    scored = score_universe(crm, None, None, params, datetime(2025, 7, 1), motion="all").scored
    counts = {grade: one[UNIVERSE].through for grade, one in found.grades.items()}
    assert counts == {**dict.fromkeys(counts, 0), **scored["grade"].value_counts().to_dict()}
    assert len(set(counts.values())) > 3
    assert 0 < found.criteria[3].passages[UNIVERSE].through < len(scored)


def test_rules_that_decide_nothing_are_warned_about(work: Path) -> None:
    nobody = {"column": "industry", "any_of": ["Farming"], "must": True}
    found = check(work, icp(nobody, {"column": "employees", "min": 1}))
    assert [one.warning for one in found.check.criteria] == ["nobody", "everybody"]
    assert found.exit_code == 3
    assert "industry: one of Farming lets nobody through" in found.to_text()
    assert "没有任何客户符合" in dataclasses.replace(found, lang="zh").to_text()


def test_a_column_that_the_export_left_empty_and_an_unseen_signal_are_warned_about(
    work: Path,
) -> None:
    patents = {"signal": "patents", "count_at_most": 0}
    found = check(work, icp({"column": "ticker", "exists": True}, patents))
    assert [one.warning for one in found.check.criteria] == ["absent", "absent"]
    assert found.exit_code == 3
    assert "ticker: is filled has nothing to look at" in found.to_text()


def test_a_column_that_accounts_lack_is_refused_by_name(work: Path) -> None:
    with pytest.raises(ParamsError, match=r"no column 'industri' \(did you mean industry\?\)"):
        check(work, icp({"column": "industri", "exists": True}))


def test_the_commands_print_what_the_workflows_found(
    work: Path, tmp_path: Path, abm: Callable[..., Any]
) -> None:
    file = tmp_path / "icp.yaml"
    ended = abm("icp", "propose", "--data", work, "--out", file, "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert {one["part"] for one in told["proposed"]} == {"firmographic", "technographic"}
    ended = abm("icp", "check", "--data", work, "--params", file, "--lang", "zh")
    assert ended.code == 0
    assert "等级 A+" in ended.out
