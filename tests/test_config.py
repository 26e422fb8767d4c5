"""Settings: the shipped file is true, and mistakes are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from abm_ml.config import Params, load_params
from abm_ml.errors import ParamsError

SHIPPED = Path(__file__).parents[1] / "params.yaml"


def _leaves(model: BaseModel, path: str = "") -> list[str]:
    names = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        names += _leaves(value, f"{path}{name}.") if isinstance(value, BaseModel) else [path + name]
    return names


def test_shipped_file_holds_exactly_the_defaults() -> None:
    assert load_params(SHIPPED) == Params()


def test_shipped_file_comments_every_setting() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    commented = [line for line in lines if "#" in line]
    bare = [
        name
        for name in _leaves(Params())
        if not any(name.split(".")[-1] in line for line in commented)
    ]
    assert bare == []


def test_shipped_file_names_every_setting() -> None:
    loaded = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    assert set(loaded) == set(Params.model_fields)
    for section, values in loaded.items():
        if isinstance(getattr(Params(), section), BaseModel):
            assert set(values) == set(type(getattr(Params(), section)).model_fields)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "propensity: {num_leavs: 3}",
            r"propensity\.num_leavs: no such setting .did you mean num_leaves\?",
        ),
        ("propensity: {monotone: {employees: 2}}", r"monotone\.employees: .* 1\. Supplied value 2"),
        ("tiers: {tier_1_at: 50}", r"thresholds must fall.*Supplied values 50, 60, 0"),
        ("account_score: {intent: 0.5}", r"must sum to 1, they sum to 1\.25"),
        ("engagement: {half_life_days: 0}", r"half_life_days: .*greater than 0\. Supplied value 0"),
        ("icp: {firmographic: [{column: a, min: 1, exists: true}]}", r"give exactly one test"),
        ("icp: {firmographic: [{column: a, min: 5, max: 1}]}", r"min 5 is greater than max 1"),
        ("icp: {firmographic: [{colum: a}]}", r"no such setting .did you mean column\?"),
        ("icp: {grades: {A: 10, B: 20}}", r"grades must fall"),
        ("mqa: {tier_1: {points: 90, contacts: 1}}", r"points must not fall"),
        ("fusion: {account_score: 0, propensity: 0}", r"cannot both be 0"),
        ("[1, 2]", r"expected settings such as"),
        ("a: [", r"cannot be read as YAML"),
    ],
)
def test_mistake_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match=message):
        load_params(file)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"nowhere\.yaml: cannot be read"):
        load_params(tmp_path / "nowhere.yaml")


def test_own_points_lie_over_the_preset() -> None:
    params = Params.model_validate({"engagement": {"points": {"webinar": 7, "meeting": 60}}})
    assert params.engagement.points_by_kind["webinar"] == 7
    assert params.engagement.points_by_kind["meeting"] == 60
    assert params.engagement.points_by_kind["website_visit"] == 1


def test_capacity_overrides_the_preset() -> None:
    assert Params.model_validate({"tiers": {"preset": "huoyan"}}).tiers.capacities == (
        10,
        100,
        1000,
    )
    own = Params.model_validate({"tiers": {"capacity": [5, 6, None]}})
    assert own.tiers.capacities == (5, 6, None)
