"""From the person or network behind an engagement to the account."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

import pyarrow as pa

from abm_ml.data.links import orphan
from abm_ml.data.tables import Workbench

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_OFFICE = "office"


class NetworkMap:
    """Which account sits behind an IP address.

    The narrowest known network decides. A network that is shared or mobile, or known for several
    accounts, tells nothing: it stands for nobody.

    Parameters
    ----------
    networks : iterable of (str, str, str or None)
        Address or CIDR range, account and kind; without a kind it is an office.

    Examples
    --------
    >>> known = NetworkMap([("10.0.0.0/8", "A", None), ("10.1.1.1", "A", "shared")])
    >>> known.account("10.2.3.4"), known.account("10.1.1.1"), known.account("not an ip")
    ('A', None, None)
    >>> known.covers("10.1.1.1"), known.covers("192.0.2.1")
    (True, False)
    """

    def __init__(self, networks: Iterable[tuple[str, str, str | None]]) -> None:
        owners: dict[tuple[int, int], dict[int, str | None]] = {}
        self.unreadable: list[str] = []
        for written, account, kind in networks:
            network = _network(written)
            if network is None:
                self.unreadable.append(written)
                continue
            known = owners.setdefault((network.max_prefixlen, network.prefixlen), {})
            base = int(network.network_address)
            alone = kind in (None, _OFFICE) and known.get(base, account) == account
            known[base] = account if alone else None
        self._narrowest_first = sorted(owners.items(), reverse=True)

    def account(self, ip: str) -> str | None:
        """The account behind an address, if a network tells it."""
        return self._owner(ip)[1]

    def covers(self, ip: str) -> bool:
        """Whether some known network holds this address, even one that stands for nobody."""
        return self._owner(ip)[0]

    def _owner(self, ip: str) -> tuple[bool, str | None]:
        bits, address = _address(ip)
        for (width, prefix), owners in self._narrowest_first:
            if width == bits:
                base = address >> (bits - prefix) << (bits - prefix)
                if base in owners:
                    return True, owners[base]
        return False, None


def resolve_engagements(bench: Workbench) -> list[str]:
    """Fill the account of each event: from its contact, then its lead, then its office network.

    Events of a contact or lead that was not kept, and of no known account, are quarantined.

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
        joins += " LEFT JOIN ip_accounts i ON i.ip = e.ip"
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
    """Make the table ip_accounts: the account behind each address that an event came from."""
    bench.con.execute("CREATE TEMP TABLE ip_accounts (ip VARCHAR, account_id VARCHAR)")
    if not bench.has("networks") or not bench.has("engagements", "ip"):
        return []
    ranges = [column for column in ("cidr", "ip") if bench.has("networks", column)]
    kind = "kind" if bench.has("networks", "kind") else "NULL"
    known = NetworkMap(
        bench.con.execute(
            f"SELECT coalesce({', '.join(ranges)}), account_id, {kind} FROM networks ORDER BY ALL"
        ).fetchall()
    )
    seen = bench.con.cursor().execute(
        "SELECT DISTINCT ip FROM engagements WHERE account_id IS NULL AND ip IS NOT NULL"
    )
    while rows := seen.fetchmany(100_000):
        ips = [ip for (ip,) in rows]
        found = pa.table({"ip": ips, "account_id": pa.array(map(known.account, ips), pa.string())})
        bench.con.register("found", found)
        bench.con.execute(
            "INSERT INTO ip_accounts SELECT * FROM found WHERE account_id IS NOT NULL"
        )
        bench.con.unregister("found")
    if not known.unreadable:
        return []
    return [
        f"networks: {len(known.unreadable)} rows hold no IP address or CIDR range that can be "
        f"read, such as {known.unreadable[0]!r}: kept, but they locate nobody"
    ]


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
