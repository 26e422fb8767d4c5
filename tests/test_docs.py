"""The docs are true: every command, table and column stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from abm_ml.cli import app
from abm_ml.data.schemas import SCHEMAS

ROOT = Path(__file__).parents[1]
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_command_has_help_and_stands_in_the_docs(command: str) -> None:
    assert typer.main.get_command(app).commands[command].help  # type: ignore[attr-defined]
    assert f"`abm {command}`" in (ROOT / "docs" / "batch-jobs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_table_and_its_columns_stand_in_the_contract(table: str) -> None:
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    section = text.split(f"## {table}\n", 1)[1].split("\n## ", 1)[0]
    documented = re.findall(r"^\| (\w+) \|", section, flags=re.MULTILINE)
    assert documented[1:] == list(SCHEMAS[table].columns)


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"])
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_pipelines_are_thin() -> None:
    for script in (ROOT / "pipelines").glob("*.py"):
        assert len(script.read_text(encoding="utf-8").splitlines()) <= 30, script.name
