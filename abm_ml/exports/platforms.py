"""What each platform takes: limits of its lists, and how identifiers are hashed for it.

One row a platform, each with the source it was read from (November 2026). Where `sure` is False
no public rule of the platform itself was found: the row is our best reading, to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from abm_ml.exports.identifiers import Algorithm

Identifier = Literal["email", "phone"]

IDENTIFIERS: tuple[Identifier, ...] = ("email", "phone")


@dataclass(frozen=True)
class Limits:
    """What a platform asks of a list.

    Parameters
    ----------
    name : str
        The platform, as people call it.
    source : str
        Where this is written.
    least, most : int or None
        Rows of a list.
    per_file : int or None
        Rows of a file; longer lists come in several files.
    megabytes : int or None
        Size of a file.
    members : int
        How many of its users the platform must find for the list to be used.
    """

    name: str
    source: str
    least: int = 1
    most: int | None = None
    per_file: int | None = None
    megabytes: int | None = None
    members: int = 0


@dataclass(frozen=True)
class HashProfile:
    """How a platform takes a list of hashed identifiers.

    Parameters
    ----------
    limits : Limits
        What it asks of the list.
    algorithm : {"md5", "sha256"}
        The digest.
    identifier : {"email", "phone"}
        What is hashed.
    phone : {"chinese_mobile", "e164", "digits"}
        The form of a phone number before it is hashed: eleven digits, +14155550123, 14155550123.
    header : mapping of str to str
        First line of the file, by identifier; none where the platform wants none.
    ending : str
        Of the file.
    sure : bool
        Whether the platform's own rule was found.
    """

    limits: Limits
    algorithm: Algorithm
    identifier: Identifier = "phone"
    phone: Literal["chinese_mobile", "e164", "digits"] = "chinese_mobile"
    header: Mapping[str, str] = field(default_factory=dict)
    ending: str = "txt"
    sure: bool = True


LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        "salesforce": Limits(
            "Salesforce (Data Import Wizard)",
            "https://help.salesforce.com/s/articleView?id=sf.data_import_wizard.htm",
            most=50_000,
        ),
        "hubspot": Limits(
            "HubSpot",
            "https://knowledge.hubspot.com/import-and-export/set-up-your-import-file",
            most=1_048_576,
            megabytes=512,
        ),
        "linkedin": Limits(
            "LinkedIn",
            "https://learn.microsoft.com/en-us/linkedin/marketing/usecases/matched-audiences/"
            "company-lists",
            most=300_000,
            megabytes=20,
            members=300,
        ),
        "linkedin-contacts": Limits(
            "LinkedIn",
            "https://www.linkedin.com/help/lms/answer/a1489764",
            least=300,
            most=300_000,
            megabytes=20,
            members=300,
        ),
        "google": Limits(
            "Google Ads",
            "https://support.google.com/google-ads/answer/7475964 and "
            "https://developers.google.com/data-manager/api/get-started/formatting",
            least=100,
            members=100,
        ),
        "meta": Limits(
            "Meta",
            "https://www.facebook.com/business/help/2082575038703844",
            least=100,
            members=100,
        ),
        "6sense": Limits(
            "6sense",
            "https://support.6sense.com/v1/docs/segment-creation-upload-list",
            per_file=25_000,
        ),
        "xlsx": Limits(
            "Excel",
            "https://support.microsoft.com/en-us/office/"
            "excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3",
        ),
    }
)
"""Limits by format; those of hashed lists stand in `PROFILES`."""

PROFILES: Mapping[str, HashProfile] = MappingProxyType(
    {
        "tencent": HashProfile(
            Limits("Tencent", "https://developers.e.qq.com/docs/audience_management/file"),
            "md5",
        ),
        "bytedance": HashProfile(
            Limits("ByteDance (Ocean Engine)", "third-party clients: MOBILE_HASH_SHA256"),
            "sha256",
            sure=False,
        ),
        "baidu": HashProfile(
            Limits(
                "Baidu",
                "https://cloud.baidu.com/doc/FEEDS/s/gjwvy9qfh",
                least=5_000,
                megabytes=10,
            ),
            "md5",
        ),
        "kuaishou": HashProfile(
            Limits("Kuaishou", "no public rule found"),
            "md5",
            sure=False,
        ),
        "alibaba": HashProfile(
            Limits(
                "Alibaba (Data Bank)",
                "https://help.aliyun.com/en/document_detail/420456.html",
                least=5_000,
                most=200_000_000,
            ),
            "sha256",
            sure=False,
        ),
        "wechat-pay": HashProfile(
            Limits("WeChat Pay", "https://pay.weixin.qq.com/doc/brand/4016183594"),
            "md5",
            ending="csv",
        ),
        "tiktok": HashProfile(
            Limits(
                "TikTok",
                "https://ads.tiktok.com/help/article/"
                "how-to-create-a-custom-audience-with-a-customer-file",
                least=1_000,
                megabytes=1_000,
            ),
            "sha256",
            identifier="email",
            phone="e164",
            header=MappingProxyType({"email": "Email_SHA256", "phone": "Phone_SHA256"}),
            ending="csv",
        ),
        "other": HashProfile(
            Limits("the platform", "none: choose --hash and --identifier as it asks"),
            "sha256",
            identifier="email",
            phone="e164",
            sure=False,
        ),
    }
)
"""How hashed identifiers are listed, by platform."""
