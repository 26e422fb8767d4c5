"""Lists for ad platforms: companies by name and domain, people by their identifiers."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from abm_ml.data.domains import company_domain
from abm_ml.exports.audience import Audience
from abm_ml.exports.files import Export, for_machines, in_pieces, lines
from abm_ml.exports.identifiers import (
    PHONES,
    Algorithm,
    digest,
    email,
    google_email,
    lowered,
    meta_name,
    meta_place,
    meta_state,
    plain,
    written_or_code,
)
from abm_ml.exports.platforms import LIMITS, HashProfile, Identifier

Read = Callable[[object], str | None]


def linkedin_companies(audience: Audience) -> Export:
    """LinkedIn's template for companies."""
    of = audience.accounts
    table = pd.DataFrame(
        {
            "companyname": _each(plain, of["name"]),
            "companywebsite": _each(plain, of["domain"]),
            "companyemaildomain": _each(_domain, of["domain"]),
            "linkedincompanypageurl": _each(plain, of["linkedin_url"]),
            "stocksymbol": _each(plain, of["ticker"]),
            "industry": _each(plain, of["industry"]),
            "city": _each(plain, of["city"]),
            "state": _each(plain, of["state"]),
            "companycountry": _each(written_or_code, of["country"]),
            "zipcode": _each(plain, of["postal_code"]),
        }
    )
    staff = int(of["employees"].fillna(0).sum())
    wanted = LIMITS["linkedin"].members
    few = (
        f"LinkedIn uses a list only if it finds at least {wanted:,} members; these companies "
        f"have {staff:,} employees as far as is known",
        f"LinkedIn 至少匹配到 {wanted:,} 名会员才会启用名单；已知这些企业共有 {staff:,} 名员工",
    )
    warnings = (few,) if staff < wanted else ()
    return Export((for_machines("linkedin-companies.csv", table),), len(table), warnings=warnings)


def linkedin_contacts(audience: Audience) -> Export:
    """LinkedIn's template for people; LinkedIn hashes the addresses in the browser."""
    of = audience.contacts
    table = pd.DataFrame(
        {
            "email": _each(email, of["email"]),
            "firstname": _each(plain, of["first_name"]),
            "lastname": _each(plain, of["last_name"]),
            "jobtitle": _each(plain, of["title"]),
            "employeecompany": _each(plain, of["account_name"]),
            "country": _each(plain, of["country_code"]),
            "googleaid": _each(lowered, of["googleaid"]),
        }
    )
    named = table["firstname"].notna() & table["lastname"].notna()
    usable = table["email"].notna() | table["googleaid"].notna() | named
    return _people("linkedin-contacts.csv", table, usable)


def google_customer_match(audience: Audience) -> Export:
    """Google's Customer Match: all hashed with SHA-256 but country and postal code."""
    of = audience.contacts
    table = pd.DataFrame(
        {
            "Email": _hashed(google_email, of["email"]),
            "Phone": list(map(digest, _phones(of, "e164"))),
            "First Name": _hashed(lowered, of["first_name"]),
            "Last Name": _hashed(lowered, of["last_name"]),
            "Country": _each(plain, of["country_code"]),
            "Zip": _each(plain, of["postal_code"]),
        }
    )
    address = table[["First Name", "Last Name", "Country", "Zip"]].notna().all(axis=1)
    usable = table["Email"].notna() | table["Phone"].notna() | address
    return _people("google-customer-match.csv", table, usable)


