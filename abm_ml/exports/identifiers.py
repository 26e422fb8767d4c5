"""E-mail addresses, phones and names as platforms compare them, and their digests."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

from abm_ml.data.countries import country_code

Algorithm = Literal["md5", "sha256"]

ALGORITHMS: tuple[Algorithm, ...] = ("md5", "sha256")

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_GOOGLE_DOMAINS = ("gmail.com", "googlemail.com")
_CHINESE_MOBILE = re.compile(r"\+86(1[3-9]\d{9})")
_NOT_LETTERS = re.compile(r"[^\w\s]|_")

_US_STATES = {
    "alabama": "al", "alaska": "ak", "arizona": "az", "arkansas": "ar", "california": "ca",
    "colorado": "co", "connecticut": "ct", "delaware": "de", "district of columbia": "dc",
    "florida": "fl", "georgia": "ga", "hawaii": "hi", "idaho": "id", "illinois": "il",
    "indiana": "in", "iowa": "ia", "kansas": "ks", "kentucky": "ky", "louisiana": "la",
    "maine": "me", "maryland": "md", "massachusetts": "ma", "michigan": "mi", "minnesota": "mn",
    "mississippi": "ms", "missouri": "mo", "montana": "mt", "nebraska": "ne", "nevada": "nv",
    "new hampshire": "nh", "new jersey": "nj", "new mexico": "nm", "new york": "ny",
    "north carolina": "nc", "north dakota": "nd", "ohio": "oh", "oklahoma": "ok", "oregon": "or",
    "pennsylvania": "pa", "rhode island": "ri", "south carolina": "sc", "south dakota": "sd",
    "tennessee": "tn", "texas": "tx", "utah": "ut", "vermont": "vt", "virginia": "va",
    "washington": "wa", "west virginia": "wv", "wisconsin": "wi", "wyoming": "wy",
}  # fmt: skip


def digest(text: str | None, algorithm: Algorithm = "sha256") -> str | None:
    """The hexadecimal digest of a text in UTF-8, in lower case; None stays None.

    >>> digest("test@example.com")
    '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b'
    """
    if text is None:
        return None
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


def plain(text: object) -> str | None:
    """A text without white space around it; None where nothing is left."""
    return (text.strip() or None) if isinstance(text, str) else None


def lowered(text: object) -> str | None:
    """A text in lower case without white space around it."""
    found = plain(text)
    return found.lower() if found else None


def email(text: object) -> str | None:
    """An address in lower case without white space around it; None where it is none.

    >>> email(" Ann@Acme.com "), email("not an address")
    ('ann@acme.com', None)
    """
    found = lowered(text)
    return found if found and _EMAIL.fullmatch(found) else None


def google_email(text: object) -> str | None:
    """An address as Google compares it: of a Gmail one without dots and what follows a plus.

    >>> google_email("Ann.Lee+news@Gmail.com"), google_email("Ann.Lee+news@Acme.com")
    ('annlee@gmail.com', 'ann.lee+news@acme.com')
    """
    found = email(text)
    if found is None:
        return None
    name, _, domain = found.rpartition("@")
    if domain not in _GOOGLE_DOMAINS:
        return found
    return f"{name.partition('+')[0].replace('.', '')}@{domain}"


def e164(text: object, country: str | None) -> str | None:
    """A phone number with its country's calling code, such as +14155550123 (ITU-T E.164).

    Parameters
    ----------
    text : object
        As somebody wrote it; with + or 00 in front it tells its country itself.
    country : str or None
        ISO 3166-1 alpha-2 code of the country that a number without a code is of.

    Returns
    -------
    str or None
        None where it is no number, or its country isn't known.

    Examples
    --------
    >>> e164("(415) 555-0123", "US"), e164("0044 20 7946 0018", None), e164("4155550123", None)
    ('+14155550123', '+442079460018', None)
    """
    found = plain(text)
    if found is None:
        return None
    written = unicodedata.normalize("NFKC", found)
    return _parsed(re.sub(r"^00(?=[1-9])", "+", written), country)


def _parsed(written: str, country: str | None) -> str | None:
    numbers = _phonenumbers()
    try:
        number = numbers.parse(written, country)
    except numbers.NumberParseException:
        return None
    if not numbers.is_possible_number(number):
        return None
    return str(numbers.format_number(number, numbers.PhoneNumberFormat.E164))


@cache
def _phonenumbers() -> Any:
    """The library of numbering plans; loaded when the first number is read."""
    import phonenumbers

    return phonenumbers


def chinese_mobile(text: object, country: str | None) -> str | None:
    """The eleven digits of a mobile number of mainland China; None of any other number.

    >>> chinese_mobile("+86 138-0013-8000", None), chinese_mobile("138 0013 8000", "CN")
    ('13800138000', '13800138000')
    >>> chinese_mobile("010-12345678", "CN") is None
    True
    """
    found = _CHINESE_MOBILE.fullmatch(e164(text, country or "CN") or "")
    return found[1] if found else None


def without_plus(number: str | None) -> str | None:
    """A number's digits, calling code first."""
    return number.removeprefix("+") if number else None


def meta_name(text: object) -> str | None:
    """A name in lower case without punctuation.

    >>> meta_name(" O'Brien "), meta_name("王芳")
    ('obrien', '王芳')
    """
    found = lowered(text)
    return " ".join(_NOT_LETTERS.sub("", found).split()) or None if found else None


def meta_place(text: object) -> str | None:
    """A city in lower case without punctuation and spaces.

    >>> meta_place("San Francisco")
    'sanfrancisco'
    """
    found = meta_name(text)
    return found.replace(" ", "") if found else None


def meta_state(text: object, country: str | None) -> str | None:
    """A state: of the USA its two letters, elsewhere its name, in lower case without punctuation.

    >>> meta_state("New York", "US"), meta_state("NY", "US"), meta_state("Île-de-France", "FR")
    ('ny', 'ny', 'îledefrance')
    """
    found = meta_name(text)
    if found is None:
        return None
    return _US_STATES.get(found, found.replace(" ", "")) if country == "US" else meta_place(text)


def written_or_code(text: object) -> str | None:
    """A country's two-letter code; where it isn't known, the country as it is written."""
    return country_code(text) or plain(text)


PHONES: dict[str, Callable[[object, str | None], str | None]] = {
    "e164": e164,
    "digits": lambda text, country: without_plus(e164(text, country)),
    "chinese_mobile": chinese_mobile,
}
"""Forms in which platforms compare phone numbers."""
