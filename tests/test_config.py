"""Settings: the shipped file is true, and mistakes are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from abm_ml.config import Params, checked_params, load_params
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
        ("engagement: {full_points: .inf}", r"full_points: .*finite number\. Supplied value inf"),
        ("mqa: {tier_1: {points: .nan}}", r"points: .*finite number\. Supplied value nan"),
        ("tiers: [1]", r"tiers: give settings by their names.*Supplied value \[1\]"),
        ("exclusions: {own_domains: a.com}", r"own_domains: give a list, such as \[a, b\]"),
        ("exclusions: {own_domains: [our company]}", r"'our company' is no domain; write it like"),
        ("mqa: {grade: B-}", r"mqa\.grade: 'B-' is no grade of icp\.grades"),
        ("icp:", r"icp: nothing is given; leave its name out for the default"),
        ("engagement: {bot_events_a_day: 4}", r"a_day must be at least daily_cap, 5\. .* value 4"),
        ("intent: {way: surge}", r"way surge asks how many of your topics surge: name them"),
        ("intent: {min_topic_share: 0}", r"min_topic_share: .*greater than 0\. Supplied value 0"),
        ("icp: {firmographic: [{column: a, min: 1, exists: true}]}", r"give exactly one test"),
        ("icp: {firmographic: [{column: a, min: 5, max: 1}]}", r"min 5 is greater than max 1"),
        ("icp: {firmographic: [{colum: a}]}", r"no such setting .did you mean column\?"),
        ("icp: {firmographic: [{column: a, any_of: [x], none_of: [y]}]}", r"exactly one test"),
        ("icp: {firmographic: [{column: a, count_at_most: 0}]}", r"count_at_most .*go with signal"),
        (
            "icp: {firmographic: [{column: a, exists: true, within_days: 90}]}",
            r"within_days go with signal",
        ),
        ("icp: {firmographic: [{column: a, signal: b, exists: true}]}", r"either column or signal"),
        ("icp: {firmographic: [{column: a, contains: ['']}]}", r"a blank text fits everything"),
        ("icp: {technographic: [{signal: a}]}", r"say how many signals"),
        ("icp: {technographic: [{signal: a, contains: [x]}]}", r"say how many signals"),
        ("icp: {technographic: [{signal: a, any_of: [x], count_at_least: 1}]}", r"go with column"),
        (
            "icp: {technographic: [{signal: a, count_at_least: 3, count_at_most: 2}]}",
            r"count_at_least 3 is greater than count_at_most 2",
        ),
        ("icp: {technographic: [{signal: a, count_at_most: -1}]}", r"count_at_most: .*equal to 0"),
        (
            "icp: {technographic: [{signal: a, count_at_least: 1, within_days: 0}]}",
            r"within_days: .*equal to 1",
        ),
        (
            "icp: {firmographic: [{column: a, any_of: [x], must: true}, "
            "{column: a, none_of: [X, y], must: true}]}",
            r"no account can meet every must on a: any_of \['x'\] is all in none_of",
        ),
        (
            "icp: {firmographic: [{column: a, max: 9, must: true}], "
            "technographic: [{column: a, min: 10, must: true}]}",
            r"no account can meet every must on a: at least 10 and at most 9",
        ),
        ("icp: {grades: {A: 10, B: 20}}", r"grades must fall"),
        ("mqa: {tier_1: {points: 90, contacts: 1}}", r"points must not fall"),
        ("mqa: {way: grade, grade: Z}", r"mqa\.grade: 'Z' is no grade of icp\.grades \(A\+, A, "),
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


def test_half_of_a_threshold_leaves_the_other_half_as_it_is() -> None:
    mqa = checked_params({"mqa": {"tier_1": {"points": 20}}}, "params.yaml").mqa
    assert (mqa.tier_1.points, mqa.tier_1.contacts) == (20, Params().mqa.tier_1.contacts)