def meta_audience(audience: Audience) -> Export:
    """Meta's customer list: all hashed with SHA-256 but device and app user ids."""
    of = audience.contacts
    states = [
        meta_state(state, code) for state, code in zip(of["state"], of["country_code"], strict=True)
    ]
    table = pd.DataFrame(
        {
            "email": _hashed(email, of["email"]),
            "phone": list(map(digest, _phones(of, "digits"))),
            "fn": _hashed(meta_name, of["first_name"]),
            "ln": _hashed(meta_name, of["last_name"]),
            "ct": _hashed(meta_place, of["city"]),
            "st": [digest(state) for state in states],
            "country": _hashed(lowered, of["country_code"]),
            "madid": _each(lowered, of["madid"]),
            "uid": _each(plain, of["uid"]),
        }
    )
    address = table[["fn", "ln", "country"]].notna().all(axis=1)
    usable = table[["email", "phone", "madid", "uid"]].notna().any(axis=1) | address
    return _people("meta-audience.csv", table, usable)


def sixsense_accounts(audience: Audience) -> Export:
    """6sense's account list, in files of at most 25,000 rows."""
    of = audience.accounts
    table = pd.DataFrame(
        {
            "Account Name": _each(plain, of["name"]),
            "Country": _each(plain, of["country"]),
            "Domain": _each(_domain, of["domain"]),
        }
    )
    partial = int(table.isna().any(axis=1).sum())
    told = (
        f"{partial:,} accounts lack a country or domain: 6sense may not match them",
        f"{partial:,} 家企业缺少国家或域名，6sense 可能无法匹配",
    )
    files = in_pieces("6sense-accounts", "csv", table, LIMITS["6sense"].per_file or len(table))
    return Export(tuple(files), len(table), notes=(told,) if partial else ())


def hashed_identifiers(
    audience: Audience, platform: str, profile: HashProfile, algorithm: Algorithm, kind: Identifier
) -> Export:
    """Hashed e-mail addresses or phone numbers, one a line, each once, sorted.

    Parameters
    ----------
    audience : Audience
        Who may leave.
    platform : str
        For the file's name.
    profile : HashProfile
        Form of phone numbers, first line and ending.
    algorithm : {"md5", "sha256"}
        The digest.
    kind : {"email", "phone"}
        What is hashed.
    """
    of = audience.contacts
    values = _each(email, of["email"]) if kind == "email" else _phones(of, profile.phone)
    found = [value for value in values if value is not None]
    each = sorted({digest(value, algorithm) or "" for value in found})
    file = lines(f"{platform}-{kind}-{algorithm}.{profile.ending}", each,
                 profile.header.get(kind, ""))  # fmt: skip
    left_out = {"no_identifier": len(values) - len(found), "duplicate": len(found) - len(each)}
    unsure = (
        f"no public rule of {profile.limits.name} was found: check that it takes "
        f"{algorithm.upper()} of {kind}, or choose with --hash and --identifier",
        f"未找到{profile.limits.name}的公开规则：请确认其接受 {kind} 的 {algorithm.upper()}，"
        "或用 --hash 和 --identifier 指定",
    )
    return Export((file,), len(each), _some(left_out), notes=() if profile.sure else (unsure,))


def _people(name: str, table: pd.DataFrame, usable: pd.Series) -> Export:
    """A list of people, without those that say nothing or the same once more."""
    kept = table[usable].drop_duplicates()
    left_out = {"no_identifier": int((~usable).sum()), "duplicate": int(usable.sum()) - len(kept)}
    return Export((for_machines(name, kept),), len(kept), _some(left_out))


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {reason: n for reason, n in counts.items() if n}


def _phones(people: pd.DataFrame, form: str) -> list[str | None]:
    read = PHONES[form]
    return [
        read(phone, code if isinstance(code, str) else None)
        for phone, code in zip(people["phone"], people["country_code"], strict=True)
    ]


def _domain(text: object) -> str | None:
    return company_domain(text) if isinstance(text, str) else None


def _each(read: Read, cells: pd.Series) -> list[str | None]:
    """Cells as read; each distinct one is read once."""
    known = {cell: read(cell) for cell in cells.unique()}
    return [known.get(cell) for cell in cells]


def _hashed(read: Read, cells: pd.Series) -> list[str | None]:
    return _each(lambda cell: digest(read(cell)), cells)
