from pathlib import Path

import pytest

from abm_ml.data.mapping import TableMapping, load_mapping
from abm_ml.errors import DataError

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "maven" / "mapping.yaml"


@pytest.fixture
def load(tmp_path):
    def run(text):
        file = tmp_path / "mapping.yaml"
        file.write_text(text, encoding="utf-8")
        return load_mapping(file)

    return run


def test_the_short_form_and_the_long_one_say_the_same(load):
    short = load("accounts: {name: Nmae, file: x.csv}")
    long = load("tables: {accounts: {file: x.csv, columns: {name: Nmae}}}")
    assert short.table("accounts") == long.table("accounts")
    assert short.table("accounts") == TableMapping(files=("x.csv",), columns={"name": ("Nmae",)})


def test_an_empty_mapping_says_nothing(load):
    assert load("").table("accounts") == TableMapping()
    assert load_mapping(None).dialect is None


def test_the_shipped_example_is_a_valid_mapping():
    assert load_mapping(EXAMPLE).table("accounts").scale == {"revenue": 1_000_000}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tables: {acounts: {name: x}}", r"acounts: no such table \(did you mean accounts\?\)"),
        ("acounts: {name: x}", r"acounts: no such setting or table \(did you mean accounts\?\)"),
        ("name: Nmae", r"name: a column goes under its table, as in  accounts: \{name: …\}"),
        ("accounts: {nmae: x}", r"accounts\.nmae: no such column .* \(did you mean name\?\)"),
        ("accounts: {values: {indstry: {a: b}}}", r"accounts\.indstry: .*did you mean industry"),
        ("dialect: sap", "dialect: 'sap' is not one of canonical, salesforce, hubspot, zh"),
        ("date_order: ymd", "date_order: 'ymd' is not one of auto, dmy, mdy"),
        ("accounts: {scale: {revenue: 0}}", "scale must be a number above 0, found 0"),
        ("accounts: [name]", "accounts: expected names and values, found"),
        ("- accounts", "expected names and values, found"),
        ("a: [", "cannot be read as YAML"),
    ],
)
def test_a_mistake_in_a_mapping_file_is_named(load, text, message):
    with pytest.raises(DataError, match=r"mapping\.yaml: .*" + message):
        load(text)


def test_a_mapping_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"mapping\.yaml: cannot be read: No such file"):
        load_mapping(tmp_path / "mapping.yaml")
