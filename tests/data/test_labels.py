import pytest

from abm_ml.data.labels import nearest, normalise, squash


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Visitor_Id__c", "visitor_id"),
        ("AnnualRevenue", "annual_revenue"),
        ("Is Deal Closed?", "is_deal_closed"),
        (" Country/Region ", "country_region"),
        ("国家/地区", "国家_地区"),
        ("ＩＤ", "id"),
    ],
)
def test_labels_are_spelt_like_the_contracts_own(label, name):
    assert normalise(label) == name


def test_two_spellings_of_one_label_compare_equal():
    assert squash("LinkedIn Company Page") == squash("linkedin company page")
    assert squash("Account ID") == squash("account_id") == squash("AccountId")


def test_a_typo_finds_what_was_meant():
    assert nearest("Nmae", ["domain", "name"]) == "name"
    assert nearest("zzz", ["domain", "name"]) is None
