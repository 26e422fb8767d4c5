"""The domain that stands for a company: what is registered, of a URL or an e-mail address."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import tldextract

from abm_ml.data.names.dictionary import free_mail, platforms

_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\s]*@)?([^/?#:@\s]+)(?:[/?#:].*)?$")
_UNLISTED = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_MARKED = re.compile(r"@|://|^www\.|\.(?:example|test)$", re.IGNORECASE)


def registrable_domain(text: str | None) -> str | None:
    """The part of a URL, e-mail address or host name that somebody registered.

    By the public-suffix list that comes with tldextract: nothing is fetched. An ending that the
    list does not know (`.example`, a company's own `.corp`) counts as one label, as the list asks.

    Parameters
    ----------
    text : str or None
        Such as "https://shop.acme.co.uk/about", "jane@acme.com", "ACME.com" or "www.acme.com:80".

    Returns
    -------
    str or None
        Lower-case, an internationalised domain in its ASCII form; None where there is no domain.

    Examples
    --------
    >>> registrable_domain("https://shop.Acme.co.uk/about"), registrable_domain("jane@mail.acme.cn")
    ('acme.co.uk', 'acme.cn')
    >>> registrable_domain("Acme Inc."), registrable_domain("10.0.0.1")
    (None, None)
    """
    host = _host(text)
    if host is None:
        return None
    domain, suffix = _extractor()(host)
    if not suffix and _UNLISTED.fullmatch(host):
        domain = ".".join(host.split(".")[-2:])
    try:
        return domain.encode("idna").decode("ascii") or None
    except UnicodeError:
        return None


def company_domain(text: str | None) -> str | None:
    """The registrable domain, unless it hands out mailboxes or pages to anybody.

    >>> company_domain("jane@acme.com"), company_domain("jane@vip.163.com")
    ('acme.com', None)
    >>> company_domain("https://www.facebook.com/acmebakery") is None
    True
    """
    domain = registrable_domain(text)
    return None if domain in free_mail() or domain in platforms() else domain


def is_free_mail(text: str | None) -> bool:
    """Whether an address or domain belongs to a mailbox service such as gmail.com or qq.com.

    >>> is_free_mail("jane@qq.com"), is_free_mail("qq.com"), is_free_mail("acme.com")
    (True, True, False)
    """
    return registrable_domain(text) in free_mail()


def looks_like_domain(text: str) -> bool:
    """Whether a text is written as a domain, a URL or an e-mail address, not as a name.

    >>> looks_like_domain("acme.com"), looks_like_domain("a@b.cn"), looks_like_domain("Acme Inc.")
    (True, True, False)
    >>> looks_like_domain("Node.js"), looks_like_domain("https://intranet.acme.corp/")
    (False, True)
    """
    written = text.strip()
    host = _host(written)
    if host is None or registrable_domain(written) is None:
        return False
    return bool(_extractor()(host)[1]) or _MARKED.search(written) is not None


def _host(text: str | None) -> str | None:
    """The host of an address, if the text can be one."""
    found = _HOST.match((text or "").strip().lower())
    return found.group(1).rstrip(".。") if found else None


@cache
def _extractor() -> Callable[[str], tuple[str, str]]:
    """What finds the registrable part of a host, and its suffix, by the list that is shipped."""
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def parts(host: str) -> tuple[str, str]:
        found = extract(host)
        return found.top_domain_under_public_suffix, found.suffix

    return parts
