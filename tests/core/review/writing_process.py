"""Writers: ``writing_process.py DATABASE BATCHES CLIENT [CLIENT ...]``; prints the number of each batch that is kept.

One client writes in this process. Several write in a process each, all beginning at once, and each also sends
the decisions of one client that they share. They are forked because starting Python anew takes seconds.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from margin_core.review.decision import Decision, Verdict
from margin_core.review.store import ReviewStore

BATCH = 3


def batch(client, first):
    return [
        Decision(
            study="s",
            study_fingerprint="f",
            task="t",
            sample_id=str(seq),
            verdict=Verdict.KEEP,
            old_label="x",
            new_label="x",
            reviewer=client,
            decided_at=datetime.now(UTC),
            client=client,
            seq=seq,
        )
        for seq in range(first, first + BATCH)
    ]


def write(where, batches, clients):
    with ReviewStore(where, wait=30) as store:
        for number in range(batches):
            for client in clients:
                store.append(batch(client, number * BATCH))
            print(number, flush=True)


def in_a_process(work, *arguments):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*arguments)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    return child


if __name__ == "__main__":
    named, batches, clients = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    where = named if "://" in named else Path(named)
    if len(clients) == 1:
        write(where, batches, clients)
    else:
        children = [in_a_process(write, where, batches, [client, "shared"]) for client in clients]
        sys.exit(max(os.waitpid(child, 0)[1] for child in children) != 0)
