"""The components' JavaScript and style sheets, as files that the browser keeps.

Streamlit sends a component's inline text again with every rerun, and runs it from a blob address, where no relative
import works. So it is sent a few lines only, which import the rest from here: the text travels once, and the parts are
ordinary modules.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).resolve().parent.parent
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes()
    for path in sorted(FOLDER.rglob("*.*"))
    if path.suffix in MEDIA_TYPES
}
"""Every module and style sheet by its place below ``dashboard``, read when the program starts."""

VERSION = hashlib.sha256(b"".join(name.encode() + text for name, text in FILES.items())).hexdigest()[:16]
"""Part of the address: other text has another address, so the browser may keep each for ever."""

_LOADER = """
const program = `${{location.origin}}/margin/program/{version}`;
const style = async (path) => new CSSStyleSheet().replace(await (await fetch(`${{program}}/${{path}}`)).text());
const [{{ default: mount }}, ...styles] = await Promise.all([
  import(`${{program}}/{name}.js`), style("shared/browser/shared.css"), style("{name}.css"),
]);
export default (component) => {{
  component.parentElement.adoptedStyleSheets = styles;
  return mount(component);
}};
"""


def loader(name: str) -> str:
    """Write the module that Streamlit is given for a component.

    Parameters
    ----------
    name
        Its module below ``dashboard``, without its suffix, for instance ``"views/map/component"``.

    Returns
    -------
    str
        A JavaScript module with a default export.
    """
    return _LOADER.format(version=VERSION, name=name)


def _file(request: Request) -> Response:
    """Send one file; what is not listed does not exist, whatever the path looks like."""
    name = request.path_params["name"]
    text = FILES.get(name) if request.path_params["version"] == VERSION else None
    if text is None:
        return Response("There is no such file. Load the page again.", 404, media_type="text/plain")
    kept = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(text, media_type=MEDIA_TYPES[Path(name).suffix], headers=kept)


PROGRAM = [Route("/margin/program/{version:str}/{name:path}", _file)]
