from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from abm_ml.criterion import Criterion
from abm_ml.rules.icp_check import Passage, check_icp

GROUPS = {
    "universe": np.array([1, 1, 1, 1, 0, 0, 0], dtype=bool),
    "won": np.array([0, 0, 0, 0, 1, 1, 0], dtype=bool),
    "lost": np.array([0, 0, 0, 0, 0, 0, 1], dtype=bool),
}
COLUMNS = {
    "industry": pa.array(["Software", "Retail", None, "Software", "Software", "Retail", "Retail"]),
    "employees": pa.array([10, 500, 500, 500, 500, None, 5]),
    "signals:legal_risk:365d": pa.array([0, 0, 0, 2, 0, 0, 0]),
}
FLOORS = {"A": 80, "B": 40, "D": 0}
SOFTWARE = Criterion(column="industry", any_of=("software",))
LARGE = Criterion(column="employees", min=100, must=True)


def check(*criteria: Criterion, columns: dict[str, pa.Array] = COLUMNS):
    return check_icp(
        {"firmographic": criteria, "technographic": ()},
        columns,
        GROUPS,
        weights={"firmographic": 0.4, "technographic": 0.2},
        floors=FLOORS,
        inside_at=40,
    )


def test_each_criterion_tells_whom_it_lets_through_and_whom_it_does_not_know() -> None:
    [found] = check(SOFTWARE).criteria
    assert found.passages == {
        "universe": Passage(of=4, through=2, unknown=1),
        "won": Passage(of=2, through=1),
        "lost": Passage(of=1, through=0),
    }
    assert found.warning == ""


def test_a_must_tells_whom_it_knocks_out_and_the_unknown_are_not_among_them() -> None:
    [found] = check(LARGE).criteria
    assert found.passages["universe"] == Passage(of=4, through=3, knocked_out=1)
    assert found.passages["won"] == Passage(of=2, through=1, unknown=1)
    assert found.passages["lost"] == Passage(of=1, through=0, knocked_out=1)


def test_grades_and_the_whole_are_those_of_scoring() -> None:
    found = check(SOFTWARE, LARGE)
    # Fit: 0 (knocked out), 50, 50, 100; won 100, 0; lost 0 (knocked out).
    through = {grade: found.grades[grade]["universe"].through for grade in FLOORS}
    assert through == {"A": 1, "B": 2, "D": 1}
    assert found.inside["universe"] == Passage(of=4, through=3, knocked_out=1)
    assert found.inside["won"] == Passage(of=2, through=1)
    assert found.inside["lost"] == Passage(of=1, through=0, knocked_out=1)


@pytest.mark.parametrize(
    ("criterion", "warning"),
    [
        (Criterion(column="nowhere", exists=True), "absent"),
        (Criterion(signal="patent", count_at_most=0), "absent"),
        (Criterion(column="industry", any_of=("Farming",)), "nobody"),
        (Criterion(column="industry", none_of=("Farming",), must=True), "everybody"),
        (Criterion(column="employees", min=1), "everybody"),
        (Criterion(signal="legal_risk", count_at_most=2), "everybody"),
        (Criterion(signal="legal_risk", count_at_most=0), ""),
    ],
)
def test_a_criterion_that_decides_nothing_is_named(criterion: Criterion, warning: str) -> None:
    columns = {**COLUMNS, "signals:patent:365d": pa.array([0] * 7)}
    [found] = check(criterion, columns=columns).criteria
    assert found.warning == warning


def test_an_icp_that_cannot_be_judged_has_no_grades() -> None:
    found = check(SOFTWARE, columns={})
    assert found.grades == {}
    assert found.inside["universe"] == Passage(of=4, through=0)
    assert found.criteria[0].passages["universe"] == Passage(of=4, through=0, unknown=4)
