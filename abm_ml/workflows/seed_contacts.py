"""People of the kind that is wanted, from a list by contact_id or e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from abm_ml.data.crm import Crm
from abm_ml.data.labels import squash
from abm_ml.data.readers import find_sources
from abm_ml.errors import DataError

_COLUMNS = {
    "contact_id": ("contactid", "id", "联系人编号", "联系人id"),
    "email": ("email", "emailaddress", "mail", "邮箱", "电子邮箱", "邮件"),
}


@dataclass(frozen=True)
class SeedContacts:
    """Contacts of the CRM, and lines that mean none.

    Parameters
    ----------
    ids : tuple of str
        contact_id, each once, sorted.
    unknown : tuple of int
        Numbers of the lines that mean nobody in the CRM.
    """

    ids: tuple[str, ...]
    unknown: tuple[int, ...]

    def unknown_words(self, file: Path | None) -> str:
        """Which lines mean nobody; by number, as they may hold personal data."""
        shown = ", ".join(map(str, self.unknown[:5])) + (", …" if len(self.unknown) > 5 else "")
        return f"{file}: {len(self.unknown)} lines are no contact of the CRM (rows {shown})"


def read_seed_contacts(path: Path, crm: Crm) -> SeedContacts:
    """Contacts that a file names in a column contact_id or email.

    Raises
    ------
    DataError
        If the file cannot be read, has no such column, or names nobody in the CRM.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    source = find_sources(path)[0]
    rows = source.open()
    places = {
        kind: place
        for kind, names in _COLUMNS.items()
        for place, name in enumerate(rows.header)
        if squash(name) in names
    }
    if not places:
        # Without a header the first row holds people, who don't belong in a message.
        raise DataError(
            f"{path} row 1: none of its {len(rows.header)} columns is named contact_id or email; "
            "name one of them so (a file without a header needs one)"
        )
    chunks = list(rows.chunks())
    asked = pd.DataFrame(
        {
            kind: [_text(cell) for chunk in chunks for cell in chunk.cells[place].to_pylist()]
            for kind, place in places.items()
        },
        index=[number for chunk in chunks for number in chunk.rows.to_pylist()],
    ).reindex(columns=list(_COLUMNS), fill_value="")
    meant = _meant(asked, crm)
    if meant.isna().all():
        raise DataError(f"{path}: none of its {len(asked)} lines is a contact of the CRM")
    unknown = tuple(int(row) for row in meant.index[meant.isna()])
    return SeedContacts(tuple(sorted(set(meant.dropna()))), unknown)


def _meant(asked: pd.DataFrame, crm: Crm) -> pd.Series:
    """The contact of each line: by its id, else by its e-mail; null where there is none.

    One e-mail may stand at several contacts: the first by id is taken.
    """
    table = crm.table("contacts").select("contact_id", "email").order_by("contact_id")
    known = crm.to_arrow(table).to_pandas()
    by_id = asked["contact_id"].where(asked["contact_id"].isin(known["contact_id"]))
    emails = known.assign(email=known["email"].str.strip().str.lower()).dropna()
    of_email = emails.drop_duplicates("email").set_index("email")["contact_id"]
    return by_id.fillna(asked["email"].str.lower().map(of_email))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
