"""Registration codes as they are compared: credit code, tax, registration, organisation number."""

from __future__ import annotations

import re
import unicodedata

CODE_COLUMNS = ("credit_code", "tax_no", "registration_no", "organisation_code")
_NO_CODE = re.compile(r"[\s._\-/·]+")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")


def normalise_code(text: str) -> str:
    """A code without width, case, spaces and dashes; nothing else is forgiven.

    >>> normalise_code(" ９１11 0000-ma01 "), normalise_code("no")
    ('91110000MA01', 'NO')
    """
    return _NO_CODE.sub("", unicodedata.normalize("NFKC", text)).upper()


def looks_like_code(text: str) -> bool:
    """Whether a text can be a code: a credit code (GB 32100-2015), or mostly digits, 8 or more.

    >>> looks_like_code("91110000600037341L"), looks_like_code("110108012345678")
    (True, True)
    >>> looks_like_code("Acme 2000"), looks_like_code("1234")
    (False, False)
    """
    code = normalise_code(text)
    if _CREDIT_CODE.fullmatch(code):
        return True
    digits = sum(letter.isdigit() for letter in code)
    return code.isascii() and digits >= 8 and digits >= len(code) - 4
