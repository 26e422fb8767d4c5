import json
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from abm_ml.data.prepare import prepare_tables, read_crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.errors import DataError

ACCOUNTS = "account_id,name\nA1,Acme\nA2,Beta\nA3,Gamma\n"


def test_columns_come_in_the_contracts_order_then_extras_by_name(prepare):
    prepared = prepare(
        {"accounts.csv": "zebra,created_at,name,ant,account_id\n1,2024-01-05,Acme,x,A1\n"}
    )
    assert prepared.columns("accounts") == ["account_id", "name", "created_at", "ant", "zebra"]


def test_columns_have_the_contracts_types(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,employees,revenue,technologies,created_at\n"
            "1,Acme,500-1000人,$50M,AWS;SAP,2024年1月5日\n"
        }
    )
    assert prepared.table("accounts") == [
        {
            "account_id": "1",
            "name": "Acme",
            "employees": 750,
            "revenue": 50e6,
            "technologies": ["AWS", "SAP"],
            "created_at": datetime(2024, 1, 5),
        }
    ]


def test_extra_columns_are_numbers_if_all_their_cells_are(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,size,mixed,code,empty\n"
            "1,Acme,$1k,5,007,\n2,Beta,,x,008,N/A\n"
        }
    )
    first = prepared.table("accounts")[0]
    assert (first["size"], first["mixed"], first["code"]) == (1000.0, "5", "007")
    assert "empty" not in first


def test_an_extra_column_that_turns_to_words_late_in_a_large_file_stays_text(prepare):
    rows = "".join(f"{number},Acme,{'y' * 60},5\n" for number in range(100_000))
    text = f"account_id,name,filler,late\n{rows}X,Beta,y,word\n"
    late = prepare({"accounts.csv": text}).column("accounts", "late")
    assert set(late) == {"5", "word"}


def test_a_date_late_in_a_large_file_decides_how_the_first_is_read(prepare):
    rows = "".join(f"{number},Acme {'y' * 60},03/04/2024\n" for number in range(100_000))
    text = f"account_id,name,created_at\n{rows}X,Beta,04/13/2024\n"
    created = prepare({"accounts.csv": text}).column("accounts", "created_at")
    assert set(created) == {datetime(2024, 3, 4), datetime(2024, 4, 13)}


def test_each_file_has_its_own_date_order(prepare):
    prepared = prepare(
        {
            "Account.csv": "Id,Name\n001A,Acme\n",
            "Task.csv": "Id,Type,AccountId,ActivityDate\n"
            "1,Call,001A,13/01/2024\n2,Call,001A,02/01/2024\n",
            "Event.csv": "Id,Type,AccountId,ActivityDate\n"
            "3,Call,001A,01/13/2024\n4,Call,001A,02/01/2024\n",
        }
    )
    moments = {row["id"]: row["ts"].strftime("%m-%d") for row in prepared.table("engagements")}
    assert moments == {1.0: "01-13", 2.0: "01-02", 3.0: "01-13", 4.0: "02-01"}


def test_a_set_date_order_settles_an_ambiguous_column(prepare):
    files = {"accounts.csv": "account_id,name,created_at\n1,Acme,03/04/2024\n"}
    with pytest.raises(
        DataError, match=r"accounts\.csv, column created_at row 2: '03/04/2024' can"
    ):
        prepare(files)
    by_setting = prepare(files, date_order="mdy")
    by_mapping = prepare(files, date_order="mdy", mapping="date_order: dmy")
    assert by_setting.column("accounts", "created_at") == [datetime(2024, 3, 4)]
    assert by_mapping.column("accounts", "created_at") == [datetime(2024, 4, 3)]


def test_against_a_set_date_order_the_others_are_quarantined(prepare):
    text = "account_id,name,created_at\n1,Acme,13/01/2024\n2,Beta,01/13/2024\n"
    prepared = prepare({"accounts.csv": text}, date_order="dmy")
    assert prepared.column("accounts", "account_id") == ["1"]
    assert prepared.quarantine("accounts")[0]["reason"] == "is not a date (expected YYYY-MM-DD)"


def test_an_unknown_date_order_is_refused(prepare):
    with pytest.raises(DataError, match="date_order: 'ymd' is not one of auto, dmy, mdy"):
        prepare({}, date_order="ymd")


