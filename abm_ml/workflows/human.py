"""The prepared tables as models see them: without what bots and own staff did."""

from __future__ import annotations

from pathlib import Path

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.features.human import human_crm, not_people


def open_human(data: Path, params: Params) -> Crm:
    """What `abm prepare` wrote, less the events of bots and own staff."""
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    return human_crm(crm, not_people(crm, params.engagement, params.exclusions.own_domains))
