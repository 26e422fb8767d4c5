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
    domain = _registered(host)
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


def holds_below(listed: str, host: str) -> bool:
    """Whether what is said of a domain holds for a host: for itself, and for what lies below it.

    Never through a domain under which anybody may have a page, a shop or a mailbox: what is said
    of github.io says nothing about acme.github.io.

    Parameters
    ----------
    listed, host : str
        Hosts in lower case.

    Examples
    --------
    >>> holds_below("acme.com", "shop.acme.com"), holds_below("shop.acme.com", "acme.com")
    (True, False)
    >>> holds_below("github.io", "acme.github.io"), holds_below("co.uk", "acme.co.uk")
    (False, False)
    """
    if host == listed:
        return True
    owned = _registered(host, private=True)
    if not owned or not host.endswith(f".{listed}") or not f".{listed}".endswith(f".{owned}"):
        return False
    labels = host.split(".")
    passed = {".".join(labels[n:]) for n in range(len(labels) - listed.count("."))}
    return not passed & (free_mail() | platforms())


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
    return bool(_extractor()(host, False)[1]) or _MARKED.search(written) is not None


def _host(text: str | None) -> str | None:
    """The host of an address, if the text can be one."""
    found = _HOST.match((text or "").strip().lower())
    return found.group(1).rstrip(".。") if found else None


def _registered(host: str, *, private: bool = False) -> str:
    """What somebody registered of a host; `private`: at github.io and the like too."""
    domain, suffix = _extractor()(host, private)
    if not suffix and _UNLISTED.fullmatch(host):
        return ".".join(host.split(".")[-2:])
    return domain


@cache
def _extractor() -> Callable[[str, bool], tuple[str, str]]:
    """What finds the registrable part of a host, and its suffix, by the list that is shipped."""
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def parts(host: str, private: bool) -> tuple[str, str]:
        found = extract(host, include_psl_private_domains=private)
        return found.top_domain_under_public_suffix, found.suffix

    return parts