def test_quarantine_names_file_row_column_value_reason_and_the_row_as_it_stood(prepare):
    prepared = prepare(
        {
            "Account.csv": "Id,Name,NumberOfEmployees,CreatedDate\n"
            '001A,"Acme\nLtd",-5,2024-01-01\n\n001B,Beta,7,2025-13-02\n001C,Gamma\n001D,Delta,1,\n'
        }
    )
    assert prepared.quarantine("accounts") == [
        {
            "file": "Account.csv",
            "row": 2,
            "column": "NumberOfEmployees",
            "value": "-5",
            "reason": "is negative",
            "record": '{"Id": "001A", "Name": "Acme\\nLtd", "NumberOfEmployees": "-5", '
            '"CreatedDate": "2024-01-01"}',
        },
        {
            "file": "Account.csv",
            "row": 4,
            "column": "CreatedDate",
            "value": "2025-13-02",
            "reason": "is not a date (expected YYYY-MM-DD)",
            "record": '{"Id": "001B", "Name": "Beta", "NumberOfEmployees": "7", '
            '"CreatedDate": "2025-13-02"}',
        },
        {
            "file": "Account.csv",
            "row": 5,
            "column": None,
            "value": None,
            "reason": "has 2 fields, the header has 4",
            "record": '"001C,Gamma"',
        },
    ]
    assert prepared.column("accounts", "account_id") == ["001D"]


def test_rows_that_the_crm_deleted_are_quarantined(prepare):
    prepared = prepare({"Account.csv": "Id,Name,IsDeleted\n001A,Acme,1\n001B,Beta,0\n001C,C,\n"})
    assert prepared.column("accounts", "account_id") == ["001B", "001C"]
    assert prepared.quarantine("accounts")[0]["reason"] == "was deleted in the CRM"
    assert "is_deleted" not in prepared.columns("accounts")


def test_an_unknown_currency_quarantines_the_row(prepare):
    prepared = prepare(
        {"accounts.csv": "account_id,name,revenue,currency\n1,A,10,EUR\n2,B,10,XXX\n"},
        currency_rates={"USD": 1.0, "EUR": 1.1},
    )
    assert prepared.column("accounts", "revenue") == [pytest.approx(11)]
    assert prepared.quarantine("accounts")[0]["reason"].startswith(
        "is a currency without a rate (known: EUR, USD;"
    )


def test_salesforce_stages_and_flags_become_won_lost_and_open(prepare):
    prepared = prepare(
        {
            "Account.csv": "Id,Name\n001A,Acme\n",
            "Opportunity.csv": "Id,AccountId,StageName,CreatedDate,CloseDate,IsClosed,IsWon\n"
            "1,001A,Closed Won,2024-01-01,2024-02-01,1,1\n"
            "2,001A,Closed Lost,2024-01-01,2024-02-01,1,\n"
            "3,001A,Negotiation,2024-01-01,2024-12-31,,\n"
            "4,001A,Negotiation,2024-01-01,2024-12-31,0,0\n",
        }
    )
    rows = prepared.table("opportunities")
    assert [row["is_won"] for row in rows] == [True, False, None, None]
    assert [row["closed_at"] is None for row in rows] == [False, False, True, True]
    assert "is_closed" not in prepared.columns("opportunities")


def test_tasks_and_campaign_members_are_both_engagements(prepare):
    prepared = prepare(
        {
            "Account.csv": "Id,Name\n001A,Acme\n",
            "Contact.csv": "Id,AccountId\n003A,001A\n",
            "Task.csv": "Id,Type,WhoId,ActivityDate,CreatedDate\n"
            "1,Meeting,003A,2024-01-05,2024-01-01\n2,Call,003A,,2024-01-02\n",
            "CampaignMember.csv": "Id,ContactId,CampaignId,Status,CreatedDate,FirstRespondedDate\n"
            "9,003A,701A,Responded,2024-01-01,2024-01-08\n",
        }
    )
    rows = prepared.table("engagements")
    assert {
        (row["kind"], row["ts"].day, row["contact_id"], row["campaign_id"]) for row in rows
    } == {
        ("meeting", 5, "003A", None),
        ("call", 2, "003A", None),
        ("campaign_responded", 8, "003A", "701A"),
    }
    assert {row["account_id"] for row in rows} == {"001A"}


def test_of_several_associated_companies_the_first_is_the_primary_one(prepare):
    prepared = prepare(
        {
            "companies.csv": "Record ID,Company name\n1,Acme\n2,Beta\n",
            "contacts.csv": "Record ID,Associated Company IDs\n7,2;1\n",
        }
    )
    assert prepared.column("contacts", "account_id") == ["2"]


