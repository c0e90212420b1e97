"""margin tasks."""

from margin_core.tasks import TASKS


def test_tasks_lists_every_task_with_every_parameter(run_margin):
    code, out, err = run_margin("tasks")
    assert (code, err) == (0, "")
    for task in TASKS:
        assert f"{task.name}: {task.question}" in out
        for name in task().declared_parameters():
            assert f"  {name} = " in out
