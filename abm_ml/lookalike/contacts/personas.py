"""Personas: whom a campaign wants to reach inside an account, and what to talk about with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from abm_ml.data.labels import nearest
from abm_ml.data.titles import FUNCTIONS, ROLES, SENIORITIES
from abm_ml.errors import ParamsError

PRIORITIES = ("A", "B", "C")

_VOCABULARIES: Mapping[str, tuple[str, ...]] = {
    "roles": ROLES, "functions": FUNCTIONS, "seniorities": SENIORITIES,
}  # fmt: skip
_TEXTS = ("pains", "objections", "talking_points")
_LANGUAGES = ("en", "zh")
_FIELDS = ("name", "name_zh", "priority", *_VOCABULARIES, *_TEXTS)

Texts = Mapping[str, tuple[str, ...]]
"""Sentences by language, "en" and "zh"."""


@dataclass(frozen=True)
class Persona:
    """A kind of person. Who has one of the roles, functions and seniorities is of this kind.

    Parameters
    ----------
    name, name_zh : str
        As it is shown.
    priority : {"A", "B", "C"}
        How much it is wanted, A most.
    roles, functions, seniorities : tuple of str
        What is asked (words of `abm_ml.data.titles`); empty: anything will do.
    pains, objections, talking_points : mapping of str to tuple of str
        For the people who write to them; sentences by language ("en", "zh").
    """

    name: str
    name_zh: str
    priority: str = "B"
    roles: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    seniorities: tuple[str, ...] = ()
    pains: Texts | None = None
    objections: Texts | None = None
    talking_points: Texts | None = None


DEFAULT_PERSONAS = (
    Persona("Decision makers", "决策者", "A", roles=("decision_maker",)),
    Persona("Purchasers", "采购者", "B", roles=("purchaser",)),
    Persona("Influencers", "影响者", "B", roles=("influencer",)),
    Persona("Users", "使用者", "C", roles=("user",)),
)
"""What is looked for without a persona file: the roles of the buying committee."""


def load_personas(path: str | Path) -> tuple[Persona, ...]:
    """Personas from a YAML file (`docs/examples/personas.yaml` shows every field).

    Raises
    ------
    ParamsError
        If the file cannot be read, or a field or value is unknown: names file, persona, field
        and the nearest known name.
    """
    try:
        loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParamsError(f"{path}: cannot be read as YAML: {error}") from error
    listed = loaded.get("personas") if isinstance(loaded, dict) else None
    if not isinstance(listed, list) or not listed:
        raise ParamsError(
            f"{path}: expected  personas:  with a list of at least one, such as  "
            "- {name: IT leaders, functions: [it], priority: A}"
        )
    personas = tuple(_persona(given, f"{path}: personas[{i}]") for i, given in enumerate(listed))
    names = [persona.name for persona in personas]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ParamsError(f"{path}: two personas have the name {twice[0]!r}: rename one of them")
    return personas


def match_personas(people: pd.DataFrame, personas: Sequence[Persona]) -> pd.Series:
    """The persona of each person: the first that fits, those of the best priority tried first.

    Parameters
    ----------
    people : DataFrame
        function, seniority, role.
    personas : sequence of Persona
        Tried by priority, then in the order given.

    Returns
    -------
    Series of int
        Position in `personas`; -1 where none fits. Index of `people`.
    """
    found = np.full(len(people), -1)
    for place in sorted(range(len(personas)), key=lambda i: (personas[i].priority, i)):
        wanted = np.ones(len(people), dtype=bool)
        for column, field in (
            ("role", "roles"), ("function", "functions"), ("seniority", "seniorities"),
        ):  # fmt: skip
            if asked := getattr(personas[place], field):
                wanted &= people[column].isin(asked).to_numpy()
        found = np.where((found < 0) & wanted, place, found)
    return pd.Series(found, index=people.index, dtype="int64")


def _persona(given: Any, where: str) -> Persona:
    if not isinstance(given, dict):
        raise ParamsError(f"{where}: expected fields such as  name: IT leaders, found {given!r}")
    for field in given:
        if field not in _FIELDS:
            near = nearest(str(field), _FIELDS)
            hint = f"did you mean {near}?" if near else f"known: {', '.join(_FIELDS)}"
            raise ParamsError(f"{where}.{field}: no such field ({hint})")
    name = _text(given.get("name"), f"{where}.name")
    priority = str(given.get("priority", "B")).upper()
    if priority not in PRIORITIES:
        raise ParamsError(f"{where}.priority: must be A, B or C. Supplied value {priority!r}")
    return Persona(
        name=name,
        name_zh=_text(given.get("name_zh", name), f"{where}.name_zh"),
        priority=priority,
        roles=_known(given, "roles", where),
        functions=_known(given, "functions", where),
        seniorities=_known(given, "seniorities", where),
        pains=_texts(given, "pains", where),
        objections=_texts(given, "objections", where),
        talking_points=_texts(given, "talking_points", where),
    )


def _text(given: Any, where: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ParamsError(f"{where}: expected a text, found {given!r}")
    return given.strip()


def _known(persona: Mapping[str, Any], field: str, where: str) -> tuple[str, ...]:
    """Words of a field's vocabulary, one or a list."""
    given = persona.get(field)
    words = [given] if isinstance(given, str) else given or []
    vocabulary = _VOCABULARIES[field]
    if not isinstance(words, list):
        raise ParamsError(f"{where}.{field}: expected a list of words, found {given!r}")
    for word in words:
        if word not in vocabulary:
            near = nearest(str(word), vocabulary)
            hint = f"did you mean {near}?" if near else f"known: {', '.join(vocabulary)}"
            raise ParamsError(f"{where}.{field}: {word!r} is not known ({hint})")
    return tuple(words)


def _texts(persona: Mapping[str, Any], field: str, where: str) -> Texts | None:
    """Sentences by language; without a language they are English."""
    given = persona.get(field)
    if given is None:
        return None
    by_language = given if isinstance(given, dict) else {"en": given}
    for language in by_language:
        if language not in _LANGUAGES:
            raise ParamsError(f"{where}.{field}.{language}: no such language (known: en, zh)")
    return {
        language: tuple(
            _text(one, f"{where}.{field}.{language}")
            for one in (some if isinstance(some, list) else [some])
        )
        for language, some in by_language.items()
    }
