"""A guest at a browser: the steps of booking, and the watch on what a page must never do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

_REPORT = (
    "document.addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective))"
)

#: Milliseconds for what should happen at once, on a machine that does much else.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

TUESDAY = re.compile("^Tuesday 2 February 2027")
WEDNESDAY = re.compile("^Wednesday 3 February 2027")
THURSDAY = re.compile("^Thursday 4 February 2027")

#: Options of visits.
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
NO_SCRIPTS = {"java_script_enabled": False}

#: What the console may hold where no answer comes, in the words of either browser.
NO_ANSWER = ("net::ERR_", "Failed to fetch", "NetworkError when attempting to fetch")


def silenced(parameters: Mapping[str, Any]) -> bool:
    """Tell whether a test's parameters are those of a visit without scripts."""
    options = parameters.get("options", {})
    return parameters.get("scripts") is False or options.get("java_script_enabled") is False


#: Options of contexts that Playwright cannot tell Firefox.
_UNHEARD = {"java_script_enabled", "color_scheme", "forced_colors"}


def _fitting(browser: Browser, options: dict[str, Any]) -> dict[str, Any]:
    """Give the options that *browser* knows: a phone is a narrow touch screen in Firefox, and no more."""
    if browser.browser_type.name != "firefox":
        return options
    unheard = {name for name in _UNHEARD & options.keys() if options[name] is not True}
    if unheard:
        raise ValueError(
            f"Firefox does not hear of {unheard}: mark the test by '@pytest.mark.chromium(...)'."
        )
    return {name: value for name, value in options.items() if name != "is_mobile"}


@dataclass
class Visit:
    """One guest with a browser profile of their own."""

    page: Page
    context: BrowserContext
    #: Where the app answers.
    base: str
    #: What the console may hold: Chromium, not Firefox, writes "status of 422" for every such answer.
    expected: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)
    #: Method and address of every request but those for files, oldest first.
    requests: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, browser: Browser, base: str, **options: Any) -> Visit:
        """Open a profile, by default of someone in Berlin who reads English."""
        # Playwright waits until nothing moves before it clicks.
        common = {"timezone_id": "Europe/Berlin", "locale": "en-GB", "reduced_motion": "reduce"}
        context = browser.new_context(**common | _fitting(browser, options))
        context.set_default_timeout(PATIENCE)
        context.add_init_script(_REPORT)
        visit = cls(context.new_page(), context, base)
        visit.page.on("console", visit._hear)
        visit.page.on("pageerror", lambda error: visit.complaints.append(f"error: {error}"))
        visit.page.on("request", visit._see)
        return visit

    def check(self) -> None:
        """Assert that no page complained, looked elsewhere or set a cookie."""
        assert self.complaints == [], self.complaints
        assert self.context.cookies() == []

    def _hear(self, message: ConsoleMessage) -> None:
        # Who books at once may be faster than the page that asks to keep the time.
        late = "status of 409" in message.text and "/booker/hold?" in message.location["url"]
        known = late or any(each in message.text for each in self.expected)
        if message.type in ("error", "warning") and not known:
            self.complaints.append(f"{message.type}: {message.text}")

    def _see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and not request.url.startswith(f"{self.base}/"):
            self.complaints.append(f"elsewhere: {request.url}")
        # A page may ask for the next month before anybody turns to it.
        if "/static/" not in address.path and request.headers.get("purpose") != "prefetch":
            self.requests.append(f"{request.method} {address.path}?{address.query}".rstrip("?"))

    # --- the steps ---

    def open(self, path: str = "/book/intro-call") -> Visit:
        """Go to *path* and wait until its scripts, if any, are ready."""
        self.page.goto(self.base + path)
        return self

    def touch(self) -> None:
        """Move the mouse over the widget, and wait for what comes then."""
        self.page.locator(".bk").first.hover()
        expect(self.page.locator("[data-bk-ready]").first).to_be_attached()

    def link(self, name: str | re.Pattern[str]) -> Locator:
        """Give the link with this name."""
        return self.page.get_by_role("link", name=name, exact=isinstance(name, str))

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Give the button with this name."""
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def heading(self, name: str) -> Locator:
        """Give the heading with this name within a widget; that of a day's times names the zone as well."""
        found = re.compile(f"^{re.escape(name)}( ?, times in .+)?$")
        return self.page.locator(".bk").get_by_role("heading", name=found)

    def pick(self, day: re.Pattern[str] = TUESDAY, at: str = "10:00") -> None:
        """Choose a day and a time, and wait for what comes next."""
        self.link(day).click()
        self.link(at).click()
        expect(self.button("Confirm booking").or_(self.button("Move booking"))).to_be_visible()

    def keep(self) -> None:
        """Wait until the page knows that the chosen time is kept: what it does not know it cannot let go."""
        expect(self.page.locator("[name=hold]")).not_to_have_value("")

    def fill(self, name: str = "Grace Hopper", email: str = "grace@example.com") -> None:
        """Type a name and an address."""
        self.page.get_by_label("Your name", exact=True).fill(name)
        retype(self.page.get_by_label("E-mail address", exact=True), email)

    def book_at(self, slug: str, at: str | re.Pattern[str], name: str, email: str) -> None:
        """Book a time on Tuesday, up to the booking page."""
        self.open(f"/book/{slug}")
        self.link(TUESDAY).click()
        self.link(at).click()
        self.fill(name, email)
        self.button("Confirm booking").click()
        expect(self.heading("Your booking is confirmed")).to_be_visible()

    def book(self, day: re.Pattern[str] = TUESDAY, at: str = "10:00") -> None:
        """Do all of it, up to the booking page."""
        self.open()
        self.pick(day, at)
        self.fill()
        self.button("Confirm booking").click()
        expect(self.heading("Your booking is confirmed")).to_be_visible()

    # --- what is seen ---

    def fits(self) -> bool:
        """Tell whether nothing of the page has to be scrolled sideways to."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def uid(self) -> str:
        """Give the uid of the booking page on view."""
        expect(self.page).to_have_url(re.compile(r"/bookings/[^/?]+(\?token=[^&]+)?$"))
        return urlsplit(self.page.url).path.rpartition("/")[2]


def retype(field: Locator, text: str) -> None:
    """Put *text* in the place of what a field holds; in Firefox `fill` adds to numbers and to addresses."""
    field.fill("")
    field.fill(text)


def focused(page: Page) -> Locator:
    """Give the element that has the focus."""
    return page.locator(":focus")


def eventually(true: Callable[[], bool], seconds: float = PATIENCE / 1000) -> bool:
    """Tell whether something that another thread does becomes *true* in time."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()
