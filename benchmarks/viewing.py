"""One view of a page in Chromium: what it weighs on the wire, when it can be used, what it takes to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

# Milliseconds for which a page is left alone, and seconds in which a click must have shown what it asks for.
_ALONE, _PATIENCE = 5000, 30

#: The profiles of a first view: how much slower the processor is, and the line: milliseconds there and back,
#: bits down in a second.
PROFILES: Mapping[str, tuple[int, tuple[float, float] | None]] = {
    "none": (1, None),
    "cpu4": (4, None),
    "slow": (4, (562.0, 1.47e6)),
}

# Runs before anything of the page. A time is usable when what lies at its place is the time; a click is
# answered with the frame after the one that shows other times.
_WATCH = """
(() => {
  const seen = window.__seen = { blocking: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) seen.blocking += Math.max(0, each.duration - 50);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) seen.shift += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  const first = () => [...document.querySelectorAll(TIMES)].find((each) => each.checkVisibility());
  (function look() {
    const time = first(), box = time?.getBoundingClientRect();
    const hit = time && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (hit && hit.closest("a") === time) {
      seen.usable = performance.now();
    } else requestAnimationFrame(look);
  })();
  addEventListener("click", ({ timeStamp }) => {
    const before = first()?.href;
    seen.answered = null;
    (function look() {
      const now = first()?.href;
      const note = () => { seen.answered = performance.now() - timeStamp; };
      requestAnimationFrame(now && now !== before ? note : look);
    })();
  }, true);
})();
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A page to look at, by selectors."""

    address: str
    #: Its times, links all of them.
    times: str
    #: The days to click at, and the step to the next month; "" where there is none.
    days: str
    month: str = ""


@dataclass(kw_only=True, slots=True)
class View:
    """What was seen of a page: bytes as Chromium counts them, with headers; milliseconds; a heap in MB."""

    #: Of the page itself.
    document: int = 0
    #: Of all that it has asked for, left alone, with its icon.
    total: int = 0
    requests: int = 0
    usable: float = 0.0
    blocking: float = 0.0
    shift: float = 0.0
    heap: float = 0.0
    day: float = 0.0
    #: Of the answers to a click at a day.
    day_requests: int = 0
    month: float | None = None
    month_bytes: int | None = None
    #: With a click at a day and one at the next month.
    touched: int = 0


# Without slots: Playwright notes in an object that a method of it listens.
@dataclass(kw_only=True)
class _Wire:
    """What goes over the line."""

    sizes: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def watch(self, session: CDPSession) -> None:
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._done)
        session.send("Network.enable")

    def _asked(self, event: Mapping[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.names[event["requestId"]] = event["request"]["url"]

    def _done(self, event: Mapping[str, Any]) -> None:
        self.sizes[event["requestId"]] = round(event["encodedDataLength"])

    @property
    def total(self) -> int:
        return sum(size for each, size in self.sizes.items() if each in self.names)

    def of(self, wanted: Callable[[str], bool]) -> int:
        return sum(size for each, size in self.sizes.items() if wanted(self.names.get(each, "")))


def view(browser: Browser, base: str, subject: Subject, profile: str) -> View:
    """Look at *subject* under a *profile* and with an empty cache: leave it alone, then click on."""
    slower, line = PROFILES[profile]
    context = browser.new_context(
        timezone_id="America/New_York", locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    try:
        context.add_init_script(_WATCH.replace("TIMES", repr(subject.times)))
        page = context.new_page()
        session, wire = context.new_cdp_session(page), _Wire()
        wire.watch(session)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        if line:
            latency, bits = line
            conditions = {"latency": latency, "downloadThroughput": bits / 8, "uploadThroughput": bits / 16}
            session.send("Network.emulateNetworkConditions", {"offline": False, **conditions})
        return _seen(page, session, wire, base, subject)
    finally:
        context.close()


def _seen(page: Page, session: CDPSession, wire: _Wire, base: str, subject: Subject) -> View:
    page.goto(base + subject.address, wait_until="load")
    page.wait_for_timeout(_ALONE)
    _show_icon(page, wire)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    told = page.evaluate("window.__seen")
    found = View(
        document=wire.of(lambda name: name == base + subject.address),
        total=wire.total,
        requests=len(wire.names),
        usable=told["usable"],
        blocking=told["blocking"],
        shift=told["shift"],
        heap=heap,
    )
    asked = len(wire.names)
    found.day = _click(page, page.locator(subject.days).nth(2).element_handle())
    # What comes at the first touch is not the answer to it.
    found.day_requests = sum("date=" in name for name in list(wire.names.values())[asked:])
    if subject.month:
        _turn(page, wire, subject, found)
    found.touched = wire.total
    return found


def _show_icon(page: Page, wire: _Wire) -> None:
    """Ask for the icon, which a browser without a window does not show."""
    address = page.evaluate("document.querySelector('link[rel=icon]')?.href || ''")
    if address and address not in wire.names.values():
        page.evaluate(
            "address => fetch(address, { cache: 'no-store' }).then(answer => answer.text())", address
        )
        page.wait_for_timeout(200)


def _turn(page: Page, wire: _Wire, subject: Subject, found: View) -> None:
    """Turn to the next month, once what comes at the first touch has come."""
    page.wait_for_timeout(_ALONE)
    address = str(page.evaluate("selector => document.querySelector(selector).href", subject.month))
    found.month = _click(page, page.locator(subject.month).element_handle())
    page.wait_for_timeout(_ALONE)
    found.month_bytes = wire.of(lambda name: name == address)


def _click(page: Page, element: Any) -> float:
    """Click and give the milliseconds until other times are on view."""
    box = element.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # A policy without unsafe-eval forbids `wait_for_function`.
    give_up = time.monotonic() + _PATIENCE
    while not (answered := page.evaluate("window.__seen.answered")) and time.monotonic() < give_up:
        page.wait_for_timeout(20)
    return float(answered)
