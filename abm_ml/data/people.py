"""From the person or network behind an engagement to the account."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from abm_ml.data.links import orphan
from abm_ml.data.tables import Workbench

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_OFFICE = "office"
_ALWAYS, _NEVER = datetime.min, datetime.max
_IP_ACCOUNTS = pa.schema(
    [
        ("ip", pa.string()),
        ("account_id", pa.string()),
        ("since", pa.timestamp("us")),
        ("until", pa.timestamp("us")),
    ]
)


class Tenure(NamedTuple):
    """An account, and from when until before when an address stands for it."""

    account: str
    since: datetime
    until: datetime


class NetworkMap:
    """Which account sits behind an IP address.

    The narrowest known network decides. A network that is shared or mobile, or known for several
    accounts, tells nothing: it stands for nobody. What is observed later changes nothing before.

    Parameters
    ----------
    networks : iterable of (str, str, str or None, datetime or None)
        Address or CIDR range, account, kind and when it was observed; without a kind it is an
        office, without a time it was always known.

    Examples
    --------
    >>> known = NetworkMap(
    ...     [("10.0.0.0/8", "A", None, None), ("10.1.1.1", "A", "shared", datetime(2024, 1, 1))]
    ... )
    >>> known.account("10.2.3.4"), known.account("10.1.1.1"), known.account("not an ip")
    ('A', None, None)
    >>> known.covers("10.1.1.1"), known.covers("192.0.2.1")
    (True, False)
    >>> [tenure.until.year for tenure in known.tenures("10.1.1.1")]
    [2024]
    """

    def __init__(self, networks: Iterable[tuple[str, str, str | None, datetime | None]]) -> None:
        tenures: dict[tuple[int, int], dict[int, Tenure]] = {}
        self.unreadable: list[str] = []
        for written, account, kind, observed in sorted(networks, key=_observed):
            network = _network(written)
            if network is None:
                self.unreadable.append(written)
                continue
            known = tenures.setdefault((network.max_prefixlen, network.prefixlen), {})
            base, since = int(network.network_address), observed or _ALWAYS
            held = known.setdefault(base, Tenure(account, since, _NEVER))
            alone = kind in (None, _OFFICE) and held.account == account
            known[base] = held if alone else held._replace(until=min(held.until, since))
        self._narrowest_first = sorted(tenures.items(), reverse=True)

    def account(self, ip: str) -> str | None:
        """The account behind an address by all that is known, if a network tells it."""
        decisive = next(self._holding(ip), None)
        return decisive.account if decisive and decisive.until == _NEVER else None

    def covers(self, ip: str) -> bool:
        """Whether some known network holds this address, even one that stands for nobody."""
        return next(self._holding(ip), None) is not None

    def tenures(self, ip: str) -> Iterator[Tenure]:
        """The accounts behind an address, the latest first; they never overlap.

        A network decides from the time it was observed on; before that, a wider one does.
        """
        end = _NEVER
        for account, since, until in self._holding(ip):
            if since < min(until, end):
                yield Tenure(account, since, min(until, end))
            end = min(end, since)

    def _holding(self, ip: str) -> Iterator[Tenure]:
        """What is known of each network that holds an address, the narrowest first."""
        bits, address = _address(ip)
        for (width, prefix), tenures in self._narrowest_first:
            if width == bits:
                base = address >> (bits - prefix) << (bits - prefix)
                if base in tenures:
                    yield tenures[base]


def resolve_engagements(bench: Workbench) -> list[str]:
    """Fill the account of each event: from its contact, then its lead, then its office network.

    A network tells of an event only if it was observed by then: what is learned later must not
    change the scores of earlier dates. Events of a contact or lead that was not kept, and of no
    known account, are quarantined.

    Returns
    -------
    list of str
        What somebody should know about.
    """
    bench.add_column("engagements", "account_id")
    warnings = _locate_ips(bench)
    parts, joins = ["e.account_id"], ""
    if bench.has("contacts") and bench.has("engagements", "contact_id"):
        parts.append("c.account_id")
        joins += " LEFT JOIN contacts c ON c.contact_id = e.contact_id"
    if bench.has("leads") and bench.has("engagements", "lead_id"):
        converted = "converted_account_id"
        parts += ["l.account_id"] if bench.has("leads", "account_id") else []
        parts += [f"l.{converted}"] if bench.has("leads", converted) else []
        joins += " LEFT JOIN leads l ON l.lead_id = e.lead_id"
    if bench.has("engagements", "ip"):
        parts.append("i.account_id")
        joins += " LEFT JOIN ip_accounts i ON i.ip = e.ip AND e.ts >= i.since AND e.ts < i.until"
    bench.con.execute(
        f"CREATE TABLE located AS SELECT e.* REPLACE (coalesce({', '.join(parts)}) AS account_id) "
        f"FROM engagements e{joins}"
    )
    bench.con.execute("DROP TABLE engagements")
    bench.con.execute("ALTER TABLE located RENAME TO engagements")
    for column, target in (("contact_id", "contacts"), ("lead_id", "leads")):
        if bench.has("engagements", column):
            lost = orphan(bench, "engagements", column, target)
            bench.quarantine(
                "engagements",
                f"engagements.account_id IS NULL AND {lost}",
                column=column,
                reason=f"'leads to no row of {target} that was kept, and no account is known'",
                sort="link",
            )
    return warnings


def _locate_ips(bench: Workbench) -> list[str]:
    """Make the table ip_accounts: the account behind each address of an event, and when."""
    bench.con.execute(
        "CREATE TEMP TABLE ip_accounts "
        "(ip VARCHAR, account_id VARCHAR, since TIMESTAMP, until TIMESTAMP)"
    )
    if not bench.has("networks") or not bench.has("engagements", "ip"):
        return []
    ranges = [column for column in ("cidr", "ip") if bench.has("networks", column)]
    kind, observed = (
        column if bench.has("networks", column) else "NULL" for column in ("kind", "observed_at")
    )
    known = NetworkMap(
        bench.con.execute(
            f"SELECT coalesce({', '.join(ranges)}), account_id, {kind}, {observed} FROM networks "
            "ORDER BY ALL"
        ).fetchall()
    )
    seen = bench.con.cursor().execute(
        "SELECT DISTINCT ip FROM engagements WHERE account_id IS NULL AND ip IS NOT NULL"
    )
    while rows := seen.fetchmany(100_000):
        found = [(ip, *tenure) for (ip,) in rows for tenure in known.tenures(ip)]
        table = pa.Table.from_pylist(
            [dict(zip(_IP_ACCOUNTS.names, row, strict=True)) for row in found], _IP_ACCOUNTS
        )
        bench.con.register("found", table)
        bench.con.execute("INSERT INTO ip_accounts SELECT * FROM found")
        bench.con.unregister("found")
    if not known.unreadable:
        return []
    return [
        f"networks: {len(known.unreadable)} rows hold no IP address or CIDR range that can be "
        f"read, such as {known.unreadable[0]!r}: kept, but they locate nobody"
    ]


def _observed(row: tuple[str, str, str | None, datetime | None]) -> datetime:
    return row[3] or _ALWAYS


def _network(written: str) -> _Network | None:
    try:
        return ipaddress.ip_network(written.strip(), strict=False)
    except ValueError:
        return None


def _address(written: str) -> tuple[int, int]:
    """Bits of an address's kind (32 or 128) and its number; 0 bits where it is no address."""
    for family, bits in ((socket.AF_INET, 32), (socket.AF_INET6, 128)):
        try:
            return bits, int.from_bytes(socket.inet_pton(family, written), "big")
        except (OSError, ValueError):
            continue
    return 0, 0