def test_a_chinese_company_without_an_id_is_known_by_its_credit_code(prepare):
    prepared = prepare(
        {
            "企业.csv": "企业名称,统一社会信用代码,人员规模,成立日期,经营状态\n"
            "甲公司,91110000MA001,500-1000人,2015-03-02,存续\n",
            "专利.csv": "企业ID,标题,发布日期\n91110000MA001,一种方法,2024/1/5\n",
        }
    )
    (account,) = prepared.table("accounts")
    assert account["account_id"] == account["credit_code"] == "91110000MA001"
    assert (account["employees"], account["founded_year"]) == (750, 2015)
    assert account["status"] == "operating"
    assert prepared.column("signals", "kind") == ["patent"]


def test_a_history_speaks_of_columns_by_their_canonical_names(prepare):
    prepared = prepare(
        {
            "Account.csv": "Id,Name\n001A,Acme\n",
            "AccountHistory.csv": "Id,AccountId,Field,NewValue,CreatedDate\n"
            "1,001A,NumberOfEmployees,50,2024-01-01\n2,001A,Shoe_Size__c,44,2024-01-01\n",
        }
    )
    assert prepared.column("account_history", "column") == ["employees", "shoe_size"]


def test_a_suppression_of_an_unknown_kind_is_quarantined_not_passed_over(prepare):
    prepared = prepare({"suppressions.csv": "kind,value\n域名,acme.com\nE-Mail,a@b.com\nfax,1\n"})
    assert prepared.column("suppressions", "kind") == ["domain", "email"]
    assert prepared.quarantine("suppressions")[0]["reason"] == (
        "is not one of account, contact, domain, email, email_sha256"
    )


def test_a_mapping_file_maps_columns_values_and_units(prepare):
    prepared = prepare(
        {"accounts.csv": "id,firm,sector,turnover\n1,Acme,technolgy,1.5\n"},
        mapping="accounts:\n  account_id: id\n  name: firm\n  columns: {industry: sector, "
        "revenue: turnover}\n  values: {industry: {technolgy: technology}}\n"
        "  scale: {revenue: 1000000}\n",
    )
    assert prepared.table("accounts") == [
        {"account_id": "1", "name": "Acme", "industry": "technology", "revenue": 1_500_000.0}
    ]


def test_the_summary_counts_every_row_and_every_ignored_file(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,employees\n1,Acme,5\n1,Acme,5\n2,Beta,x\n3\n",
            "contacts.csv": "contact_id,account_id\nC1,1\nC2,\nC3,9\n",
            "Case.csv": "Id\n1\n2\n",
            "logo.png": b"\x89PNG",
        }
    )
    told = json.loads((prepared.out / "summary.json").read_text())
    assert told == prepared.summary.to_dict()
    assert told["tables"]["accounts"] == {
        "rows": 4,
        "canonical": 1,
        "quarantined": 3,
        "duplicates": 1,
        "reasons": {"duplicate": 1, "unreadable": 2},
    }
    assert told["tables"]["contacts"]["reasons"] == {"link": 1, "missing": 1}
    assert told["files"][0] == {
        "file": "accounts.csv",
        "table": "accounts",
        "rows": 4,
        "canonical": 1,
        "quarantined": 3,
    }
    assert told["ignored"] == [{"file": "Case.csv", "rows": 2}, {"file": "logo.png", "rows": None}]


def test_a_table_with_a_header_alone_is_kept_empty_and_pointed_out(prepare):
    prepared = prepare({"contacts.csv": "contact_id,account_id,title\n"})
    assert prepared.table("contacts") == []
    assert prepared.columns("contacts") == ["contact_id", "account_id", "title"]
    assert prepared.summary.warnings == ("contacts: the file has a header but no rows",)


def test_odd_opportunities_are_kept_and_pointed_out(prepare):
    prepared = prepare(
        {
            "opportunities.csv": "opportunity_id,account_id,stage,created_at,closed_at\n"
            "1,A1,won,2024-02-01,2024-01-01\n2,A1,lost,2024-02-01,\n3,A1,open,2024-02-01,\n"
        }
    )
    assert len(prepared.table("opportunities")) == 3
    assert [warning.split(":")[1][:30] for warning in prepared.summary.warnings] == [
        " 1 were closed before they wer",
        " 1 are closed but have no clos",
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", r"accounts\.csv: has a header but no rows; export the accounts again"),
        (",Acme\n", r"accounts\.csv row 2, account_id: None is required but empty; no account is"),
        (",\n", r"accounts\.csv: has a header but no rows"),
    ],
)
def test_an_export_that_leaves_no_account_is_refused(prepare, rows, message):
    with pytest.raises(DataError, match=message):
        prepare({"accounts.csv": "account_id,name\n" + rows})


