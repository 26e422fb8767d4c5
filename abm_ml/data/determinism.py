"""Same in, same out on any machine: float sums that don't depend on the number of cores."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

P = ParamSpec("P")
R = TypeVar("R")


def one_blas_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with one thread for linear algebra.

    Sums in parallel are split by the number of threads, so their last bits depend on the
    machine. LightGBM's threads are its own and are not touched: its results don't depend on
    them.
    """

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
