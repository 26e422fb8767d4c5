"""The persona file: read as written, or refused with the place and the nearest known name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from abm_ml.errors import ParamsError
from abm_ml.lookalike.contacts.personas import (
    DEFAULT_PERSONAS,
    Persona,
    load_personas,
    match_personas,
)

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "personas.yaml"


def test_the_example_of_the_docs_loads_in_both_languages() -> None:
    personas = load_personas(EXAMPLE)
    first = personas[0]
    assert (first.name, first.name_zh, first.priority) == (
        "Marketing leadership", "市场负责人", "A",
    )  # fmt: skip
    assert first.functions == ("marketing", "sales")
    assert set(first.pains) == {"en", "zh"}
    assert personas[2].priority == "B"


def test_a_bare_persona_takes_one_word_for_a_list_and_english_without_a_language(tmp_path) -> None:
    file = tmp_path / "personas.yaml"
    file.write_text("personas: [{name: IT, functions: it, pains: [slow]}]", encoding="utf-8")
    assert load_personas(file) == (
        Persona("IT", "IT", "B", functions=("it",), pains={"en": ("slow",)}),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("personas: [{name: IT, function: [it]}]",
         r"personas\[0\]\.function: no such field \(did you mean functions"),
        ("personas: [{name: IT, functions: [marketting]}]",
         r"personas\[0\]\.functions: 'marketting' is not known \(did you mean marketing"),
        ("personas: [{name: IT, roles: [boss]}]", r"roles: 'boss' is not known \(known: user"),
        ("personas: [{name: IT, seniorities: {vp: 1}}]", "seniorities: expected a list"),
        ("personas: [{name: IT, priority: D}]", "priority: must be A, B or C. Supplied value 'D'"),
        ("personas: [{roles: [user]}]", r"personas\[0\]\.name: expected a text, found None"),
        ("personas: [{name: IT, pains: {de: [x]}}]", r"pains\.de: no such language"),
        ("personas: [{name: IT}, {name: IT}]", "two personas have the name 'IT'"),
        ("personas: [IT]", r"personas\[0\]: expected fields"),
        ("personas: []", "expected  personas:  with a list"),
        ("nothing", "expected  personas:  with a list"),
        ("a: [", "cannot be read as YAML"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_place_and_remedy(tmp_path, text: str, message: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match=message) as error:
        load_personas(file)
    assert str(error.value).startswith(str(file))


def test_a_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(ParamsError, match="cannot be read"):
        load_personas(tmp_path / "none.yaml")


def test_the_best_priority_that_fits_wins_then_the_order_given() -> None:
    personas = (
        Persona("any", "任何", "C"),
        Persona("it", "信息技术", "B", functions=("it",)),
        Persona("it again", "信息技术", "B", functions=("it",)),
        Persona("chief", "高管", "A", functions=("it", "data"), seniorities=("c_level",)),
    )
    people = pd.DataFrame(
        {
            "function": ["it", "it", "data", "hr"],
            "seniority": ["c_level", "staff", "staff", "c_level"],
            "role": ["decision_maker", "user", "user", "other"],
        }
    )
    assert match_personas(people, personas).tolist() == [3, 1, 0, 0]
    assert match_personas(people, DEFAULT_PERSONAS).tolist() == [0, 3, 3, -1]
