"""Rows that name a company are linked to its account, and say how."""

import pyarrow.parquet as pq
import pytest


def completions(prepared):
    return pq.read_table(prepared.out / "completions.parquet").to_pylist()


@pytest.mark.parametrize(
    ("company", "account"),
    [
        ("A2", "A2"),
        ("Beta", "A2"),
        ("beta", "A2"),
        ("BETA GmbH", "A2"),
        ("Beta Software", None),
        ("Twin", None),
        ("Nobody", None),
    ],
)
def test_a_leads_company_is_an_accounts_id_or_its_name_however_written(prepare, company, account):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name\nA1,Acme\nA2,Beta\nA3,Twin\nA4,Twin\n",
            "leads.csv": f"lead_id,company\nL1,{company}\n",
        }
    )
    assert prepared.column("leads", "account_id") == [account]


def test_a_lead_is_linked_by_its_work_address_never_by_a_mailbox_service(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,domain\nA1,Acme,acme.com\nA2,Beta,gmail.com\n",
            "leads.csv": "lead_id,company,email\nL1,somebody,x@mail.acme.com\n"
            "L2,somebody,x@gmail.com\nL3,Beta,x@gmail.com\n",
        }
    )
    found = dict(
        zip(
            prepared.column("leads", "lead_id"), prepared.column("leads", "account_id"), strict=True
        )
    )
    assert found == {"L1": "A1", "L2": None, "L3": "A2"}


def test_no_address_is_written_down_as_a_source(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,domain\nA1,Acme,acme.com\n",
            "leads.csv": "lead_id,company,email\nL1,,jane.roe@acme.com\nL2,Acme,\n",
        }
    )
    assert "jane" not in str(completions(prepared))


def test_an_intent_row_finds_its_account_by_a_domain_that_one_account_has(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,domain\n"
            "A1,Acme,https://www.Acme.com/about\nA2,B,b.com\nA3,C,b.com\n",
            "intent.csv": "domain,topic,ts,score\nacme.com,crm,2024-01-01,70\n"
            "shop.acme.com,crm,2024-01-01,70\nb.com,crm,2024-01-01,70\n",
        }
    )
    found = {row["domain"]: row["account_id"] for row in prepared.table("intent")}
    assert found == {"acme.com": "A1", "shop.acme.com": "A1", "b.com": None}
    assert prepared.summary.warnings == (
        "intent: 1 fit several accounts equally well: linked to none of them",
        "intent: 1 belong to no known account: kept, but they count for none",
    )


@pytest.mark.parametrize(
    ("later", "linked"),
    [
        ([], ["A1", "A1", "A1"]),
        (["A9,Other,acme.com,2024-02-15"], ["A1", "A1", None]),
        (["A9,Acme,acme.com,2024-02-15"], ["A1", "A1", None]),
        (["A9,Other,acme.com,2024-02-01"], ["A1", None, None]),
        (["A9,Other,acme.com,"], [None, None, None]),
        (["A8,X,acme.com,2024-02-15", "A9,Y,acme.com,2024-02-16"], ["A1", "A1", None]),
    ],
)
def test_a_row_is_linked_among_the_accounts_that_were_there(prepare, later, linked):
    accounts = ["account_id,name,domain,created_at", "A1,Acme,acme.com,2023-05-01", *later]
    rows = "".join(f"acme.com,crm,2024-0{month}-01,70\n" for month in (1, 2, 3))
    prepared = prepare(
        {
            "accounts.csv": "\n".join(accounts) + "\n",
            "intent.csv": f"domain,topic,ts,score\n{rows}",
        }
    )
    by_time = sorted(prepared.table("intent"), key=lambda row: row["ts"])
    assert [row["account_id"] for row in by_time] == linked


def test_an_account_that_fits_better_takes_no_row_from_before_it_was_there(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,created_at\n"
            "A1,Acme Inc.,2023-05-01\nA2,Acme,2024-02-15\n",
            "leads.csv": "lead_id,company,created_at\nL1,Acme,2024-01-01\nL2,Acme,2024-03-01\n"
            "L3,Acme,\n",
        }
    )
    assert prepared.column("leads", "account_id") == ["A1", "A2", "A2"]


def test_a_row_that_fits_no_account_of_its_time_is_the_first_later_ones(prepare):
    """A lead is mostly older than the account that sales makes of it."""
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,domain,created_at\n"
            "A1,Acme,acme.com,2024-02-01\nA2,Twin,acme.com,2024-03-01\n",
            "leads.csv": "lead_id,email,company,created_at\n"
            "L1,x@acme.com,n.a.,2024-01-01\nL2,x@acme.com,n.a.,2024-04-01\n",
        }
    )
    assert prepared.column("leads", "account_id") == ["A1", None]


def test_an_event_that_names_its_company_is_linked_where_nothing_else_tells(prepare):
    prepared = prepare(
        {
            "engagements.csv": "ts,kind,visitor_id,company\n"
            "2024-01-01,visit,v1,ACME Ltd.\n2024-01-02,visit,v2,Nobody\n"
        }
    )
    assert prepared.column("engagements", "account_id") == ["A1", None]


def test_every_completed_value_is_written_down_with_its_source(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name\nA1,Acme\nA2,Beta\n",
            "leads.csv": "lead_id,company,account_id\nL1,Acme Inc.,\nL2,,A2\nL3,A2,\n",
        }
    )
    wanted = {"table": "leads", "file": "leads.csv"}
    assert completions(prepared) == [
        {**wanted, "key": "L1", "row": 2, "column": "account_id", "value": "A1",
         "source": "same words; only one name gives the legal form"},
        {**wanted, "key": "L2", "row": 3, "column": "company", "value": "Beta",
         "source": "name of account A2"},
        {**wanted, "key": "L3", "row": 4, "column": "account_id", "value": "A2",
         "source": "company is the account's id"},
    ]  # fmt: skip
    assert prepared.summary.completed == {"leads.account_id": 2, "leads.company": 1}


def test_records_of_one_company_complete_each_other_and_stay_apart(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,credit_code,domain,city,employees,owner_id\n"
            "A1,甲公司,91110000MA001,,上海,,U1\nA2,甲,91110000MA001,a.cn,,500,\n"
            "A3,Beta,,b.com,Paris,,\nA4,Beta Ltd,,b.com,,7,\nA5,Gamma,,b.com,,,\n"
        }
    )
    assert prepared.column("accounts", "city") == ["上海", "上海", "Paris", "Paris", None]
    assert prepared.column("accounts", "employees") == [500, 500, 7, 7, None]
    assert prepared.column("accounts", "owner_id") == ["U1", None, None, None, None]
    sources = {(row["key"], row["column"]): row["source"] for row in completions(prepared)}
    assert sources == {
        ("A1", "domain"): "account A2, same credit code",
        ("A1", "employees"): "account A2, same credit code",
        ("A2", "city"): "account A1, same credit code",
        ("A3", "employees"): "account A4, same domain and name",
        ("A4", "city"): "account A3, same domain and name",
    }
    assert prepared.summary.tables["accounts"].canonical == 5


def test_records_that_contradict_each_other_complete_nothing(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,credit_code,city\n"
            "A1,甲,X1,上海\nA2,甲,X1,北京\nA3,甲,X1,\n"
        }
    )
    assert prepared.column("accounts", "city") == ["上海", "北京", None]
    assert not (prepared.out / "completions.parquet").exists()
