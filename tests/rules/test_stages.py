import numpy as np

from abm_ml.rules.stages import stages

ORDER = ("customer", "open_opportunity", "qualified", "engaged", "aware", "seen_before")
WORDS = ("customer", "opportunity", "MQA", "engaged", "aware", "dormant")


def test_each_state_has_its_stage_and_nothing_is_unaware():
    flags = dict(zip(ORDER, np.eye(7, 6, dtype=bool).T, strict=True))
    assert stages(**flags).to_pylist() == [*WORDS, "unaware"]


def test_the_furthest_stage_wins():
    upper = np.triu(np.ones((6, 6), dtype=bool))
    flags = dict(zip(ORDER, upper.T, strict=True))
    assert stages(**flags).to_pylist() == list(WORDS)
