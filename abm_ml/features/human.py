"""Events that no customer's person made: own staff, bots by their user agent, bots by their rate.

What is found here is left out of the log before anything else looks at it, for training and for
scoring alike. A rate is counted up to each event and never beyond it, so that no later event
changes what an earlier one counts. Mail scanners that open or click seconds after sending look
like their addressee and are not told apart; the daily cap bounds what they add.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.mailboxes import host_of, written_address
from abm_ml.features.engagement import CONTACT, LEAD, event_person_type
from abm_ml.rulebook import Engagement

OWN_STAFF, BOT_AGENT, BOT_RATE = "own_staff", "bot_agent", "bot_rate"
"""Why an event is left out."""

OUT_DAYS = 30
"""An anonymous visitor or address that was caught stays out for so long: addresses change hands."""

_AGENT_NAMES = frozenset({"useragent", "browseruseragent", "ua", "用户代理"})
"""What exports call the column, but for case and separators."""

# Words of crawlers, previewers, monitors and HTTP libraries. CUBOT is a make of telephones.
_BOT_AGENTS = (
    r"(^|[^u])bot([^a-z]|$)|crawl|spider|slurp|scrapy|headless|phantomjs|selenium|puppeteer"
    r"|playwright|lighthouse|pingdom|uptime|statuscake|facebookexternalhit|bingpreview"
    r"|mediapartners|feedfetcher|archiver|semrush|ahrefs|^curl|^wget|^python|^go-http-client"
    r"|^java/|^okhttp|^axios|^node-fetch|libwww|httpclient|aiohttp|httpx|postmanruntime"
)

_PERSON = ("abm_who_type", "abm_who")
_WHOSE = (*_PERSON, "abm_scope", "abm_day")
"""Whose rate is counted: a visitor or address over all kinds, a known person over each kind."""

_STAFF = pa.schema([("abm_who_type", pa.int8()), ("abm_who", pa.string())])
_CAUGHT = pa.schema(
    [
        *_STAFF,
        ("abm_scope", pa.string()),
        ("abm_day", pa.timestamp("us")),
        ("abm_caught_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class NotPeople:
    """Who in a log is no customer's person, looked up once in the whole log.

    Parameters
    ----------
    staff : pyarrow.Table
        abm_who_type (CONTACT or LEAD), abm_who: people of the own company.
    agent_column : str
        Column of engagements with user agents, or "".
    agents : str
        Regular expression for the user agents of bots, in lower case.
    caught : pyarrow.Table
        abm_who_type, abm_who, abm_scope (a kind, or "" for all), abm_day, abm_caught_at: what
        comes later on that day is left out.
    """

    staff: pa.Table
    agent_column: str
    agents: str
    caught: pa.Table

    def without_staff(self, people: pa.Table) -> pa.Table:
        """People (person_type, person) that are not of the own company."""
        if not self.staff.num_rows:
            return people
        staff = self.staff.rename_columns(["person_type", "person"])
        return people.join(staff, ["person_type", "person"], join_type="left anti")

    @property
    def nobody(self) -> bool:
        """Whether there is nothing to leave out."""
        return not (self.staff.num_rows or self.agent_column or self.caught.num_rows)


def not_people(crm: Crm, engagement: Engagement, own_domains: Sequence[str] = ()) -> NotPeople:
    """Look for own staff and bots: one pass over the log, a second one where some are too fast.

    Own staff are contacts and leads with an address at one of `own_domains`, or below. Bots are
    known by the user agent, where the export has that column (any of `engagement.bot_agents` in
    it makes one too), and by the rate: more than `bot_events_a_minute` events within one minute
    of the clock, or more than `bot_events_a_day` in one day (UTC).

    A visitor, or an address where there is no visitor, that passes a rate is out from then on,
    and for `OUT_DAYS` days more. A contact or lead is a person, whatever clicks in their name: of
    them only the kind that passed the rate is left out, for the rest of the day. Events at
    midnight sharp have no time, but a day, and make no minute's rate.

    Parameters
    ----------
    crm : Crm
        The whole CRM: rates are counted across accounts.
    engagement : Engagement
        Rates and user agents.
    own_domains : sequence of str
        Domains of the own company (`exclusions.own_domains`).
    """
    words = [re.escape(word.strip().lower()) for word in engagement.bot_agents]
    return NotPeople(
        staff=own_staff(crm, own_domains),
        agent_column=_agent_column(crm),
        agents="|".join([_BOT_AGENTS, *words]),
        caught=_caught(crm, engagement.bot_events_a_minute, engagement.bot_events_a_day),
    )


def judged_engagements(crm: Crm, found: NotPeople) -> ibis.Table:
    """The log with the reason for leaving an event out.

    Parameters
    ----------
    crm : Crm
        The CRM in which `found` was looked up, or some of its accounts.
    found : NotPeople
        Who is no customer's person.

    Returns
    -------
    ibis.Table
        The columns that the export gave, and left_out: `OWN_STAFF`, `BOT_AGENT`, `BOT_RATE`, or
        null for what people did.
    """
    told = _told(crm.table("engagements"))
    agent = told[found.agent_column].cast("string") if found.agent_column else ibis.literal("")
    staff = ibis.memtable(found.staff).mutate(abm_staff=ibis.literal(True))
    caught = ibis.memtable(found.caught)
    told = told.mutate(abm_bot=agent.strip().lower().re_search(found.agents))
    told = told.left_join(staff, list(_PERSON)).select(*told.columns, "abm_staff")
    told = told.left_join(caught, list(_WHOSE)).select(*told.columns, "abm_caught_at")
    why = ibis.cases(
        (told.abm_staff.notnull(), OWN_STAFF),
        (told.abm_bot, BOT_AGENT),
        (told.ts > told.abm_caught_at, BOT_RATE),
    )
    return told.mutate(left_out=why).select(*crm.given_columns("engagements"), "left_out")


def human_engagements(crm: Crm, found: NotPeople) -> ibis.Table:
    """The log without own staff and bots: the very same table where there are none.

    Parameters
    ----------
    crm, found
        As in `judged_engagements`.
    """
    if found.nobody:
        return crm.given("engagements")
    judged = judged_engagements(crm, found)
    return judged.filter(judged.left_out.isnull()).drop("left_out")


def human_crm(crm: Crm, found: NotPeople) -> Crm:
    """The same CRM with `human_engagements` for its log."""
    if found.nobody or not crm.has("engagements"):
        return crm
    return crm.part({"engagements": human_engagements(crm, found)})


def without_own_contacts(crm: Crm, own_domains: Sequence[str]) -> Crm:
    """The same CRM without the contacts that are own staff: they are nobody to be reached."""
    ids = own_contacts(crm, own_domains)
    if not ids:
        return crm
    contacts = crm.given("contacts")
    return crm.replaced(contacts=contacts.filter(~contacts.contact_id.isin(ids)))


def own_contacts(crm: Crm, own_domains: Sequence[str]) -> list[str]:
    """Ids of the contacts that are own staff, sorted."""
    staff = own_staff(crm, own_domains).to_pylist()
    return sorted(row["abm_who"] for row in staff if row["abm_who_type"] == CONTACT)


def left_out_counts(crm: Crm, found: NotPeople, as_of: datetime | None = None) -> dict[str, int]:
    """How many events are left out, by reason; reasons without any are not named.

    Parameters
    ----------
    crm, found
        As in `judged_engagements`.
    as_of : datetime, optional
        Only events before it are counted (UTC without a zone).
    """
    if found.nobody or not crm.has("engagements"):
        return {}
    judged = judged_engagements(crm, found)
    out = judged.filter(judged.left_out.notnull())
    if as_of is not None:
        out = out.filter(out.ts < ibis.literal(as_of))
    counts = out.group_by("left_out").agg(events=out.count()).order_by("left_out")
    return {row["left_out"]: row["events"] for row in crm.to_arrow(counts).to_pylist()}


def _told(events: ibis.Table) -> ibis.Table:
    """Events with whose rate they count for."""
    who_type = event_person_type(events)
    return events.mutate(
        abm_who_type=who_type,
        abm_who=ibis.coalesce(events.contact_id, events.lead_id, events.visitor_id, events.ip),
        abm_scope=_is_known(who_type).ifelse(events.kind, ""),
        abm_day=events.ts.truncate("D"),
    )


def own_staff(crm: Crm, own_domains: Sequence[str]) -> pa.Table:
    """Contacts and leads with an address of the own company.

    Parameters
    ----------
    crm : Crm
        The whole CRM.
    own_domains : sequence of str
        As in `not_people`.

    Returns
    -------
    pyarrow.Table
        abm_who_type (CONTACT or LEAD), abm_who (its id).
    """
    own = [name.strip().lower().lstrip("@").removeprefix("www.") for name in own_domains]
    own = [name for name in own if name]
    if not own:
        return _STAFF.empty_table()
    found = [
        _at(crm.table(people), key, kind, own)
        for people, key, kind in (("contacts", "contact_id", CONTACT), ("leads", "lead_id", LEAD))
    ]
    return crm.to_arrow(ibis.union(*found)).cast(_STAFF)


def _at(people: ibis.Table, key: str, kind: int, own: Sequence[str]) -> ibis.Table:
    host = host_of(written_address(people.email))
    ours = people.filter(ibis.or_(*((host == name) | host.endswith(f".{name}") for name in own)))
    return ours.select(abm_who_type=ibis.literal(kind, type="int8"), abm_who=ours[key])


def _agent_column(crm: Crm) -> str:
    for name in crm.extra_columns("engagements"):
        if re.sub(r"[\s_.-]", "", name.lower()) in _AGENT_NAMES:
            return name
    return ""


def _caught(crm: Crm, a_minute: int | None, a_day: int | None) -> pa.Table:
    """From when on events are left out, by person and day; nothing where both rates are None."""
    limits = [limit for limit in (a_minute, a_day) if limit is not None]
    if not limits or not crm.has("engagements"):
        return _CAUGHT.empty_table()
    told = _told(crm.table("engagements")).select("ts", *_WHOSE)
    told = told.filter(told.abm_who.notnull())
    counts = told.group_by(*_WHOSE).agg(events=told.count())
    busy = crm.to_arrow(counts.filter(counts.events > min(limits)).select(*_WHOSE))
    if not busy.num_rows:
        return _CAUGHT.empty_table()
    over = _first_over(told.semi_join(ibis.memtable(busy), list(_WHOSE)), a_minute, a_day)
    return crm.to_arrow(_kept_out(over).select(_CAUGHT.names)).cast(_CAUGHT)


def _first_over(told: ibis.Table, a_minute: int | None, a_day: int | None) -> ibis.Table:
    """Those who passed a rate, by day, and the instant after which they did."""
    # What happened at midnight sharp has no time, only a day.
    timed = told.mutate(minute=told.ts.truncate("m"), timed=told.ts != told.abm_day)
    over = ibis.null("timestamp(6)")
    if a_minute is not None:
        in_minute = _reached(timed, a_minute, *_WHOSE, "minute", "timed")
        over = timed.timed.ifelse(in_minute, over)
    if a_day is not None:
        over = ibis.least(over, _reached(timed, a_day, *_WHOSE))
    judged = timed.mutate(over=over)
    passed = judged.filter(judged.over.notnull())
    return passed.group_by(*_WHOSE).agg(abm_caught_at=passed.over.min())


def _reached(events: ibis.Table, limit: int, *by: str) -> ibis.Value:
    """Of each event beyond a limit, when the one before it was: the first tells who reached it."""
    in_order = ibis.window(group_by=by, order_by=events.ts)
    beyond = ibis.row_number().over(in_order) >= limit
    return beyond.ifelse(events.ts.lag().over(in_order), ibis.null("timestamp(6)"))


def _kept_out(over: ibis.Table) -> ibis.Table:
    """The same for every day on which somebody is out: more than the one for the anonymous."""
    days = _is_known(over.abm_who_type).ifelse(1, 1 + OUT_DAYS)
    spread = over.mutate(later=ibis.range(0, days).unnest())
    dated = spread.mutate(abm_day=spread.abm_day + spread.later.as_interval("D"))
    return dated.group_by(*_WHOSE).agg(abm_caught_at=dated.abm_caught_at.min())


def _is_known(who_type: ibis.Value) -> ibis.Value:
    return who_type.isin([CONTACT, LEAD])
