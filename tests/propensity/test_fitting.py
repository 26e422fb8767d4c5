"""Plans become the same models whatever was fitted on the same rows before."""

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.fitting import Lesson
from abm_ml.propensity.plans import Choice, LinearPlan, Settings, TreePlan


def lesson() -> Lesson:
    """Rows whose first half says the opposite of the second."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=2_000)})
    turn = np.where(np.arange(2_000) < 1_000, -1, 1)
    y = (turn * frame["size"] + rng.logistic(size=2_000) > 0).astype(np.int64).to_numpy()
    time = np.arange(2_000.0)
    return Lesson.of(frame, y, np.ones(2_000), time, np.arange(2_000), Settings())


PLANS = [
    Choice(LinearPlan(0.1)),
    Choice(LinearPlan(0.1, half_life=0.125)),
    Choice(trees=TreePlan(7, 20)),
    Choice(trees=TreePlan(7, 20, half_life=0.125)),
]


@pytest.mark.parametrize("before", PLANS)
@pytest.mark.parametrize("plan", PLANS)
def test_a_model_does_not_depend_on_those_fitted_before_it(plan: Choice, before: Choice) -> None:
    alone, used = lesson(), lesson()
    used.fit(before)
    expected = alone.margin(plan, alone.design)
    np.testing.assert_array_equal(used.margin(plan, used.design), expected)


def test_baselines_do_not_either() -> None:
    alone, used = lesson(), lesson()
    used.fit(PLANS[-1])
    np.testing.assert_array_equal(used.baselines(used.design), alone.baselines(alone.design))


def test_recent_rows_lead_where_old_ones_are_forgotten() -> None:
    taught = lesson()
    size = taught.design.trees[:, 0]
    for family in (PLANS[:2], PLANS[2:]):
        even, recent = (np.corrcoef(taught.margin(p, taught.design), size)[0, 1] for p in family)
        assert recent > 0.8
        assert recent > even + 0.3
