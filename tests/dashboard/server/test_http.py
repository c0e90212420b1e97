"""What every route promises."""

import re

import pytest
from reviewing import refused

from dashboard.app import ROUTES


@pytest.mark.parametrize(
    "path", ["points", "channel/given", "mask/x", "cards", "queue", "groups", "selection/x", "picture/0", "export/csv"]
)
def test_an_unknown_study(client, asked, path):
    assert refused(client.get(f"/margin/{'0' * 12}/{path}"), 404) == "This study is not open. Open it again."


def test_no_address_takes_a_path():
    """Every part of every address is a number, or is looked up among known names."""
    places = {part for route in ROUTES for part in re.findall(r"{(.*?)}", route.path)}
    assert places == {"study:str", "row:str", "name:str", "key:str", "format:str", "place:str", "part:str"}


@pytest.mark.parametrize("tried", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..", "%00", "/etc/passwd", "~", "C:%5cwindows"])
def test_no_path_from_an_address_is_opened(client, asked, monkeypatch, tried):
    def never(*arguments, **more):
        raise AssertionError(f"opened {arguments}")

    monkeypatch.setattr("builtins.open", never)
    monkeypatch.setattr("pathlib.Path.open", never)
    monkeypatch.setattr("pathlib.Path.read_bytes", never)
    for place in ["channel", "mask", "selection", "export", "picture"]:
        assert client.get(f"/margin/{asked.key}/{place}/{tried}").status_code == 404
    assert client.get(f"/margin/{tried}/points").status_code == 404
