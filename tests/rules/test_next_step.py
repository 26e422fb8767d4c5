"""One sentence from the output's own columns."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.titles import COMMITTEE_ROLES
from abm_ml.rules.next_step import COLUMNS, next_step, next_steps
from abm_ml.rules.stages import CONTENT_STAGES

ENGAGED = {
    "stage": "engaged", "play": "nurture", "play_why": "engaged",
    "mqa_gap": "missing 7.50 points and 1 contact",
    "missing_roles": ["decision_maker", "purchaser"], "recommended_contacts": ["C-2", "C-9"],
    "known_coverage": 0.75, "holdout": False, "handover": "nurture",
}  # fmt: skip
MQA = dict(ENGAGED, stage="MQA", play="pipeline_acceleration", play_why="mqa", mqa_gap=None,
           handover="sales")  # fmt: skip
UNAWARE = {
    "stage": "unaware", "play": "pre_targeting", "play_why": "unaware",
    "mqa_gap": "missing 60 points and 3 contacts", "missing_roles": list(COMMITTEE_ROLES),
    "recommended_contacts": [], "known_coverage": 0.0, "holdout": False, "handover": "nurture",
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "en", "zh"),
    [
        (ENGAGED,
         "Nurture (people engage, but not enough yet); next contact C-2; engage decision maker, "
         "purchaser (no contact known for 1 of them); to be an MQA: missing 7.50 points and "
         "1 contact.",
         "客户培育（已有人互动，但尚不足够）；下一位联系人 C-2；争取决策者、采购者参与"
         "（其中 1 个角色没有已知联系人）；距离 MQA：还差 7.5 分和 1 位互动联系人。"),
        (dict(MQA, known_coverage=1.0),
         "To sales now; call contact C-2; engage decision maker, purchaser.",
         "立即转交销售；请联系 C-2；争取决策者、采购者参与。"),
        (dict(MQA, recommended_contacts=[], missing_roles=[]),
         "To sales now; no known contact may be used, find one.",
         "立即转交销售；没有可用的联系人，请先补充。"),
        (dict(ENGAGED, play="lead_to_account_nurture", play_why="fresh_leads:2", missing_roles=[],
              recommended_contacts=[], mqa_gap="missing 1 point"),
         "Lead-to-account nurture (leads that came in by themselves: 2); make contacts of its "
         "leads; to be an MQA: missing 1 point.",
         "潜在线索培育（主动进线的线索：2 条）；请先将线索转为联系人；距离 MQA：还差 1 分。"),
        (dict(MQA, stage="adopted", handover="with_sales", play="renew_and_upsell",
              play_why="renewal_due:34", missing_roles=[], mqa_gap="missing 1 point"),
         "Renew and upsell (a contract is due in 34 days); next contact C-2.",
         "续订和增购（合同将于 34 天内到期）；下一位联系人 C-2。"),
        (UNAWARE,
         "Pre-targeting (does not know us yet); engage user, influencer, decision maker, purchaser "
         "(no contact known for 4 of them); to be an MQA: missing 60 points and 3 contacts.",
         "预定向（尚未认知我们）；争取使用者、影响者、决策者、采购者参与"
         "（其中 4 个角色没有已知联系人）；距离 MQA：还差 60 分和 3 位互动联系人。"),
        (dict(MQA, handover="nurture", missing_roles=[]),
         "Nurture on: sales rejected it, and it has not qualified anew since; next contact C-2.",
         "继续培育：销售曾拒绝，此后尚未重新达标；下一位联系人 C-2。"),
        (dict(MQA, handover="leave"),
         "Leave alone: taken off the list by hand.", "暂不投入：已人工移出名单。"),
        (dict(ENGAGED, mqa_gap="knocked out by the ICP", handover="leave"),
         "Leave alone: knocked out by the ICP.", "暂不投入：不满足理想客户的必要条件。"),
        (dict(MQA, holdout=True),
         "Leave alone: held out, so that the list's effect can be measured.",
         "暂不触达：该企业属于对照组，用于衡量名单效果。"),
    ],
)  # fmt: skip
def test_the_sentence_reads_well_in_both_languages(row, en, zh) -> None:
    assert next_step(row, "en") == en
    assert next_step(row, "zh") == zh


rows = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(sorted(CONTENT_STAGES)),
        "play": st.sampled_from(["nurture", "wake_the_dead"]),
        "play_why": st.sampled_from(["engaged", "silent_leads:3"]),
        "handover": st.sampled_from(["sales", "with_sales", "nurture", "leave"]),
        "mqa_gap": st.sampled_from([None, "missing 1 contact", "grade B+ needed"]),
        "missing_roles": st.lists(st.sampled_from(COMMITTEE_ROLES), unique=True),
        "recommended_contacts": st.lists(st.sampled_from(["C-1", "C-2"])),
        "known_coverage": st.sampled_from([None, 0.0, 0.5, 1.0]),
        "holdout": st.sampled_from([None, True, False]),
    }
)


@given(st.lists(rows, min_size=1, max_size=6), st.sampled_from(["en", "zh"]))
def test_a_list_gives_each_account_the_sentence_it_has_alone(drawn, lang) -> None:
    table = pa.Table.from_pylist(drawn, schema=COLUMNS)
    assert next_steps(table, lang).to_pylist() == [next_step(row, lang) for row in drawn]
