import pytest

from margin_core.visible_text import visible_text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("cat\x1b[2J\ndog\ud800", "cat\\u001b[2J\\u000adog\\ud800"),
        ("a\u202eb\x00c\x9b", "a\\u202eb\\u0000c\\u009b"),
        ("Katze – 猫\u00a0", "Katze – 猫\u00a0"),
        ("\U0001f469\u200d\U0001f52c नमस्\u200dते", "\U0001f469\u200d\U0001f52c नमस्\u200dते"),
    ],
    ids=["commands to a terminal", "direction and other controls", "letters of any script", "joiners"],
)
def test_what_cannot_be_seen_is_spelled_out(text, seen):
    assert visible_text(text) == seen


def test_a_text_of_several_lines_may_keep_its_breaks():
    assert visible_text("a\tb\nc\r", keep="\t\n") == "a\tb\nc\\u000d"
