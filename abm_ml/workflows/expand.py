"""`abm expand`: a list of companies in, more companies like them out, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from abm_ml.config import Params
from abm_ml.lookalike.filters import parse_where
from abm_ml.workflows.conditions import conditions_of, unknown_values
from abm_ml.workflows.contacts import PeopleAsked
from abm_ml.workflows.expand_files import own_files, unused_file
from abm_ml.workflows.expand_result import ExpandRun
from abm_ml.workflows.expand_run import carry_out, open_sources
from abm_ml.workflows.output import refuse_collisions
from abm_ml.workflows.request import Request, lines_of
from abm_ml.workflows.result import Progress, silent
from abm_ml.workflows.score import checked_language
from abm_ml.workflows.seeds import list_reader

__all__ = ["ExpandRun", "expand", "expand_again"]


def expand(
    seeds: Path,
    out: Path,
    params: Params,
    *,
    data: Path,
    models: Path,
    k: int | None = None,
    where: Sequence[str] = (),
    exclude: Path | None = None,
    not_like: Path | None = None,
    include_customers: bool = False,
    new_only: bool = False,
    as_of: str | None = None,
    people: PeopleAsked | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> ExpandRun:
    """Find the companies most like the seeds, and write them with their evidence.

    Beside `out` (say lookalikes.csv) come lookalikes-seeds.csv (what became of each line of the
    seed list), lookalikes.html (the evidence) and lookalikes.json (the request, to be carried out
    again). Each file appears as a whole; the request, which has their checksums, comes last.

    Parameters
    ----------
    seeds : Path
        CSV or XLSX of companies by id, name, domain or code.
    out : Path
        The CSV to write.
    params : Params
        Default length, exclusions, seed.
    data, models : Path
        What `abm prepare` and `abm index` wrote.
    k : int, optional
        Companies wanted; `lookalike.k` by default.
    where : sequence of str
        Conditions such as "country=US,CA" or "employees=200..5000"; columns may go by the names
        of an export too ("国家=中国").
    exclude, not_like : Path, optional
        Lists of companies to leave out; of companies that the list should not be like.
    include_customers : bool
        Whether customers and accounts with an open opportunity may be listed.
    new_only : bool
        Whether only companies that are not in the CRM are wanted (of a bought list; see `index`).
    as_of : str, optional
        The last instant that may be seen; the data's last by default.
    people : PeopleAsked, optional
        People in the listed companies are wanted too.
    lang : {"en", "zh"}
        Language of reasons, and of the page when it opens.

    Raises
    ------
    DataError, ParamsError, ArtefactError, OutputError
        With the remedy; earlier files are untouched. Where no line can be used, what became of
        each is written all the same.
    """
    checked_language(lang)
    parse_where(where)  # What is no condition is better known before names are matched.
    refuse_collisions(_written(out, people), (seeds, exclude, not_like, *_read(people)))
    progress("loading the index")
    sources = open_sources(data, models, params, as_of)
    notes = unknown_values(conditions_of(where, sources.index.accounts), sources.index.accounts)
    progress("matching the lists")
    read = list_reader(sources.crm, sources.index, sources.suppressed)
    given = read(seeds)
    barred = None if exclude is None else read(exclude)
    unwanted = None if not_like is None else read(not_like)
    request = Request(
        lines=lines_of(given.lines),
        k=params.lookalike.k if k is None else k,
        where=tuple(where),
        exclude=() if barred is None else tuple(barred.meant),
        not_like=() if unwanted is None else tuple(unwanted.meant),
        include_customers=include_customers,
        new_only=new_only,
        as_of=sources.as_of.isoformat(),
        lang=lang,
        seed=sources.index.seed,
    )
    notes += [
        f"{file}: {one.unclear_words}"
        for file, one in ((exclude, barred), (not_like, unwanted))
        if one is not None and one.unclear_words
    ]
    return carry_out(
        request,
        sources,
        params,
        out,
        listed_in=seeds,
        people=people,
        notes=notes,
        progress=progress,
    )


def expand_again(
    saved: Path,
    params: Params,
    *,
    data: Path,
    models: Path,
    out: Path | None = None,
    people: PeopleAsked | None = None,
    progress: Progress = silent,
) -> ExpandRun:
    """Carry out a saved request again: the same list, unless index or data have changed.

    Suppressions, customers and open opportunities are those of the data as it is now.

    Parameters
    ----------
    saved : Path
        The .json beside a list.
    out : Path, optional
        The CSV to write; by default the one beside the request.
    params, data, models, people
        As for `expand`.

    Raises
    ------
    DataError, ParamsError, ArtefactError, OutputError
        With the remedy; earlier files are untouched.
    """
    request = Request.read(saved)
    target = saved.with_suffix(".csv") if out is None else out
    files = _written(target, people)
    refuse_collisions(files, _read(people))
    refuse_collisions({name: file for name, file in files.items() if name != "request"}, [saved])
    progress("loading the index")
    sources = open_sources(data, models, params, request.as_of)
    return carry_out(
        request, sources, params, target, listed_in=saved, people=people, progress=progress
    )


def _written(out: Path, people: PeopleAsked | None) -> dict[str, Path]:
    """Every file that a request may write."""
    return {**own_files(out), "unused": unused_file(out), **(people.files if people else {})}


def _read(people: PeopleAsked | None) -> tuple[Path | None, ...]:
    """Every file that people are found by."""
    return (people.seed_contacts, people.personas) if people else ()
