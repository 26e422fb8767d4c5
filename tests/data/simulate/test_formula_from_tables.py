"""The formula's inputs can be read from the exported tables: here plainly, in pandas.

This is a second, independent computation of what `inputs.py` does by bisection: whoever trusts
the oracle relies on the two being equal, and on nothing at or after an opportunity's creation
being needed.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.data.simulate import formula
from abm_ml.data.simulate.vocabulary import CLOUDS, INDUSTRIES, INDUSTRIES_ZH
from abm_ml.data.simulate.world import World

Read = Callable[[str], pd.DataFrame]


def test_the_probability_of_every_win_follows_from_the_tables(table: Read, truth: Read) -> None:
    expected = truth("opportunities")
    found = inputs_from_tables(table)
    assert len(found) == len(expected) > 150
    for name in [*formula.COEFFICIENTS, "industry_effect", "touched"]:
        np.testing.assert_allclose(
            found[name].astype(float), expected[name].astype(float), err_msg=name
        )
    hidden = truth("accounts").set_index("account_id").hidden[expected.account_id].to_numpy()
    log_odds = (
        formula.BASE
        - formula.CENTRE
        + sum(weight * found[name] for name, weight in formula.COEFFICIENTS.items())
        + found.industry_effect
        + World().campaign_effect * found.touched
        + World().hidden_effect * hidden
    )
    assert formula.sigmoid(log_odds.to_numpy(float)) == pytest.approx(expected.p_true.to_numpy())


def test_every_input_occurs_in_the_small_world(truth: Read) -> None:
    inputs = truth("opportunities")[[*formula.COEFFICIENTS, "industry_effect", "touched"]]
    assert (inputs.astype(float).std() > 0).all()


def inputs_from_tables(table: Read) -> pd.DataFrame:
    """Inputs of every opportunity, in order of opportunity_id."""
    facts = {
        "events": countable_events(table),
        "intent": known_intent(table),
        "signals": table("signals"),
    }
    accounts = table("accounts").set_index("account_id")
    rows = []
    for deal in table("opportunities").itertuples():
        mine = {name: f[f.account_id == deal.account_id] for name, f in facts.items()}
        rows.append(inputs_of(deal.created_at, accounts.loc[deal.account_id], mine))
    return pd.DataFrame(rows)


def inputs_of(
    ts: pd.Timestamp, account: pd.Series, facts: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """Inputs of one opportunity, created at ts."""

    def before(name: str, days: int) -> pd.DataFrame:
        rows = facts[name]
        return rows[(rows.ts < ts) & (rows.ts >= ts - pd.Timedelta(days=days))]

    events, signals = before("events", 90), before("signals", 365)
    recent_intent = before("intent", 28)
    relevant = recent_intent[recent_intent.topic.isin(formula.RELEVANT_TOPICS)]
    intent = relevant.score.max() / 100 if len(relevant) else 0.0
    people = min(events.person.nunique(), 5)
    used = set(account.technologies) if account.technologies is not None else set()
    industry = industry_of(account)
    employees = account.employees
    return {
        "mid_size": 0.0 if pd.isna(employees) else np.exp(-((np.log10(employees) - 3) ** 2)),
        "salesforce": "Salesforce" in used,
        "sap": "SAP" in used,
        "events_30": np.log1p(len(before("events", 30))),
        "events_90": np.log1p(len(events)),
        "people_90": people,
        "hot_90": events.kind.isin(["demo_request", "meeting"]).any(),
        "intent_28": intent,
        "hiring_90": min((before("signals", 90).kind == "job_posting").sum(), 3),
        "funded_365": (signals.kind == "funding_round").any(),
        "software_in_cloud": industry == "Software" and bool(used & set(CLOUDS)),
        "large_and_broad": employees >= 1_000 and people >= 3,
        "surging_and_engaged": intent >= 0.5 and len(events) >= 5,
        "industry_effect": (
            formula.INDUSTRY_EFFECT[INDUSTRIES.index(industry)] if industry else 0.0
        ),
        "touched": ((events.kind == "ad_view") & events.campaign_id.notna()).any(),
    }


def industry_of(account: pd.Series) -> str | None:
    """The English name of the recorded industry."""
    if pd.isna(account.industry):
        return None
    return dict(zip(INDUSTRIES_ZH, INDUSTRIES, strict=True)).get(account.industry, account.industry)


def countable_events(table: Read) -> pd.DataFrame:
    """Events with the account they belong to and the person behind them."""
    events = table("engagements")
    contacts = table("contacts").set_index("contact_id")
    leads = table("leads").set_index("lead_id")
    of_contact = events.contact_id.map(contacts.account_id)
    of_lead = events.lead_id.map(leads.account_id)
    of_network = events.ip.map(offices(table("networks")))
    events["account_id"] = events.account_id.fillna(of_contact).fillna(of_lead).fillna(of_network)
    events["person"] = events.contact_id.fillna(events.lead_id).fillna(events.visitor_id)
    suppressed = events.contact_id.isin(suppressed_contacts(table))
    return events[events.account_id.notna() & (events.kind != "opportunity") & ~suppressed]


def offices(networks: pd.DataFrame) -> dict[str, str]:
    """Account of every address of an office network."""
    of_address = {}
    for row in networks[networks.kind == "office"].itertuples():
        block = ipaddress.ip_network(row.cidr if isinstance(row.cidr, str) else row.ip)
        of_address.update({str(address): row.account_id for address in block})
    return of_address


def suppressed_contacts(table: Read) -> set[str]:
    """Contacts on the suppression list by their id or e-mail."""
    listed = table("suppressions")
    contacts = table("contacts")
    by_id = set(listed[listed.kind == "contact"].value)
    hashes = set(listed[listed.kind == "email_sha256"].value)
    hashed = [
        isinstance(email, str) and hashlib.sha256(email.encode()).hexdigest() in hashes
        for email in contacts.email
    ]
    return by_id | set(contacts[hashed].contact_id)


def known_intent(table: Read) -> pd.DataFrame:
    """Intent with the account that its domain belongs to."""
    intent = table("intent")
    accounts = table("accounts").dropna(subset="domain").set_index("domain")
    intent["account_id"] = intent.account_id.fillna(intent.domain.map(accounts.account_id))
    return intent
