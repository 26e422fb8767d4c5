"""What only the simulator knows: probabilities, hidden traits, both potential outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from abm_ml.data.simulate import formula
from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.campaigns import TARGETING_SLOPE
from abm_ml.data.simulate.chunk import HORIZON, Chunk, won_within_horizon
from abm_ml.data.simulate.columns import moments, numbered
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.deal_tables import opportunity_ids
from abm_ml.data.simulate.world import DAY, World


def opportunities_truth(chunk: Chunk, companies: Companies, world: World) -> pa.Table:
    """The oracle of every opportunity, the formula's inputs, and both potential outcomes.

    `p_win` is P(won | what the tables show); `p_true` also knows the hidden trait; `y` is the
    outcome, of open opportunities the one they are heading for.
    """
    deals = chunk.deals
    return pa.table(
        {
            "opportunity_id": opportunity_ids(chunk),
            "account_id": companies.ids.take(deals.account),
            "created_at": moments(deals.created),
            "is_closed": pa.array(deals.closed < world.last_second),
            "y": pa.array(deals.won),
            "p_win": pa.array(deals.p_win),
            "p_true": pa.array(deals.p_true),
            "touched": pa.array(deals.touched),
            "p_if_touched": pa.array(deals.p_if_touched),
            "p_if_untouched": pa.array(deals.p_if_untouched),
            "y_if_touched": pa.array(deals.won_if_touched),
            "y_if_untouched": pa.array(deals.won_if_untouched),
            "industry_effect": pa.array(deals.industry_effect),
            **{
                name: pa.array(deals.inputs[:, place])
                for place, name in enumerate(formula.COEFFICIENTS)
            },
        }
    )


def accounts_truth(chunk: Chunk, companies: Companies) -> pa.Table:
    """Hidden trait, attributes' part of the log-odds, and sales' choice of every account."""
    accounts = chunk.accounts
    return pa.table(
        {
            "account_id": companies.ids,
            "hidden": pa.array(accounts.hidden),
            "static": pa.array(accounts.static),
            "selection": pa.array(accounts.selection),
            "approached": pa.array(accounts.approached),
            "suppressed": pa.array(accounts.suppressed),
            "won_at": moments(np.nan_to_num(chunk.won_at).astype(np.int64), companies.customer),
        }
    )


def campaigns_truth(chunk: Chunk, companies: Companies, world: World) -> pa.Table:
    """Whether each account of an audience was touched, and what happens in either case.

    The outcome is a deal won in the 180 days after the moment of touch; `complete` says whether
    they have passed by the world's end.
    """
    touches = chunk.touches
    rows = np.flatnonzero(touches.campaign >= 0)
    lived = won_within_horizon(chunk.deals, touches, len(companies.index))[rows]
    other = won_within_horizon(chunk.other_life, touches, len(companies.index))[rows]
    touched = touches.touched[rows]
    return pa.table(
        {
            "campaign_id": numbered("CMP", touches.campaign[rows], 3),
            "account_id": companies.ids.take(rows),
            "moment": moments(touches.moment[rows]),
            "chance": pa.array(touches.chance[rows]),
            "touched": pa.array(touched),
            "won_if_touched": pa.array(np.where(touched, lived, other)),
            "won_if_untouched": pa.array(np.where(touched, other, lived)),
            "complete": pa.array(touches.moment[rows] + HORIZON <= world.last_second),
        }
    )


def world_truth(world: World, accounts: int, seed: int) -> dict[str, Any]:
    """Options and coefficients, for world.json."""
    return {
        "accounts": accounts,
        "seed": seed,
        "world": world.to_dict(),
        "formula": {
            "text": formula.__doc__,
            "base": formula.BASE,
            "centre": formula.CENTRE,
            "coefficients": dict(formula.COEFFICIENTS),
            "industry_effect": dict(zip(words.INDUSTRIES, formula.INDUSTRY_EFFECT, strict=True)),
            "industry_drift": dict(zip(words.INDUSTRIES, formula.INDUSTRY_DRIFT, strict=True)),
            "relevant_topics": list(formula.RELEVANT_TOPICS),
            "opening": dict(formula.OPENING),
            "opening_norm": formula.OPENING_NORM,
            "selection_slope": formula.SELECTION_SLOPE,
            "targeting_slope": TARGETING_SLOPE,
            "horizon_days": HORIZON // DAY,
        },
    }
