"""The mailbox behind an e-mail address, however somebody wrote it."""

from __future__ import annotations

import ibis

_BRACKETED = r"<\s*(?:mailto:)?\s*([^\s@<>,;\"]+@[^\s@<>,;\"]+)\s*>"
_ANYWHERE = r"([^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+)"
_QUOTES_AND_STOPS = r"^['.]+|['.]+$"
_GOOGLE = ("gmail.com", "googlemail.com")


def written_address(text: ibis.Value) -> ibis.Value:
    """The address in a text such as "Ann Lee <Ann@acme.com>", in lower case; null without one.

    Of several in one text the one in angle brackets, else the first.

    Parameters
    ----------
    text : ibis string
        What stands in an e-mail column or in a list of suppressions.
    """
    lowered = text.strip().lower().replace("＠", "@")
    bracketed = lowered.re_extract(_BRACKETED, 1).nullif("")
    found = ibis.coalesce(bracketed, lowered.re_extract(_ANYWHERE, 1).nullif(""))
    return found.re_replace(_QUOTES_AND_STOPS, "")


def untagged(address: ibis.Value) -> ibis.Value:
    """An address without what follows a plus in front of the @: it goes to the same mailbox."""
    return address.re_replace(r"^([^+@]+)\+[^@]*@", r"\1@")


def mailbox(address: ibis.Value) -> ibis.Value:
    """What all addresses of one mailbox have in common.

    Nothing behind a plus; of Gmail, no dots either, and one name for its two domains.

    Parameters
    ----------
    address : ibis string
        As `written_address` gives it.
    """
    bare = untagged(address)
    name, host = bare.re_extract(r"^([^@]*)@", 1), host_of(bare)
    return host.isin(_GOOGLE).ifelse(name.replace(".", "") + "@gmail.com", bare)


def host_of(address: ibis.Value) -> ibis.Value:
    """What stands behind the @."""
    return address.re_extract(r"@([^@]+)$", 1)
