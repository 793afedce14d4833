"""WebKit over WebDriver (https://www.w3.org/TR/webdriver2/): the few commands that a guest's steps need."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from ..ports import held_port
from .visits import eventually

#: The name under which the standard hands out elements (section 12.2).
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


@dataclass(frozen=True, kw_only=True)
class WebKit:
    """A window of WebKit."""

    #: The address of its session at the driver.
    session: str

    def open(self, address: str) -> None:
        """Go to *address* and wait until it is loaded."""
        self._tell("POST", "url", url=address)

    def click(self, xpath: str) -> None:
        """Click what is found at *xpath*, as soon as it is there."""
        self._tell("POST", f"element/{self._find(xpath)}/click")

    def type(self, xpath: str, text: str) -> None:
        """Type *text* into the field at *xpath*."""
        self._tell("POST", f"element/{self._find(xpath)}/value", text=text)

    def text(self, xpath: str) -> str:
        """Give the visible text at *xpath*, as soon as it is there."""
        return str(self._tell("GET", f"element/{self._find(xpath)}/text"))

    def run(self, script: str) -> Any:
        """Give what the body of a function returns in the page."""
        return self._tell("POST", "execute/sync", script=script, args=[])

    @property
    def address(self) -> str:
        """The address of the page on view."""
        return str(self._tell("GET", "url"))

    def _find(self, xpath: str) -> str:
        return str(self._tell("POST", "element", using="xpath", value=xpath)[_ELEMENT])

    def _tell(self, method: str, command: str, **body: Any) -> Any:
        answer = requests.request(
            method, f"{self.session}/{command}", json=body if method == "POST" else None, timeout=60
        )
        value = answer.json()["value"]
        assert answer.ok, f"{command} {body}: {value['error']}: {value['message']}"
        return value


@contextmanager
def opened(driver: str, folder: Path) -> Iterator[WebKit]:
    """Open a window by the *driver*, on a screen that nobody sees; *folder* takes what WebKit keeps."""
    with ExitStack() as stack:
        # A screen of its own, whatever is on view here: no window comes in anybody's way.
        screen = stack.enter_context(_running("Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24"))
        assert screen.stdout
        display = f":{screen.stdout.readline().decode().strip()}"
        port = stack.enter_context(held_port())
        # Of someone in Berlin, as the other browsers.
        place = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "TZ": "Europe/Berlin"}
        stack.enter_context(_running(driver, f"--port={port}", DISPLAY=display, **place))
        yield WebKit(session=_begin(stack, f"http://127.0.0.1:{port}/session"))


def _begin(stack: ExitStack, sessions: str) -> str:
    answers = eventually(lambda: _asks(sessions), 20)
    assert answers, "WebKitWebDriver does not answer."
    wanted = {"capabilities": {"alwaysMatch": {"timeouts": {"implicit": 15_000}}}}
    told = requests.post(sessions, json=wanted, timeout=60).json()["value"]
    assert "sessionId" in told, told
    session = f"{sessions}/{told['sessionId']}"
    stack.callback(requests.delete, session, timeout=60)
    return session


def _asks(sessions: str) -> bool:
    try:
        return requests.get(sessions.removesuffix("session") + "status", timeout=5).ok
    except requests.ConnectionError:
        return False


@contextmanager
def _running(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | environment
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()
