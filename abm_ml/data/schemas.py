"""The data contract: every canonical table, its key, its columns and its checks.

Keys are strings, timestamps are UTC without a zone marker, money is in one currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

STRING = pa.string()
INTEGER = pa.int64()
NUMBER = pa.float64()
BOOLEAN = pa.bool_()
TIMESTAMP = pa.timestamp("us")
TAGS = pa.list_(pa.string())


@dataclass(frozen=True)
class TableSchema:
    """One canonical table.

    Parameters
    ----------
    name : str
        Table and file name.
    key : str or None
        Column that names a row; None for event tables.
    columns : mapping of str to pyarrow.DataType
        Every column known by name, required ones too.
    required : tuple of str
        Columns that must be there and filled.
    one_of : tuple of str
        At least one of these must be filled in each row (empty: no such rule).
    links : mapping of str to str
        Foreign keys: column to the table whose key it holds.
    non_negative : tuple of str
        Numbers that cannot be below zero.
    """

    name: str
    key: str | None
    columns: Mapping[str, pa.DataType]
    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    non_negative: tuple[str, ...] = ()

    @property
    def arrow(self) -> pa.Schema:
        """All known columns as an Arrow schema."""
        return pa.schema(list(self.columns.items()))


def _columns(**by_type: str) -> dict[str, pa.DataType]:
    """Column names, given as words in a string for each type, in the order written."""
    types = {
        "string": STRING,
        "integer": INTEGER,
        "number": NUMBER,
        "boolean": BOOLEAN,
        "timestamp": TIMESTAMP,
        "tags": TAGS,
    }
    return {name: types[kind] for kind, names in by_type.items() for name in names.split()}


_ACCOUNT_COUNTS = "employees founded_year hiring_count insured_count"
_ACCOUNT_AMOUNTS = (
    "revenue funding_total registered_capital average_salary bachelor_share tech_share "
    "sales_share operations_share"
)

_TABLES = (
    TableSchema(
        name="accounts",
        key="account_id",
        required=("account_id", "name"),
        columns=_columns(
            string="account_id name domain country region state city postal_code industry "
            "sub_industry funding_stage ownership credit_code ticker linkedin_url description "
            "parent_account_id owner_id account_type status registration_no tax_no "
            "organisation_code currency",
            integer=_ACCOUNT_COUNTS,
            number=_ACCOUNT_AMOUNTS,
            tags="keywords technologies former_names",
            timestamp="created_at updated_at",
        ),
        non_negative=tuple(f"{_ACCOUNT_COUNTS} {_ACCOUNT_AMOUNTS}".split()),
    ),
    TableSchema(
        name="contacts",
        key="contact_id",
        required=("contact_id", "account_id"),
        columns=_columns(
            string="contact_id account_id first_name last_name title department seniority role "
            "email phone city state postal_code country linkedin_url source consent",
            boolean="opted_out",
            timestamp="created_at updated_at",
        ),
        links={"account_id": "accounts"},
    ),
    TableSchema(
        name="opportunities",
        key="opportunity_id",
        required=("opportunity_id", "account_id", "created_at", "stage"),
        columns=_columns(
            string="opportunity_id account_id stage product type source campaign_id owner_id "
            "currency",
            # is_won: true = won, false = lost, null = open. prepare derives it from the stage.
            boolean="is_won",
            number="amount",
            timestamp="created_at closed_at updated_at",
        ),
        links={"account_id": "accounts"},
    ),
    TableSchema(
        name="engagements",
        key=None,
        required=("ts", "kind"),
        columns=_columns(
            string="kind account_id contact_id lead_id visitor_id ip campaign_id channel asset",
            number="value",
            timestamp="ts",
        ),
        one_of=("account_id", "contact_id", "lead_id", "visitor_id", "ip"),
        links={"account_id": "accounts", "contact_id": "contacts", "lead_id": "leads"},
    ),
    TableSchema(
        name="intent",
        key=None,
        required=("topic", "ts", "score"),
        columns=_columns(string="account_id domain topic source", number="score", timestamp="ts"),
        one_of=("account_id", "domain"),
        links={"account_id": "accounts"},
        non_negative=("score",),
    ),
    TableSchema(
        name="networks",
        key=None,
        required=("account_id",),
        columns=_columns(string="ip cidr account_id kind", timestamp="observed_at"),
        one_of=("ip", "cidr"),
        links={"account_id": "accounts"},
    ),
    TableSchema(
        name="campaigns",
        key="campaign_id",
        required=("campaign_id", "name"),
        columns=_columns(
            string="campaign_id name channel currency",
            number="cost",
            timestamp="start end updated_at",
        ),
        non_negative=("cost",),
    ),
    TableSchema(
        name="suppressions",
        key=None,
        required=("kind", "value"),
        columns=_columns(string="kind value reason", timestamp="until"),
    ),
    TableSchema(
        name="signals",
        key=None,
        required=("account_id", "kind", "ts"),
        columns=_columns(string="account_id kind text source", number="value", timestamp="ts"),
        links={"account_id": "accounts"},
    ),
    TableSchema(
        name="relations",
        key=None,
        required=("account_id", "related_account_id", "kind"),
        columns=_columns(string="account_id related_account_id kind"),
        links={"account_id": "accounts", "related_account_id": "accounts"},
    ),
    TableSchema(
        name="leads",
        key="lead_id",
        required=("lead_id",),
        columns=_columns(
            string="lead_id company account_id first_name last_name title email status source "
            "converted_account_id",
            timestamp="created_at updated_at",
        ),
        one_of=("company", "account_id"),
        links={"account_id": "accounts", "converted_account_id": "accounts"},
    ),
    TableSchema(
        name="account_history",
        key=None,
        required=("account_id", "column", "valid_from"),
        columns=_columns(string="account_id column value", timestamp="valid_from"),
        links={"account_id": "accounts"},
    ),
    TableSchema(
        name="stage_history",
        key=None,
        required=("opportunity_id", "stage", "entered_at"),
        columns=_columns(string="opportunity_id stage", timestamp="entered_at"),
        links={"opportunity_id": "opportunities"},
    ),
    TableSchema(
        name="contracts",
        key="contract_id",
        required=("contract_id", "account_id", "start"),
        columns=_columns(
            string="contract_id account_id product currency",
            number="amount",
            timestamp="start end renewal_at updated_at",
        ),
        links={"account_id": "accounts"},
        non_negative=("amount",),
    ),
    TableSchema(
        name="investments",
        key=None,
        required=("account_id", "investor"),
        columns=_columns(
            string="account_id investor round currency", number="amount", timestamp="ts"
        ),
        links={"account_id": "accounts"},
        non_negative=("amount",),
    ),
    TableSchema(
        name="feedback",
        key=None,
        required=("account_id", "verdict", "ts"),
        columns=_columns(string="account_id verdict reason by", timestamp="ts"),
        links={"account_id": "accounts"},
    ),
    TableSchema(
        name="overrides",
        key=None,
        required=("account_id", "action"),
        columns=_columns(
            string="account_id action product by reason", integer="tier", timestamp="until ts"
        ),
        links={"account_id": "accounts"},
    ),
)

SCHEMAS: Mapping[str, TableSchema] = {schema.name: schema for schema in _TABLES}
