"""What people decided by hand, as prepare reads it."""

import pytest

HEADER = "account_id,action,tier,by,reason,until\n"


def test_decisions_are_read_in_english_and_chinese(prepare):
    english = prepare(
        {"overrides.csv": HEADER + "A1,Tier,2,Ann,asked for,2026-03-31\nA2,Hands Off,,Bob,,\n"}
    )
    assert english.column("overrides", "action") == ["tier", "hands_off"]
    assert english.column("overrides", "tier") == [2, None]
    chinese = prepare(
        {
            "企业.csv": "企业ID,企业名称\nA1,甲公司\n",
            "人工指定.csv": "企业ID,指定方式,指定人,指定原因,有效期至\n"
            "A1,试点,安,重点,2026-03-31\n",
        }
    )
    (row,) = chinese.table("overrides")
    assert (row["action"], row["by"], row["reason"]) == ("pilot", "安", "重点")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A1,promote,1,Ann,,", "is not one of pin, tier, pilot, hands_off"),
        ("A1,tier,4,Ann,,", "is no tier (expected 1, 2 or 3; to set none, 0)"),
        ("A1,tier,1.5,Ann,,", "is no tier (expected 1, 2 or 3; to set none, 0)"),
        ("A1,tier,1-2,Ann,,", "is no tier (expected 1, 2 or 3; to set none, 0)"),
        ("A1,pin,0,Ann,,", "is no tier (expected 1, 2 or 3; to set none, 0)"),
        ("A1,tier,,Ann,,", "sets a tier by hand without saying which"),
        ("A9,pin,,Ann,,", "leads to no row of accounts that was kept"),
        (",pin,,Ann,,", "is required but empty"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_quarantined_and_said(prepare, row, reason):
    good = "".join("A2,pin,,Ann,,\n" for _ in range(40))
    prepared = prepare({"overrides.csv": f"{HEADER}{good}{row}\n"})
    assert [bad["reason"] for bad in prepared.quarantine("overrides")] == [reason]
    assert len(prepared.table("overrides")) == 40
    assert (
        "overrides: 1 are in quarantine: what they decide is not done" in prepared.summary.warnings
    )


def test_a_refused_tier_is_told_with_file_row_column_and_value(prepare):
    good = "".join("A2,tier,2.0,Ann,,\n" for _ in range(40))
    prepared = prepare({"overrides.csv": f"{HEADER}{good}A1,tier,1.5,Ann,,\n"})
    [bad] = prepared.quarantine("overrides")
    assert (bad["file"], bad["row"], bad["column"], bad["value"]) == (
        "overrides.csv", 42, "tier", "1.5",
    )  # fmt: skip
    assert set(prepared.column("overrides", "tier")) == {2}


def test_a_tier_set_without_any_tier_column_is_refused_row_by_row(prepare):
    good = "".join("A2,pilot\n" for _ in range(40))
    prepared = prepare({"overrides.csv": f"account_id,action\n{good}A1,tier\n"})
    assert prepared.quarantine("overrides")[0]["value"] == "tier"
    assert set(prepared.column("overrides", "action")) == {"pilot"}


@pytest.mark.parametrize("file", ["overrides.csv", "suppressions.csv"])
def test_what_holds_until_a_day_holds_through_it(prepare, file):
    kind = "account_id,action" if file == "overrides.csv" else "value,kind"
    text = f"{kind},until\nA1,X,2026-03-31\nA1,X,2026年4月1日\nA1,X,2026-03-31 09:30\nA1,X,\n"
    word = "pin" if file == "overrides.csv" else "account"
    prepared = prepare({file: text.replace("X", word)})
    ends = prepared.column(file.removesuffix(".csv"), "until")
    assert sorted(end.isoformat() for end in ends if end) == [
        "2026-03-31T09:30:00", "2026-03-31T23:59:59.999999", "2026-04-01T23:59:59.999999",
    ]  # fmt: skip
    assert ends.count(None) == 1


def test_the_day_may_be_written_day_or_month_first(prepare):
    text = "account_id,action,until\nA1,pin,05/04/2026\nA2,pin,04/23/2026\n"
    ends = prepare({"overrides.csv": text}).column("overrides", "until")
    assert sorted(f"{end:%m-%d %H:%M}" for end in ends) == ["04-23 23:59", "05-04 23:59"]
