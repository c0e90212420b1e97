"""Work of many parts on all cores, a few parts ahead of whoever takes the results."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


def count_cores() -> int:
    """Return the number of cores that this process may use.

    Returns
    -------
    int
        At least 1.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_on_cores(
    work: Callable[[Part], Result], parts: Iterable[Part], *, ahead: int | None = None, threads: int | None = None
) -> Iterator[Result]:
    """Yield the result for each part, in their order, computed by several threads.

    Parameters
    ----------
    work : callable
        Spends its time outside Python's lock.
    parts : iterable
        Taken as they are needed. A single one is computed on the calling thread.
    ahead : int, optional
        So many parts are begun before the first result is taken. Default: two for each thread.
    threads : int, optional
        Default: one for each core.

    Yields
    ------
    object
        Whatever `work` returned. What it raised is raised here; parts that are not begun are then left.
    """
    rest = iter(parts)
    first = list(islice(rest, 2))
    if len(first) < 2:
        yield from map(work, first)
        return
    threads = threads or count_cores()
    ahead = ahead or 2 * threads
    pool = ThreadPoolExecutor(threads)
    begun: deque[Future[Result]] = deque()
    try:
        for part in chain(first, rest):
            begun.append(pool.submit(work, part))
            if len(begun) >= ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
