import pytest

from abm_ml.data.mapping import load_mapping
from abm_ml.data.plan import plan_export
from abm_ml.errors import DataError

SALESFORCE = {
    "Account.csv": "Id,Name,NumberOfEmployees,BillingCountry,ShippingCountry\n001A,Acme,5,,DE\n",
    "Contact.csv": "Id,AccountId,Email\n003A,001A,a@b.c\n",
    "Case.csv": "Id,AccountId,Status\n500,001A,New\n",
}
HUBSPOT = {
    "all-companies.csv": "Record ID,Company name,Number of Employees\n1,Acme,5\n",
    "all-contacts.csv": "RECORD ID,associated company id,email\n7,1,a@b.c\n",
}
CHINESE = {
    "企业.csv": "企业ID,企业名称,人员规模\n1,甲公司,500-1000人\n",
    "联系人.csv": "联系人ID,企业ID,邮箱\n7,1,a@b.c\n",
}
CANONICAL = {
    "accounts.csv": "account_id,name,employees\n1,Acme,5\n",
    "contacts.csv": "contact_id,account_id,email\n7,1,a@b.c\n",
}


@pytest.mark.parametrize(
    ("files", "dialect"),
    [
        (SALESFORCE, "salesforce"),
        (HUBSPOT, "hubspot"),
        (CHINESE, "zh"),
        (CANONICAL, "canonical"),
        ({"accounts.csv": SALESFORCE["Account.csv"]}, "salesforce"),
        ({"accounts.csv": CHINESE["企业.csv"]}, "zh"),
    ],
)
def test_the_dialect_is_the_one_that_knows_most_names(export, files, dialect):
    plan = plan_export(export(files))
    assert plan.dialect.name == dialect
    assert {file.table for file in plan.files} >= {"accounts"}


def test_files_without_a_table_are_ignored(export):
    exports = export({**SALESFORCE, "README.md": "hello", "logo.png": b"\x89PNG"})
    assert [source.label for source in plan_export(exports).ignored] == [
        "Case.csv",
        "README.md",
        "logo.png",
    ]


def test_second_choices_stand_behind_the_preferred_column(export):
    (accounts,) = plan_export(export({"Account.csv": SALESFORCE["Account.csv"]})).files
    places = {column.column: column.places for column in accounts.columns}
    assert places["country"] == (3, 4)


def test_unknown_columns_are_extras_spelt_like_the_contract(export):
    text = "account_id,name,Shoe Size,NAME_OF_DOG,\n1,Acme,44,Rex,\n"
    (accounts,) = plan_export(export({"accounts.csv": text})).files
    assert [extra.column for extra in accounts.extras] == ["shoe_size", "name_of_dog"]


def test_an_extra_never_takes_the_name_of_another_column(export, tmp_path):
    (tmp_path / "m.yaml").write_text("accounts: {name: company}")
    exports = export({"accounts.csv": "account_id,company,name,Dog,dog__c\n1,Acme,x,a,b\n"})
    (accounts,) = plan_export(exports, mapping=load_mapping(tmp_path / "m.yaml")).files
    assert [extra.column for extra in accounts.extras] == ["name_2", "dog", "dog_2"]


def test_a_missing_required_column_is_refused_with_the_nearest_name(export):
    exports = export({"accounts.csv": "account_id,Nmae\n1,Acme\n"})
    with pytest.raises(
        DataError,
        match=r"accounts\.csv: accounts: required column 'name' is missing; found 'Nmae' "
        r"\(row 1\): rename it, or map it with  name: Nmae  in mapping\.yaml",
    ):
        plan_export(exports)


def test_a_missing_required_column_without_a_near_name_shows_all_of_them(export):
    exports = export({"accounts.csv": "account_id,xyz,uvw\n1,Acme,\n"})
    with pytest.raises(DataError, match="'name' is missing; found 'account_id', 'xyz', 'uvw'"):
        plan_export(exports)


def test_a_table_without_any_column_to_hang_it_on_is_refused(export):
    exports = export({**CANONICAL, "engagements.csv": "ts,kind\n2024-01-01,call\n"})
    with pytest.raises(
        DataError, match=r"one of the columns account_id, contact_id, .* is required"
    ):
        plan_export(exports)


@pytest.mark.parametrize(
    "files", [{"notes.txt": "hi"}, {"contacts.csv": CANONICAL["contacts.csv"]}]
)
def test_a_directory_without_accounts_is_refused_with_what_was_expected(export, files):
    with pytest.raises(
        DataError,
        match=r"no file here holds accounts; found .*; expected .* accounts, Account, com",
    ):
        plan_export(export(files))


def test_an_unknown_dialect_is_refused(export):
    with pytest.raises(DataError, match="sap: no such dialect; known: canonical, salesforce"):
        plan_export(export(CANONICAL), dialect="sap")


def test_one_table_saved_twice_is_refused(export):
    exports = export({**CANONICAL, "accounts.tsv": "account_id\tname\n1\tAcme\n"})
    with pytest.raises(DataError, match=r"accounts\.tsv: accounts\.csv holds the same table"):
        plan_export(exports)


def test_an_old_excel_file_is_refused_not_ignored(export):
    with pytest.raises(DataError, match=r"contacts\.xls: cannot be read; save it as \.xlsx"):
        plan_export(
            export({"accounts.csv": CANONICAL["accounts.csv"], "contacts.xls": b"\xd0\xcf"})
        )


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("accounts: {name: Nmae}", r"accounts\.name: no column 'Nmae' .*\(did you mean name\?\)"),
        ("accounts: {file: acounts.csv}", r"no file acounts\.csv in .*did you mean accounts\.csv"),
    ],
)
def test_a_mapping_that_fits_no_file_is_refused(export, tmp_path, mapping, message):
    (tmp_path / "m.yaml").write_text(mapping)
    with pytest.raises(DataError, match=message):
        plan_export(export(CANONICAL), mapping=load_mapping(tmp_path / "m.yaml"))


def test_a_mapping_file_gives_any_file_a_table_and_ignores_others(export, tmp_path):
    (tmp_path / "m.yaml").write_text("ignore: [contacts.csv]\naccounts: {file: firms.csv}")
    exports = export({"firms.csv": CANONICAL["accounts.csv"], "contacts.csv": "broken"})
    plan = plan_export(exports, mapping=load_mapping(tmp_path / "m.yaml"))
    assert [(file.source.label, file.table) for file in plan.files] == [("firms.csv", "accounts")]
    assert [source.label for source in plan.ignored] == ["contacts.csv"]
