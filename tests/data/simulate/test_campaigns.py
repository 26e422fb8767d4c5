"""Campaigns have a known effect, and both potential outcomes are kept."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from abm_ml.data.simulate.campaigns import make_touches
from abm_ml.data.simulate.chunk import Chunk, make_chunk, won_within_horizon
from abm_ml.data.simulate.draws import Bools, Draws
from abm_ml.data.simulate.events import AD_VIEW
from abm_ml.data.simulate.world import World

Read = Callable[[str], pd.DataFrame]


def outcomes(chunk: Chunk) -> tuple[Bools, Bools]:
    """Won if touched, won if untouched, of every account."""
    lived = won_within_horizon(chunk.deals, chunk.touches, len(chunk.accounts))
    other = won_within_horizon(chunk.other_life, chunk.touches, len(chunk.accounts))
    touched = chunk.touches.touched
    return np.where(touched, lived, other), np.where(touched, other, lived)


def test_touching_an_account_makes_wins_likelier(large: Chunk) -> None:
    audience = large.touches.campaign >= 0
    if_touched, if_untouched = (won[audience].mean() for won in outcomes(large))
    assert if_touched > 1.3 * if_untouched > 0


def test_a_randomised_campaign_reveals_its_true_effect() -> None:
    chunk = make_chunk(0, 20_000, World(campaign_share=1.0), Draws(5))
    touches = chunk.touches
    randomised = (touches.campaign >= 0) & (touches.campaign % 2 == 0)
    if_touched, if_untouched = outcomes(chunk)
    truth = if_touched[randomised].mean() - if_untouched[randomised].mean()
    seen = np.where(touches.touched, if_touched, if_untouched)
    arms = [seen[randomised & (touches.touched == arm)] for arm in (True, False)]
    estimate = arms[0].mean() - arms[1].mean()
    error = np.sqrt(sum(arm.var() / len(arm) for arm in arms))
    assert abs(estimate - truth) < 4 * error
    assert estimate > 4 * error


def test_a_targeted_campaign_misleads_a_plain_comparison(large: Chunk) -> None:
    touches = large.touches
    targeted = (touches.campaign >= 0) & (touches.campaign % 2 == 1)
    static = large.accounts.static
    touched = static[targeted & touches.touched].mean()
    assert touched > static[targeted & ~touches.touched].mean() + 0.2


def test_without_an_effect_both_outcomes_differ_by_the_responses_only() -> None:
    world = World(campaign_effect=0.0)
    chunk = make_chunk(0, 3_000, world, Draws(6))
    assert (chunk.deals.p_if_touched == chunk.deals.p_if_untouched).all()
    assert (chunk.deals.won_if_touched == chunk.deals.won_if_untouched).all()


def test_the_outcome_seen_is_the_potential_outcome_of_what_was_done(large: Chunk) -> None:
    deals = large.deals
    done = np.where(deals.touched, deals.won_if_touched, deals.won_if_untouched)
    assert (done == deals.won).all()
    assert (deals.won_if_touched >= deals.won_if_untouched).all()
    assert (deals.won_if_touched & ~deals.won_if_untouched).any()


def test_touched_accounts_and_only_they_have_the_advert(large: Chunk) -> None:
    adverts = large.events.take(large.events.kind == AD_VIEW)
    assert set(adverts.account) == set(np.flatnonzero(large.touches.touched))
    assert (adverts.campaign == large.touches.campaign[adverts.account]).all()


def test_an_account_outside_every_audience_is_never_touched() -> None:
    accounts = make_chunk(0, 500, World(campaign_share=0.0), Draws(7))
    assert not accounts.touches.touched.any()
    assert len(accounts.other_life) == 0


def test_the_truth_tells_both_outcomes_of_the_audience(truth: Read) -> None:
    campaigns = truth("campaigns")
    assert campaigns.account_id.is_unique
    assert campaigns.chance.between(0, 1, inclusive="neither").all()
    assert campaigns.touched.mean() == pytest.approx(campaigns.chance.mean(), abs=0.15)
    assert campaigns.complete.any()
    assert not campaigns.complete.all()


def test_chances_are_those_of_the_touches() -> None:
    chunk = make_chunk(0, 5_000, World(), Draws(8))
    touches = make_touches(chunk.accounts, World(), Draws(8))
    audience = touches.campaign >= 0
    assert touches.touched[audience].mean() == pytest.approx(
        touches.chance[audience].mean(), abs=0.05
    )
