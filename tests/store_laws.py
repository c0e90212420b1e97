"""What holds of a store in SQLite and in PostgreSQL; their modules import these tests and have a fixture `store`."""

from threading import Thread

import pytest

from margin_core.errors import ReviewError


def test_a_batch_is_kept_whole_or_not_at_all(store, make_decision):
    broken = make_decision("\udcff.png")
    with pytest.raises(ReviewError, match=r"^Cannot record a decision: '\\udcff.png' is not valid text\. Rename"):
        store.append([make_decision(), broken])
    assert store.decisions() == []


def test_threads_share_a_store(store, make_decision):
    batches = [[make_decision(client=str(thread), seq=seq) for seq in range(10)] for thread in range(4)]
    threads = [Thread(target=lambda batch=batch: [store.append([one]) for one in batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((decision.client, decision.seq) for decision in store.decisions()) == [
        (str(thread), seq) for thread in range(4) for seq in range(10)
    ]
