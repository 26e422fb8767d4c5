"""Rows that name a company by id, name, domain or e-mail address, linked to its account."""

from __future__ import annotations

import numpy as np
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
_DATES = {"leads": "created_at", "intent": "ts", "engagements": "ts"}
"""When the row of each table came to be."""
_ANSWER = pa.schema(
    [(name, pa.string()) for name in ("company", "domain", "account_id", "status", "evidence")]
    + [("until", pa.timestamp("us"))]
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
        self._created: dict[str, pd.Timestamp] = {}

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

        A mailbox service's domain says nothing. What fits several accounts is linked to none. An
        account that was created after a row takes it only if no earlier one fits: what is added
        later must not change the scores of earlier dates.

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
        date = f"{name}.{_DATES[table]}" if bench.has(table, _DATES[table]) else "NULL::TIMESTAMP"
        asked = bench.con.execute(
            f"SELECT {company} AS company, {domain} AS domain, min({date}) AS earliest "
            f"FROM {name} WHERE account_id IS NULL GROUP BY ALL ORDER BY ALL"
        ).df()
        bench.con.register("answers", self._answers(asked))
        bench.con.execute(
            "CREATE OR REPLACE TEMP TABLE company_links AS SELECT *, lag(until) OVER "
            "(PARTITION BY company, domain ORDER BY until NULLS LAST) AS since FROM answers"
        )
        bench.con.unregister("answers")
        same = (
            f"company_links.company IS NOT DISTINCT FROM {company} "
            f"AND company_links.domain IS NOT DISTINCT FROM {domain} "
            f"AND (until IS NULL OR {date} < until) "
            f"AND (since IS NULL OR coalesce({date}, 'infinity') >= since)"
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
        if not several:
            return []
        return [f"{table}: {several} fit several accounts equally well: linked to none of them"]

    def _answers(self, asked: pd.DataFrame) -> pa.Table:
        """Account, status and evidence of each company and domain, and until when they hold.

        All accounts answer first. Where one of them is newer than the earliest row, those that
        were there before it answer too, and so on backward, until none of them fits.
        """
        texts = asked[["company", "domain"]].astype(object)
        texts = texts.where(texts.notna(), None)
        telling = texts["company"].notna() | texts["domain"].map(company_domain).notna()
        always = np.full(len(texts), "NaT", dtype="datetime64[us]")
        left = texts.assign(earliest=asked["earliest"], until=always)[telling]
        answers = []
        while not left.empty:
            found = match_accounts(
                left[["company", "domain"]].rename(columns={"company": "name"}),
                self._accounts(),
                min_score=CONFIDENT,
                work_addresses=True,
                before=left["until"].to_numpy("datetime64[us]"),
            ).set_axis(left.index)
            found = found[found["status"] != "unmatched"]
            told = left.loc[found.index].join(found[["account_id", "status", "evidence"]])
            answers.append(pa.Table.from_pandas(told[_ANSWER.names], _ANSWER, preserve_index=False))
            left = told[["company", "domain", "earliest"]].assign(until=self._newest(found))
            left = left[left["earliest"] < left["until"]]
        return pa.concat_tables([_ANSWER.empty_table(), *answers])

    def _newest(self, found: pd.DataFrame) -> pd.Series:
        """When the newest of the accounts that each answer names was created."""
        named = [
            [account] if status == "matched" else [one["account_id"] for one in candidates]
            for account, status, candidates in zip(
                found["account_id"], found["status"], found["candidates"], strict=True
            )
        ]
        newest = [
            max((self._created[one] for one in ids if one in self._created), default=pd.NaT)
            for ids in named
        ]
        return pd.Series(newest, index=found.index, dtype="datetime64[us]")

    def _accounts(self) -> AccountNames:
        if self._names is None:
            wanted = ["account_id", "name", "domain", "former_names", "created_at"]
            given = [column for column in wanted if self._bench.has("accounts", column)]
            columns = ", ".join(given)
            accounts = self._bench.con.execute(
                f"SELECT {columns} FROM accounts ORDER BY account_id"
            ).df()
            if "created_at" in given:
                created = accounts.set_index("account_id")["created_at"].dropna()
                self._created = created.to_dict()
            self._names = AccountNames(accounts)
        return self._names


def _domain(column: str) -> str:
    """SQL: what may be a domain in a column; of an e-mail address only what follows the @."""
    return f"nullif(regexp_replace(lower(trim({column})), '^[^/]*@', ''), {text('')})"
