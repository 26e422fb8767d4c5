"""Likeness to seed contacts."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from abm_ml.data.titles import parse_titles
from abm_ml.lookalike.contacts.similar import SHRINKAGE, SeedProfile


def people(*titles: str) -> pd.DataFrame:
    return pd.concat([pd.DataFrame({"title": titles}), parse_titles(titles)], axis=1)


SEEDS = people("IT Director", "IT Director", "IT总监", "IT Manager")
EVERYBODY = people(
    "IT Director", "IT Director", "IT总监", "IT Manager", "Head of IT", "Accountant", "Buyer",
    "Sales Manager", "Sales Representative", "Marketing Manager", "Recruiter", "Plant Manager",
)  # fmt: skip


def test_people_like_the_seeds_come_first_in_either_language() -> None:
    profile = SeedProfile.of(SEEDS, EVERYBODY)
    asked = people("Accountant", "IT Manager", "信息技术总监", "IT Director")
    accountant, manager, chinese, director = profile.similarity(asked)
    assert director > 90.0
    assert min(chinese, manager) > 75.0 > 50.0 > accountant


def test_each_seed_is_more_like_the_seeds_than_the_average_person() -> None:
    profile = SeedProfile.of(SEEDS, EVERYBODY)
    assert profile.similarity(SEEDS).min() > 50.0


def test_the_reason_is_the_shared_trait_that_is_rarest_among_the_others() -> None:
    profile = SeedProfile.of(SEEDS, EVERYBODY)
    strongest = profile.strongest(people("IT Manager", "Accountant"))
    assert strongest[0] == ("function", "it", 1.0, pytest.approx(5 / 12))
    assert strongest[1] is None


def test_the_lift_of_a_trait_is_shrunk_by_hand() -> None:
    profile = SeedProfile.of(SEEDS, EVERYBODY)
    share = 5 / 12
    shrunk = (4 + SHRINKAGE * share) / (4 + SHRINKAGE)
    assert profile.lifts["function"]["it"] == pytest.approx(math.log(shrunk / share))


def test_one_seed_works_and_a_title_without_words_too() -> None:
    profile = SeedProfile.of(people("Buyer"), EVERYBODY)
    buyer, untitled, manager = profile.similarity(people("Buyer", "", "Plant Manager"))
    assert buyer == 100.0 > untitled >= 0.0
    assert manager < 50.0
