"""Rows that name a company by id, name, domain or e-mail address, linked to its account."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from abm_ml.data.completions import complete_from, record
from abm_ml.data.domains import company_domain
from abm_ml.data.names.accounts import AccountNames
from abm_ml.data.names.match import match_accounts
from abm_ml.data.tables import Workbench, quote, text

CONFIDENT = 95.0
"""Only the same words link by themselves: a person sees what is merely similar."""

_DOMAINS = ("domain", "email")
_NO_LINK = pa.schema(
    [(name, pa.string()) for name in ("company", "domain", "account_id", "status", "evidence")]
)


class CompanyLinks:
    """Links from what rows say of a company to its account; names are indexed when first needed.

    Parameters
    ----------
    bench : Workbench
        Tables; accounts are settled.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._names: AccountNames | None = None

    def resolve_leads(self) -> list[str]:
        """Fill a lead's account from its company (an id or a name) and its e-mail's domain.

        Returns
        -------
        list of str
            What somebody should know about.
        """
        bench = self._bench
        bench.add_column("leads", "account_id")
        if bench.has("leads", "company"):
            known = "leads.company = accounts.account_id"
            source = text("company is the account's id")
            complete_from(bench, "leads", "account_id", known, source)
        warnings = self.resolve("leads")
        if bench.has("leads", "company"):
            source = "'name of account ' || accounts.account_id"
            known = "leads.account_id = accounts.account_id"
            complete_from(bench, "leads", "company", known, source, value="accounts.name")
        return warnings

    def resolve(self, table: str) -> list[str]:
        """Fill the account of rows that have none from their company's name or domain.

        A mailbox service's domain says nothing. What fits several accounts is linked to none.

        Parameters
        ----------
        table : str
            leads, intent or engagements; company, domain and email are used where it has them.

        Returns
        -------
        list of str
            What somebody should know about.
        """
        bench = self._bench
        name = quote(table)
        company = f"{name}.company" if bench.has(table, "company") else "NULL"
        domains = [_domain(f"{name}.{column}") for column in _DOMAINS if bench.has(table, column)]
        if company == "NULL" and not domains:
            return []
        bench.add_column(table, "account_id")
        domain = f"coalesce({', '.join([*domains, 'NULL'])})"
        asked = bench.con.execute(
            f"SELECT DISTINCT {company} AS company, {domain} AS domain FROM {name} "
            "WHERE account_id IS NULL ORDER BY ALL"
        ).df()
        bench.con.register("company_links", self._match(asked))
        same = (
            f"company_links.company IS NOT DISTINCT FROM {company} "
            f"AND company_links.domain IS NOT DISTINCT FROM {domain}"
        )
        several = bench.count(
            f"SELECT count(*) FROM {name} JOIN company_links ON {same} "
            f"WHERE {name}.account_id IS NULL AND company_links.status = 'ambiguous'"
        )
        linked = (
            f"SELECT {name}._file, {name}._row, company_links.account_id AS value, "
            f"company_links.evidence AS source FROM {name} JOIN company_links ON {same} "
            f"WHERE {name}.account_id IS NULL AND company_links.status = 'matched'"
        )
        record(bench, table, "account_id", linked)
        bench.con.unregister("company_links")
        if not several:
            return []
        return [f"{table}: {several} fit several accounts equally well: linked to none of them"]

    def _match(self, asked: pd.DataFrame) -> pa.Table:
        """Account, status and evidence of each company and domain."""
        asked = asked.astype(object).where(asked.notna(), None)
        telling = asked["company"].notna() | asked["domain"].map(company_domain).notna()
        asked = asked[telling]
        if asked.empty:
            return _NO_LINK.empty_table()
        queries = asked.rename(columns={"company": "name"}).reset_index(drop=True)
        found = match_accounts(queries, self._accounts(), min_score=CONFIDENT, work_addresses=True)
        columns: dict[str, Any] = {"company": queries["name"], "domain": queries["domain"]}
        columns |= {name: found[name] for name in ("account_id", "status", "evidence")}
        arrays = {name: pa.array(values.tolist(), pa.string()) for name, values in columns.items()}
        return pa.table(arrays, schema=_NO_LINK)

    def _accounts(self) -> AccountNames:
        if self._names is None:
            wanted = ["account_id", "name", "domain", "former_names"]
            given = [column for column in wanted if self._bench.has("accounts", column)]
            columns = ", ".join(given)
            self._names = AccountNames(
                self._bench.con.execute(f"SELECT {columns} FROM accounts ORDER BY account_id").df()
            )
        return self._names


def _domain(column: str) -> str:
    """SQL: what may be a domain in a column; of an e-mail address only what follows the @."""
    return f"nullif(regexp_replace(lower(trim({column})), '^[^/]*@', ''), {text('')})"