def test_too_many_unreadable_values_stop_the_run_and_name_the_first(prepare):
    rows = "".join(f"{number},Acme,5\n" for number in range(36))
    text = f"account_id,name,employees\n{rows}X,Beta,-3\n" + "Y,Gamma,many\n" * 3
    with pytest.raises(
        DataError,
        match=r"accounts\.csv row 38, employees: '-3' is negative; 4 of 40 rows of accounts are "
        r"unreadable, more than the 9% allowed: correct the column, map another one",
    ):
        prepare({"accounts.csv": text}, max_unreadable_share=0.09)
    assert prepare({"accounts.csv": text}, max_unreadable_share=0.1).summary


@pytest.mark.parametrize(
    ("good", "bad", "share", "refused"),
    [(4, 1, 0.05, False), (4, 3, 0.05, False), (5, 4, 0.05, True), (1, 1, 0.05, True),
     (0, 1, 0.05, True), (4, 1, 0.0, True)],
)  # fmt: skip
def test_a_few_unreadable_rows_of_a_small_table_stop_nothing(prepare, good, bad, share, refused):
    rows = "A1,pin,1\n" * good + "A1,pin,9\n" * bad
    files = {"overrides.csv": f"account_id,action,tier\n{rows}"}
    if refused:
        with pytest.raises(DataError, match=f"{bad} of {good + bad} rows of overrides are unread"):
            prepare(files, max_unreadable_share=share)
        return
    prepared = prepare(files, max_unreadable_share=share)
    assert len(prepared.table("overrides")) == good
    assert f"overrides: {bad} are in quarantine: what they decide is not done" in (
        prepared.summary.warnings
    )


def test_missing_keys_and_links_are_not_unreadable(prepare):
    prepared = prepare(
        {"contacts.csv": "contact_id,account_id\nC1,A1\nC2,\nC3,XX\nC1,A1\n"},
        max_unreadable_share=0.0,
    )
    assert prepared.summary.tables["contacts"].canonical == 1


def test_nothing_but_the_result_is_left_behind(prepare):
    prepared = prepare({})
    assert sorted(path.name for path in prepared.out.iterdir()) == [
        "canonical",
        "quarantine",
        "summary.json",
    ]


def test_progress_is_told_in_words(export, tmp_path):
    told = []
    prepare_tables(export({"accounts.csv": ACCOUNTS}), tmp_path / "out", progress=told.append)
    assert told == [
        "reading accounts.csv as accounts",
        "checking keys and links",
        "writing accounts",
    ]


def test_read_crm_prepares_exports_on_the_way(export):
    crm = read_crm(
        export({"accounts.csv": ACCOUNTS, "contacts.csv": "contact_id,account_id\nC1,XX\n"})
    )
    assert crm.table("accounts").count().to_pyarrow().as_py() == 3
    assert crm.summary["tables"]["contacts"]["quarantined"] == 1
    assert crm.quarantine["contacts"]["value"].to_pylist() == ["XX"]


def test_read_crm_knows_the_default_exchange_rates(export):
    text = "account_id,name,revenue,currency\n1,Acme,100,EUR\n"
    crm = read_crm(export({"accounts.csv": text}))
    assert crm.table("accounts").revenue.to_pyarrow().to_pylist() == [pytest.approx(108)]


def test_read_crm_opens_what_was_prepared(prepare):
    prepared = prepare({})
    crm = read_crm(prepared.out)
    assert crm.directory == prepared.out
    assert crm.given_columns("accounts") == ("account_id", "name")
    assert crm.summary == prepared.summary.to_dict()


def test_a_gb18030_export_gives_the_same_tables_as_a_utf8_one(prepare):
    text = "企业ID,企业名称\n1,甲公司\n2,乙科技有限公司\n"
    plain, other = prepare({"企业.csv": text}), prepare({"企业.csv": text.encode("gb18030")})
    assert plain.table("accounts") == other.table("accounts")


def test_every_prepared_column_fits_the_contract(prepare):
    prepared = prepare(
        {f"{name}.csv": ",".join(schema.columns) + "\n" for name, schema in SCHEMAS.items()}
        | {"accounts.csv": ACCOUNTS}
    )
    for name, schema in SCHEMAS.items():
        if name != "accounts":
            written = pq.read_schema(prepared.out / "canonical" / f"{name}.parquet")
            assert dict(zip(written.names, written.types, strict=True)) == schema.columns
            assert written.names == list(schema.columns)


def test_suppressions_that_nobody_understands_are_said_aloud(prepare):
    listed = "kind,value\nperson,Ann\n" + "".join(f"account,A{n}\n" for n in range(40))
    prepared = prepare({"suppressions.csv": listed})
    assert (
        "suppressions: 1 are in quarantine: whom they name is not suppressed"
        in prepared.summary.warnings
    )
