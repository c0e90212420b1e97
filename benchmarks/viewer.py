"""Viewers without a browser: small websocket clients that speak Streamlit's protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

LONGEST = 60.0


class Viewer:
    """One session on one page of the dashboard, and one text field on it."""

    def __init__(self, connection: ClientConnection, field: str) -> None:
        self._connection = connection
        self._field = field
        self._page = ""
        self._query = ""
        self._widget = ""

    @classmethod
    async def open(cls, port: int, page: str, field: str) -> Viewer:
        """Connect, and wait for the page."""
        connection = await connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, proxy=None
        )  # type: ignore[list-item]
        viewer = cls(connection, field)
        message = BackMsg()
        message.rerun_script.page_name = page
        await viewer._run(message)
        if not viewer._widget:
            raise RuntimeError(f"The page '{page}' has no field '{field}'.")
        return viewer

    async def write(self, text: str) -> float:
        """Write into the field; return the milliseconds until the script has finished."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.query_string = self._query
        message.rerun_script.widget_states.widgets.append(WidgetState(id=self._widget, string_value=text))
        return await self._run(message)

    async def close(self) -> None:
        """Leave."""
        await self._connection.close()

    async def _run(self, message: BackMsg) -> float:
        start = time.perf_counter()
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(LONGEST):
            while not self._is_last(ForwardMsg.FromString(await self._connection.recv(decode=False))):
                pass
        return (time.perf_counter() - start) * 1000

    def _is_last(self, message: ForwardMsg) -> bool:
        match message.WhichOneof("type"):
            case "navigation":
                self._page = message.navigation.page_script_hash
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "delta" if message.delta.new_element.text_input.label == self._field:
                self._widget = message.delta.new_element.text_input.id
            case "script_finished":
                return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False


def rerun_times(port: int, page: str, field: str, viewers: int, rounds: int) -> list[float]:
    """Return milliseconds of each rerun when so many viewers write into the same field at once, so many times."""
    # In a thread of its own, since Playwright has an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _rerun_times(port, page, field, viewers, rounds)).result()


async def _rerun_times(port: int, page: str, field: str, viewers: int, rounds: int) -> list[float]:
    opened = [await Viewer.open(port, page, field) for _ in range(viewers)]
    texts: Iterator[str] = (f"reviewer {number}" for number in range(rounds + 1))
    await asyncio.gather(*(viewer.write(next(texts)) for viewer in opened[:1]))
    found: list[float] = []
    for text in texts:
        found += await asyncio.gather(*(viewer.write(text) for viewer in opened))
        await asyncio.sleep(0.1)
    for viewer in opened:
        await viewer.close()
    return found
