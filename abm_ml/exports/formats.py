"""Every format by its name, and whether what it makes keeps the platform's limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from abm_ml.errors import ParamsError
from abm_ml.exports import ad_files
from abm_ml.exports.audience import Audience
from abm_ml.exports.crm_files import crm_export
from abm_ml.exports.files import Export
from abm_ml.exports.identifiers import ALGORITHMS, Algorithm
from abm_ml.exports.platforms import IDENTIFIERS, LIMITS, PROFILES, Identifier, Limits
from abm_ml.exports.workbook import workbook_export

HASHED = "hashed"

Pair = tuple[str, str]

_MAKERS: Mapping[str, Callable[[Audience, str], Export]] = MappingProxyType(
    {
        "salesforce": lambda audience, lang: crm_export(audience, "salesforce", lang),
        "hubspot": lambda audience, lang: crm_export(audience, "hubspot", lang),
        "linkedin": lambda audience, _: ad_files.linkedin_companies(audience),
        "linkedin-contacts": lambda audience, _: ad_files.linkedin_contacts(audience),
        "google": lambda audience, _: ad_files.google_customer_match(audience),
        "meta": lambda audience, _: ad_files.meta_audience(audience),
        "6sense": lambda audience, _: ad_files.sixsense_accounts(audience),
        "xlsx": workbook_export,
    }
)

FORMATS = (*_MAKERS, HASHED)
"""What a list can be exported to."""


def make_export(
    audience: Audience,
    to: str,
    *,
    lang: str = "en",
    platform: str | None = None,
    algorithm: str | None = None,
    identifier: str | None = None,
) -> Export:
    """An audience in one format.

    Parameters
    ----------
    audience : Audience
        Who may leave.
    to : str
        One of `FORMATS`.
    lang : {"en", "zh"}
        Language of what people read.
    platform, algorithm, identifier : str, optional
        For hashed lists: whose, and what is hashed how; the platform's own choice by default.

    Raises
    ------
    ParamsError
        If there is no such format, platform, digest or identifier, or they don't go together.
    """
    check_choice(to, platform, algorithm, identifier)
    if to != HASHED:
        return _MAKERS[to](audience, lang)
    chosen = platform or "other"
    profile = PROFILES[chosen]
    digest: Algorithm = next((one for one in ALGORITHMS if one == algorithm), profile.algorithm)
    kind: Identifier = next((one for one in IDENTIFIERS if one == identifier), profile.identifier)
    return ad_files.hashed_identifiers(audience, chosen, profile, digest, kind)


def check_choice(
    to: str, platform: str | None, algorithm: str | None, identifier: str | None
) -> None:
    """Refuse what is not known, before any work is done."""
    for name, given, known in (
        ("to", to, FORMATS),
        ("platform", platform, tuple(PROFILES)),
        ("hash", algorithm, ALGORITHMS),
        ("identifier", identifier, IDENTIFIERS),
    ):
        if given is not None and given not in known:
            raise ParamsError(f"{name} must be one of {', '.join(known)}. Supplied value {given!r}")
    if to != HASHED and (platform or algorithm or identifier):
        raise ParamsError("--platform, --hash and --identifier go with  --to hashed")


def limits_of(to: str, platform: str | None) -> Limits:
    """What is asked of a list in a format."""
    return PROFILES[platform or "other"].limits if to == HASHED else LIMITS[to]


def limit_warnings(limits: Limits, rows: int, megabytes: float) -> list[Pair]:
    """What the platform will not take, in English and Chinese; nothing is ever cut off.

    Parameters
    ----------
    limits : Limits
        What the platform asks.
    rows : int
        Companies or people in the list.
    megabytes : float
        Size of the largest file, in millions of bytes.
    """
    who, found = limits.name, []
    if rows < limits.least:
        found.append(
            (
                f"{rows:,} rows: {who} asks for at least {limits.least:,}",
                f"共 {rows:,} 行：{who} 要求至少 {limits.least:,} 行",
            )
        )
    if limits.most is not None and rows > limits.most:
        found.append(
            (
                f"{rows:,} rows: {who} takes at most {limits.most:,}; split the list",
                f"共 {rows:,} 行：{who} 最多接受 {limits.most:,} 行，请拆分名单",
            )
        )
    if limits.megabytes is not None and megabytes > limits.megabytes:
        found.append(
            (
                f"a file of {megabytes:,.0f} MB: {who} takes at most {limits.megabytes:,} MB",
                f"文件大小 {megabytes:,.0f} MB：{who} 最多接受 {limits.megabytes:,} MB",
            )
        )
    return found


def member_note(limits: Limits) -> list[Pair]:
    """That the platform has to find enough of its users, which only it can tell."""
    if not limits.members:
        return []
    return [
        (
            f"{limits.name} must find at least {limits.members:,} of its users before the list is "
            "used; it tells so after the upload",
            f"{limits.name} 至少匹配到 {limits.members:,} 名用户后名单才可使用，上传后由平台告知",
        )
    ]
