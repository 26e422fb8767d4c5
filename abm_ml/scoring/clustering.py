"""Groups inside tier 2, over all slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from abm_ml.config import Params
from abm_ml.rules.clusters import clusters
from abm_ml.scoring.drafts import Drafts
from abm_ml.scoring.standing import Placing

_FACTS = (
    "account_id", "sub_industry", "industry", "city", "state", "region", "country", "employees",
    "technologies", "keywords",
)  # fmt: skip


def clustered(placing: Placing, drafts: Drafts, params: Params) -> tuple[Placing, dict[str, str]]:
    """The placing with each account of tier 2 in a named group, and the groups' Chinese names."""
    found, start = [], 0
    for number in range(len(drafts)):
        draft = drafts.accounts(number, _FACTS)
        second = placing.tier[start : start + draft.num_rows] == 2
        found.append(draft.filter(pa.array(second)))
        start += draft.num_rows
    groups = clusters(
        pa.concat_tables(found), params.tiers.cluster_least, params.tiers.clusters_most
    )
    names = np.full(len(placing.tier), None, dtype=object)
    names[placing.tier == 2] = groups.name().to_pylist()
    named = pa.array(names, pa.string()).dictionary_encode()
    return replace(placing, cluster=named), dict(zip(groups.names, groups.names_zh, strict=True))
