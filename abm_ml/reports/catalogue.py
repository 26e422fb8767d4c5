"""The catalogue: each text of the pages as (English, Simplified Chinese).

Marketers read sentences without jargon; terms of the trade stand in the sections that open on a
click. Names of things are those of the glossary in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping

from abm_ml.reports.wording import (
    card,
    drift,
    fusion,
    listing,
    lookalike,
    page,
    plays,
    shape,
    sources,
    trust,
)

Pair = tuple[str, str]

TEXTS: Mapping[str, Pair] = {
    **page.TEXTS,
    **listing.TEXTS,
    **shape.TEXTS,
    **plays.TEXTS,
    **trust.TEXTS,
    **card.TEXTS,
    **fusion.TEXTS,
    **drift.TEXTS,
    **sources.TEXTS,
    **lookalike.TEXTS,
}
"""Every text by its key, of which the part before the first dot names the room."""
