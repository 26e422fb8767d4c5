from __future__ import annotations

import string
from datetime import datetime

import yaml
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.config import Params
from abm_ml.criterion import Criterion
from abm_ml.rules.icp_evidence import Evidence, Share
from abm_ml.rules.icp_proposal import Proposal, Proposed
from abm_ml.workflows.icp_yaml import proposal_yaml

SHARES = {name: Share(10, 20) for name in ("won", "lost", "universe")}
SIZES = dict.fromkeys(SHARES, 20)

texts = st.text(string.printable + "软件，：“”é", min_size=1, max_size=12).filter(str.strip)
numbers = st.floats(-1e12, 1e12)
criteria = st.one_of(
    st.builds(lambda name, some: Criterion(column=name, any_of=tuple(some)), texts,
              st.lists(texts, min_size=1, max_size=3)),
    st.builds(lambda name, end: Criterion(column=name, min=end, weight=3), texts, numbers),
    st.builds(lambda kind, days: Criterion(signal=kind, count_at_least=2, within_days=days), texts,
              st.integers(1, 999)),
    st.builds(lambda tags: Criterion(column="technologies", contains=(tags,), weight=2), texts),
)  # fmt: skip


@given(st.lists(criteria, max_size=4))
def test_whatever_is_proposed_is_read_back_as_it_was(proposed: list[Criterion]) -> None:
    evidence = Evidence(SHARES, 0.1)
    proposal = Proposal(
        tuple(Proposed(one, evidence) for one in proposed), (), sizes=SIZES, judged=SIZES
    )
    text = proposal_yaml(proposal, Params(), datetime(2026, 1, 1), "zh")
    read = Params.model_validate(yaml.safe_load(text)).icp
    assert sorted(map(repr, (*read.firmographic, *read.technographic))) == sorted(
        map(repr, proposed)
    )
    assert all(one.signal or one.column == "technologies" for one in read.technographic)
    assert read.grades == Params().icp.grades
