import numpy as np

from margin_core.storage.engine import LocalEngine, Run


def test_parts_of_parts_report_within_their_share():
    reported = []
    run = Run(progress=lambda fraction, text: reported.append((round(fraction, 6), text)))
    run.part(0.4, 1.0).part(0.5, 1.0).report(0.5, "half of the half")
    run.part(0.4, 1.0).report(0.0, "start")
    assert reported == [(0.85, "half of the half"), (0.4, "start")]


def test_a_part_keeps_the_engine():
    engine = LocalEngine()
    assert Run(engine).part(0, 1).engine is engine


def test_this_machine_remembers_nothing():
    runs = []
    for _ in range(2):
        LocalEngine().step("s", "k", lambda: runs.append(1) or {"a": np.ones(1)})
    assert len(runs) == 2


def test_progress_is_silent_unless_asked():
    Run().report(0.5, "nobody hears")
