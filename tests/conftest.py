"""Fixtures that several areas share."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from abm_ml.cli import main
from abm_ml.config import Params
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.workflows.prepare import prepare

THOROUGH = "THOROUGH" in os.environ
"""Laws over all the examples they are owed, other ones each time; else some, always the same."""

# How long an example takes says more of the machine than of the code.
common = settings(deadline=None, derandomize=not THOROUGH)
settings.register_profile("any law", common)
settings.register_profile("pure law", common, max_examples=1_000 if THOROUGH else 200)
settings.register_profile("law of whole lists", common, max_examples=25 if THOROUGH else 3)
settings.load_profile("any law")

# Queries are compiled from millions of small objects, among which garbage is looked for in vain.
gc.set_threshold(200_000, 20, 50)

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The measuring data sets beside the checkout; the test is skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no measuring data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def busy_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared world of 1,500 accounts with enough outcomes in its last year; don't change it."""
    folder = tmp_path_factory.mktemp("busy")
    simulate_world(folder, accounts=1_500, seed=1, world=World(events_per_account=4))
    prepare(folder / "exports", folder / "work", Params())
    return folder / "work"


@dataclass(frozen=True)
class Ended:
    """How one `abm` command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def abm(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run the `abm` command in this process, as its entry point does."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["abm", *(str(word) for word in words)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capfd.readouterr()
        code = end.value.code
        return Ended(code if isinstance(code, int) else 1, captured.out, captured.err)

    return run
