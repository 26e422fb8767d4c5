import pyarrow as pa
import pytest

from abm_ml.data.meaning import convert_money, outcome, settle_outcomes, split_people


@pytest.mark.parametrize(
    ("is_won", "is_closed", "by_stage", "meant"),
    [
        (True, True, None, True),
        (True, None, None, True),
        (False, True, None, False),
        (None, True, True, True),
        (None, True, None, False),
        (None, False, True, None),
        (True, False, True, None),
        (None, None, True, True),
        (None, None, False, False),
        (None, None, None, None),
    ],
)
@pytest.mark.parametrize("lost_if_not_won", [True, False])
def test_flags_go_before_the_stages_name(is_won, is_closed, by_stage, meant, lost_if_not_won):
    assert outcome(is_won, is_closed, by_stage, lost_if_not_won) is meant


def test_not_won_means_lost_only_where_the_dialect_says_so():
    assert outcome(False, None, None, lost_if_not_won=True) is False
    assert outcome(False, None, None, lost_if_not_won=False) is None
    assert outcome(False, None, False, lost_if_not_won=False) is False


def test_open_opportunities_have_no_closing_date():
    columns = {
        "stage": pa.array(["Closed Won", "Negotiation", "Closed Lost"]),
        "closed_at": pa.array([1, 2, 3], pa.timestamp("us")),
    }
    settle_outcomes(columns, lost_if_not_won=True)
    assert columns["is_won"].to_pylist() == [True, None, False]
    assert [moment is None for moment in columns["closed_at"].to_pylist()] == [False, True, False]


def test_salesforce_who_and_what_become_people_and_accounts():
    columns = {
        "who_id": pa.array(["003A", "00QB", None]),
        "what_id": pa.array(["001C", "006D", "001E"]),
        "account_id": pa.array([None, None, "001F"], pa.string()),
    }
    split_people(columns)
    assert {name: values.to_pylist() for name, values in columns.items()} == {
        "contact_id": ["003A", None, None],
        "lead_id": [None, "00QB", None],
        "account_id": ["001C", None, "001F"],
    }


def test_money_comes_into_one_currency_and_unknown_ones_are_pointed_out():
    columns = {
        "currency": pa.array(["EUR", "usd", None, "XYZ", "人民币"]),
        "amount": pa.array([100.0, 100.0, 100.0, 100.0, None]),
    }
    unknown = convert_money(columns, "opportunities", "USD", {"USD": 1, "EUR": 1.1, "CNY": 0.14})
    assert unknown.to_pylist() == [False, False, False, True, False]
    assert columns["amount"].to_pylist() == [pytest.approx(110), 100, 100, 100, None]
    assert columns["currency"].to_pylist() == ["USD", "USD", None, "XYZ", "USD"]


def test_rates_count_relative_to_the_base():
    columns = {"currency": pa.array(["USD"]), "amount": pa.array([110.0])}
    convert_money(columns, "opportunities", "EUR", {"USD": 1, "EUR": 1.1})
    assert columns["amount"].to_pylist() == [pytest.approx(100)]
