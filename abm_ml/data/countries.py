"""Countries as two-letter codes, however people write them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from abm_ml.data.labels import squash

_FILE = Path(__file__).with_name("dictionaries") / "countries.yaml"


def country_code(text: object) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country; None where the text names none that we know.

    >>> country_code("U.S.A."), country_code("中国"), country_code("de"), country_code("Mordor")
    ('US', 'CN', 'DE', None)
    """
    return _codes().get(squash(text)) if isinstance(text, str) else None


@cache
def _codes() -> dict[str, str]:
    known = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {squash(name): code for code, names in known.items() for name in (code, *names)}
