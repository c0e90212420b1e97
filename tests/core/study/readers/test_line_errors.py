"""Lines of a table that are unlike the others are named with their number, and what to do about them."""

import pytest

from margin_core.errors import SourceError
from margin_core.study.readers.column_table import read_table


def refusal(path, text):
    path.write_text(text)
    with pytest.raises(SourceError) as refused:
        read_table(path)
    return str(refused.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize(("text", "message"), [
    ("a,b\n1,2\n\n3,4,extra\n",
     "line 4: 3 values for 2 columns ('3,4,extra'). Put a value that has a ',' in it into quotes, or leave the line "
     "out."),
    ("# a list\na;b\n1;2\n3\n", "line 4: 1 value for 2 columns ('3'). Add what is missing, or leave the line out."),
    ('a,b\nx,"y\nz"\n"u,v\nw,x\n',
     'line 4: a quote (") is opened, and not closed in its line, so that 2 columns cannot be told apart. Close it, or '
     "write a quote that belongs to a text twice."),
    (f'a,b\nx,y\n"u,v\n{"w,x" * 50_000}\n', 'line 3: a quote (") is opened'),
], ids=["too many", "too few", "quote", "long quote"])  # fmt: skip
def test_a_line_of_other_values_than_columns(tmp_path, text, message):
    assert refusal(tmp_path / "t.csv", text).startswith(f"'t.csv', {message}")


@pytest.mark.parametrize(("text", "message"), [
    ('{"a": 1}\n\n{"a": 2}\n{"a": "lov',
     "line 4: not a whole JSON object ('{\"a\": \"lov'). Each line is an object such as "
     '{"text": "fine", "label": "good"}; mend this one, or leave it out.'),
    ('{"a": 1, "b": null}\n{"a": 2.5, "b": ["x"]}\n{"a": 3, "b": "x"}\n',
     "line 3: 'b' is a text, and a list in line 2. Give it one kind of value in all lines."),
], ids=["cut off", "kinds"])  # fmt: skip
def test_a_line_of_json_unlike_the_others(tmp_path, text, message):
    assert refusal(tmp_path / "t.jsonl", text) == f"'t.jsonl', {message}"
