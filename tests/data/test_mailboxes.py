"""One mailbox, however its address is written."""

from __future__ import annotations

import ibis
import pytest

from abm_ml.data.mailboxes import mailbox, written_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Ann@Acme.com ", "ann@acme.com"),
        ("Ann Lee <Ann@Acme.com>", "ann@acme.com"),
        ('"Lee, Ann" <ann@acme.com>', "ann@acme.com"),
        ("ann@home.net <mailto:ann@acme.com>", "ann@acme.com"),
        ("mailto:ann@acme.com", "ann@acme.com"),
        ("'ann@acme.com'", "ann@acme.com"),
        ("ann@acme.com (work)", "ann@acme.com"),
        ("安＠acme.com", "安@acme.com"),
        ("ann+news@acme.com", "ann@acme.com"),
        ("Ann <A.nn+x+y@GoogleMail.com>", "ann@gmail.com"),
        ("a.nn@acme.com", "a.nn@acme.com"),
        ("+1@acme.com", "+1@acme.com"),
        ("not an address", None),
        ("@acme.com", None),
        ("", None),
        (None, None),
    ],
)
def test_all_spellings_of_an_address_are_one_mailbox(text: str | None, expected: str | None):
    found = mailbox(written_address(ibis.literal(text, type="string")))
    assert found.to_pyarrow().as_py() == expected
