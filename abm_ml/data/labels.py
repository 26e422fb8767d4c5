"""One spelling for labels, so that two ways of writing a name can be compared."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable


def normalise(label: str) -> str:
    """A label in the contract's spelling: lower-case words joined by underscores.

    >>> normalise("Visitor_Id__c"), normalise("NumberOfEmployees"), normalise("Country/Region")
    ('visitor_id', 'number_of_employees', 'country_region')
    """
    text = unicodedata.normalize("NFKC", label).strip().removesuffix("__c")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"[\W_]+", "_", text).strip("_").lower()


def squash(label: str) -> str:
    """A label without case, spaces and punctuation: what two spellings are compared by.

    >>> squash("LinkedIn Company Page") == squash("linkedin_company_page")
    True
    """
    return normalise(label).replace("_", "")


def nearest(label: str, known: Iterable[str]) -> str | None:
    """The known label that looks most like this one, if any does.

    >>> nearest("nmae", ["name", "domain"])
    'name'
    """
    by_key = {squash(name): name for name in known}
    close = difflib.get_close_matches(squash(label), by_key, n=1)
    return by_key[close[0]] if close else None
