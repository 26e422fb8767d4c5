"""Words of a text in English and Chinese, without anybody's address or number among them."""

from __future__ import annotations

import re

_RUNS = re.compile("[a-z0-9\u00c0-\u024f\u0400-\u04ff]+|[\u3400-\u9fff\uf900-\ufaff]+")

_PERSONAL = re.compile(
    r"\S+@\S+\.\S+"  # an e-mail address
    r"|\+\d[\d ().-]{7,}\d"  # a phone number with its country
    r"|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"  # an American one
    r"|(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"  # a Chinese mobile
)


def names_a_person(level: str) -> bool:
    """Whether a value is an e-mail address or a phone number, which no model may keep.

    >>> [names_a_person(text) for text in ("jane@acme.com", "+1 (415) 555-0100", "13800138000")]
    [True, True, True]
    >>> [names_a_person(text) for text in ("SaaS", "1000-5000", "2024-01-31", "10000-50000")]
    [False, False, False, False]
    """
    return _PERSONAL.fullmatch(level.strip()) is not None


def tokens(text: str) -> list[str]:
    """Words of a text; Chinese, which has no spaces, as characters and pairs of them.

    >>> tokens("SaaS 数据平台")
    ['saas', '数', '据', '平', '台', '数据', '据平', '平台']

    E-mail addresses and phone numbers are passed over.

    >>> tokens("write to jane@acme.com or +1 415 555 0100")
    ['write', 'to', 'or']
    """
    found: list[str] = []
    for run in _RUNS.findall(_PERSONAL.sub(" ", text.lower())):
        if run[0] >= "\u3400":
            found.extend(run)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found
