import numpy as np

from abm_ml.rules.holdout import holdout

IDS = [f"account-{i}" for i in range(5_000)]


def test_the_share_held_out_is_about_the_share_asked_for():
    assert abs(holdout(IDS, 0.1).mean() - 0.1) < 0.015


def test_nobody_is_held_out_by_default():
    assert not holdout(IDS, 0.0).any()


def test_a_larger_share_keeps_those_of_a_smaller():
    small, large = holdout(IDS, 0.1), holdout(IDS, 0.3)
    assert not np.any(small & ~large)


def test_an_account_is_held_out_whoever_else_is_there():
    assert holdout(IDS[::-1], 0.2)[::-1].tolist() == holdout(IDS, 0.2).tolist()


def test_the_hash_is_the_same_on_every_machine():
    assert np.flatnonzero(holdout(IDS[:40], 0.1)).tolist() == [3, 18, 22, 23, 28]
