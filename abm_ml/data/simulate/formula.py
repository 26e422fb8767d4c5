"""How wins come about: the stated function that a model is to find, and its oracle.

An opportunity of an account, created at time t, is won with log-odds

    logit P(win) = BASE
                 + signal * ( -CENTRE
                            + sum over COEFFICIENTS of coefficient * input
                            + INDUSTRY_EFFECT[industry]
                            + drift * years since the world's middle * INDUSTRY_DRIFT[industry]
                            + campaign_effect * touched
                            + hidden_effect * hidden trait )

with the inputs, all readable from the canonical tables with `ts < t` (a missing value: 0):

===================== =========================================================================
mid_size              exp(-(log10(employees) - 3)^2): best at 1,000 people
salesforce, sap       the technologies contain Salesforce, SAP
events_30, events_90  log(1 + engagement events in the 30, 90 days before t)
people_90             different people in the events of those 90 days, at most 5
hot_90                a demo request or meeting in those 90 days (0 or 1)
intent_28             highest intent score on RELEVANT_TOPICS in the 28 days before t, / 100
hiring_90             job_posting signals in those 90 days, at most 3
funded_365            a funding_round signal in the 365 days before t (0 or 1)
software_in_cloud     industry is Software and technologies have AWS, Azure or Alibaba Cloud
large_and_broad       employees >= 1,000 and people_90 >= 3
surging_and_engaged   intent_28 >= 0.5 and at least 5 events in 90 days
touched               a campaign touched the account in the 90 days before t (kind ad_view)
===================== =========================================================================

Events are those that belong to the account by account_id, contact, lead or office network;
events of kind `opportunity` and events of suppressed contacts don't count; a person is the
contact, else the lead, else the visitor. The hidden trait is standard normal over accounts and
in no table.

An approached account gets an opportunity in a month (at most one; none while one is open or
within 30 days of its close) with probability

    rate * season * exp(signal * (sum over OPENING of coefficient * input) - OPENING_NORM)

at most 0.5, with the inputs as of that moment. Whom sales approaches depends on the static part
of the formula (`selection="recorded"`) or on the hidden trait (`"unrecorded"`): log-odds
SELECTION_SLOPE * that (less its mean).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from abm_ml.data.simulate.draws import Floats

RELEVANT_TOPICS = ("CRM", "Marketing automation")

BASE = -1.1
"""Log-odds of a win in a world without signal."""

CENTRE = 3.05
"""About the log-odds that the rest of the formula adds: keeps the win rate where it is."""

COEFFICIENTS: Mapping[str, float] = {
    "mid_size": 1.0,
    "salesforce": 0.6,
    "sap": 0.5,
    "events_30": 0.3,
    "events_90": 0.35,
    "people_90": 0.2,
    "hot_90": 0.7,
    "intent_28": 1.0,
    "hiring_90": 0.3,
    "funded_365": 0.6,
    "software_in_cloud": 0.7,
    "large_and_broad": 0.7,
    "surging_and_engaged": 0.7,
}
"""Log-odds of a win for one unit of each input."""

INDUSTRY_EFFECT = (0.8, 0.5, 0.1, 0.4, -0.4, -0.8, -0.3, -0.6)
"""Log-odds by industry, in the order of vocabulary.INDUSTRIES; 0 where it is missing."""

INDUSTRY_DRIFT = (-1.0, -0.5, 0.0, 1.0, 0.0, 0.0, 0.5, 1.0)
"""How drift moves each industry's log-odds."""

OPENING: Mapping[str, float] = {
    "static": 0.5,
    "events_30": 0.6,
    "events_90": 0.35,
    "intent_28": 1.5,
    "touched": 0.5,
}
"""Log-risk of an opportunity for one unit of each input; static: the attributes' log-odds."""

OPENING_NORM = 1.0
"""About the log of the average of exp(sum over OPENING): makes `rate` the average rate."""

SELECTION_SLOPE = 1.2

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
NODES: Floats = _NODES
"""Values of the hidden trait over which the oracle integrates (Gauss-Hermite, 31 nodes)."""
NODE_WEIGHTS: Floats = _WEIGHTS / _WEIGHTS.sum()


def sigmoid(log_odds: Floats) -> Floats:
    """Probability of log-odds."""
    probability: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return probability


def weighted_sum(inputs: Mapping[str, Floats], coefficients: Mapping[str, float]) -> Floats:
    """Sum of coefficient times input over the coefficients, always in their order."""
    return np.sum([coefficients[name] * inputs[name] for name in coefficients], axis=0)
