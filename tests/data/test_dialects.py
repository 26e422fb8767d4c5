import pytest

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.schemas import SCHEMAS

TABLES = [(dialect, table) for dialect in DIALECTS for table in SCHEMAS]


@pytest.mark.parametrize(("dialect", "table"), TABLES)
def test_what_a_dialect_writes_it_reads_back(dialect, table):
    spoken = DIALECTS[dialect]
    assert spoken.table_of(spoken.file_name(table)) == table
    for column in SCHEMAS[table].columns:
        assert spoken.canonical_column(table, spoken.source_column(table, column)) == column


@pytest.mark.parametrize(("dialect", "table"), TABLES)
def test_no_two_columns_are_written_under_one_name(dialect, table):
    columns = SCHEMAS[table].columns
    assert len({DIALECTS[dialect].source_column(table, column) for column in columns}) == len(
        columns
    )


@pytest.mark.parametrize(("dialect", "table"), TABLES)
def test_canonical_names_are_understood_in_every_dialect(dialect, table):
    assert DIALECTS[dialect].table_of(table) == table
    for required in SCHEMAS[table].required:
        squashed = required.replace("_", "")
        assert squashed in DIALECTS[dialect].sources(table)[required]


def test_every_chinese_column_has_a_chinese_name():
    for table, schema in SCHEMAS.items():
        for column in schema.columns:
            name = DIALECTS["zh"].source_column(table, column)
            assert not name.isascii() or name == "IP", (table, column)


@pytest.mark.parametrize(
    "label", ["Company Domain Name", "company domain name", "COMPANY DOMAIN NAME"]
)
def test_hubspot_labels_are_read_in_any_case(label):
    assert DIALECTS["hubspot"].canonical_column("accounts", label) == "domain"


@pytest.mark.parametrize(
    ("dialect", "stem", "table"),
    [
        ("salesforce", "Account", "accounts"),
        ("salesforce", "CampaignMember", "engagements"),
        ("salesforce", "Case", None),
        ("hubspot", "all-companies", "accounts"),
        ("hubspot", "hubspot-crm-exports-all-deals-2024-01-05", "opportunities"),
        ("hubspot", "hubspot-crm-exports-all-deals-2024-01-05-1", "opportunities"),
        ("zh", "企业信息", "accounts"),
        ("zh", "企业_20240105", "accounts"),
        ("zh", "专利", "signals"),
    ],
)
def test_file_names_tell_the_table(dialect, stem, table):
    assert DIALECTS[dialect].table_of(stem) == table


def test_a_column_without_a_name_of_its_own_gets_one_in_the_dialects_style():
    assert DIALECTS["salesforce"].source_column("engagements", "visitor_id") == "Visitor_Id__c"
    assert DIALECTS["hubspot"].source_column("engagements", "visitor_id") == "Visitor ID"
    assert DIALECTS["salesforce"].file_name("intent") == "Intent__c"


def test_an_unknown_column_is_nobodys():
    assert DIALECTS["salesforce"].canonical_column("accounts", "Shoe_Size__c") is None
