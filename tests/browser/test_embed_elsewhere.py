"""Bookers on the pages of another site: inline, in a dialog, behind a button; and what those pages hear."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from playwright.sync_api import expect

from booker_components import EventKind, Redirect, Redirects
from booker_components.testing import Recorder

from .partners import Elsewhere, opened, site
from .servers import Server
from .visits import PHONE, THURSDAY, TUESDAY, WEDNESDAY, Visit, eventually

SCRIPT = '<script src="BOOKER/booker/embed.js" async></script>'
LINK = '<a href="BOOKER/book/intro-call">Book a call</a>'
INLINE = f'{SCRIPT}<booker-embed id="it" src="BOOKER/book/intro-call" %s>{LINK}</booker-embed>'
POPUP = f'{SCRIPT}<a id="it" href="BOOKER/book/intro-call" data-booker-popup %s>Book a call</a>'
BUTTON = f'{SCRIPT}<booker-embed id="it" mode="button" src="BOOKER/book/intro-call" %s>{LINK}</booker-embed>'

# What browsers do in a frame of another site where people let none of these keep anything.
BLOCKED = """if (window !== top) {
  const refuse = () => { throw new DOMException("Not allowed here.", "SecurityError"); };
  for (const name of ["sessionStorage", "localStorage", "indexedDB"]) {
    Object.defineProperty(window, name, { get: refuse });
  }
  Object.defineProperty(Document.prototype, "cookie", { get: refuse, set: refuse });
}"""

Open = Callable[..., Elsewhere]


@pytest.fixture
def elsewhere(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Server], visit: Callable[..., Visit]
) -> Iterator[Open]:
    """Open a page of another site; `settings`, or all of `app`, are the booker's; `page` is said of it."""
    seen: list[Elsewhere] = []

    def start(
        body: str = INLINE % "",
        *,
        settings: dict[str, Any] | None = None,
        page: dict[str, str] | None = None,
        app: Flask | None = None,
        **options: Any,
    ) -> Elsewhere:
        allowed = {"BOOKER_EMBED_ORIGINS": ["http://localhost:*"]}
        booker = serve(app or make_app(**allowed | (settings or {})))
        seen.append(opened(site(body, booker.url, **page or {}), booker, serve, visit, **options))
        return seen[-1]

    yield start
    for each in seen:
        each.close()


# --- inline --------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["", BLOCKED], ids=["plain", "nothing may be kept"])
def test_a_guest_books_on_another_sites_page(elsewhere: Open, recorder: Recorder, script: str) -> None:
    """All of it in the frame, under the strictest policy, without a cookie; the page hears of it once."""
    at = elsewhere(script=script)

    at.book(TUESDAY)
    at.await_("booked")

    uid = recorder.events[0].booking.uid if eventually(lambda: bool(recorder.events)) else ""
    assert recorder.kinds == [EventKind.CREATED]
    assert at.heard("ready") == [["ready", "it", {"widget": "booker"}]]
    assert at.heard("viewed") == [["viewed", "it", {"eventType": "intro-call"}]]
    start = {"eventType": "intro-call", "start": "2027-02-02T09:00:00Z"}
    assert at.heard("slot-selected") == [["slot-selected", "it", start]]
    booked = {**start, "end": "2027-02-02T09:30:00Z", "uid": uid, "title": "Intro call"}
    assert at.heard("booked") == [["booked", "it", {**booked, "status": "confirmed", "recurring": False}]]
    assert at.heard("rescheduled", "cancelled", "failed") == []


def test_nothing_of_the_guest_is_told_to_the_page(elsewhere: Open) -> None:
    """No name, no address, no link that lets anybody in: in no event and in no message."""
    at = elsewhere(INLINE % 'dialect="cal calendly"')

    at.book(TUESDAY)
    at.await_("booked")

    told = json.dumps(at.guest.page.evaluate("[heard, messages]"))
    assert not re.search("grace|hopper|token", told, re.IGNORECASE)


def test_moving_and_cancelling_are_heard_of_once(elsewhere: Open) -> None:
    """Each with the booking as it stands then; going back, or loading the frame anew, tells nothing twice."""
    at = elsewhere()
    at.book(TUESDAY)

    at.inside.get_by_role("link", name="Reschedule this booking").click()
    at.pick(THURSDAY, "14:30")
    at.press("Move booking").click()
    at.await_("rescheduled")
    at.frame.evaluate("location.reload()")
    at.await_("ready", 3)
    at.inside.get_by_role("link", name="Cancel this booking").click()
    at.press("Cancel booking").click()
    at.await_("cancelled")
    at.frame.evaluate("location.reload()")
    at.await_("ready", 5)

    moved, cancelled = at.heard("rescheduled", "cancelled")
    assert [len(at.heard(each)) for each in ("booked", "rescheduled", "cancelled")] == [1, 1, 1]
    assert (moved[2]["start"], moved[2]["status"]) == ("2027-02-04T13:30:00Z", "confirmed")
    assert (cancelled[2]["start"], cancelled[2]["status"]) == ("2027-02-04T13:30:00Z", "cancelled")


def test_a_refused_form_is_no_booking(elsewhere: Open) -> None:
    """Until the answers are right, nothing is told; the time was chosen once."""
    at = elsewhere(expected=("status of 422",))

    at.pick(TUESDAY, "10:00")
    at.press("Confirm booking").click()
    expect(at.inside.locator(".bk-problems")).to_be_focused()
    at.fill()
    assert at.heard("booked") == []
    at.press("Confirm booking").click()
    at.await_("booked")

    assert len(at.heard("slot-selected")) == 1


def test_the_frame_is_as_high_as_what_is_in_it(elsewhere: Open) -> None:
    """It grows and shrinks, and nothing within has to be scrolled to; then it is at rest."""
    at = elsewhere()
    frame, heights = at.frame, []
    at.await_("height")

    def rest() -> None:
        fits = "document.documentElement.getBoundingClientRect().height <= innerHeight && innerHeight"
        assert eventually(lambda: frame.evaluate(fits) == at.heard("height")[-1][2]["height"])
        heights.append(frame.evaluate("innerHeight"))

    rest()
    at.pick(TUESDAY, "10:00")
    at.await_("height", 2)
    rest()
    at.inside.get_by_text("Choose another time").click()
    expect(at.choice("10:00")).to_be_visible()
    at.await_("height", 3)
    rest()
    told = len(at.heard("height"))
    at.guest.page.wait_for_timeout(300)

    assert heights[0] < heights[1]
    assert heights[2] == heights[0]
    assert len(at.heard("height")) == told


def test_a_layout_that_follows_its_frame_does_not_grow_for_ever(
    make_app: Callable[..., Flask], elsewhere: Open
) -> None:
    """A host may have dressed our pages in something that is higher than the window, whatever that is."""
    app = make_app(BOOKER_EMBED_ORIGINS=["http://localhost:*"])
    tall = (
        "addEventListener('DOMContentLoaded', () => {"
        " document.querySelector('main').style.minHeight = '110vh'; })"
    )

    at = elsewhere(app=app, script=f"if (window !== top) {tall}")
    at.await_("height", 5)
    at.guest.page.wait_for_timeout(500)
    told = len(at.heard("height"))
    at.guest.page.wait_for_timeout(500)

    assert len(at.heard("height")) == told < 15


def test_the_page_says_who_the_guest_is_without_an_address(elsewhere: Open) -> None:
    """Answers go into the form by message; of the page's address the frame's own has five names alone."""
    told = 'data-prefill-name="Grace Hopper" data-prefill-email="grace@example.com" data-prefill-key="forged"'
    address = "/?utm_source=news&utm_medium=mail&utm_id=7&email=x@example.com&tz=Asia/Tokyo"
    at = elsewhere(INLINE % told, path=address)

    at.pick(TUESDAY, "10:00")

    asked = [each for each in at.guest.requests if "/book/" in each]
    expect(at.inside.get_by_label("Your name", exact=True)).to_have_value("Grace Hopper")
    expect(at.inside.get_by_label("E-mail address", exact=True)).to_have_value("grace@example.com")
    expect(at.inside.locator("[name=key]")).not_to_have_value("forged")
    assert asked[0] == "GET /book/intro-call?utm_source=news&utm_medium=mail&lang=en-GB"
    assert not re.search("grace|x@example|utm_id|Tokyo", " ".join(asked))


def test_what_was_typed_comes_before_what_the_page_says(elsewhere: Open) -> None:
    """A guest who mends a name, goes to another time and comes back finds it mended."""
    at = elsewhere(INLINE % 'data-prefill-name="Grase"')
    at.pick(TUESDAY, "10:00")
    at.inside.get_by_label("Your name", exact=True).fill("Grace")

    at.inside.get_by_text("Choose another time").click()
    at.choice("11:00").click()
    expect(at.inside.locator(".bk-summary")).to_contain_text("11:00")

    expect(at.inside.get_by_label("Your name", exact=True)).to_have_value("Grace")


def test_only_what_the_page_says_is_prefilled(elsewhere: Open) -> None:
    """A question may be called what every object of a script has."""
    at = elsewhere(INLINE % 'data-prefill-email="grace@example.com"')
    at.pick(TUESDAY, "10:00")
    at.inside.get_by_text("Choose another time").click()
    expect(at.choice("11:00")).to_be_visible()
    rename = "event => { document.querySelector('[name=name]').name = 'constructor'; }"
    at.frame.evaluate(f"document.addEventListener('htmx:after:swap', {rename}, true)")

    at.choice("11:00").click()

    expect(at.inside.get_by_label("E-mail address", exact=True)).to_have_value("grace@example.com")
    expect(at.inside.locator("[name=constructor]")).to_have_value("")


def test_choices_are_prefilled_too(elsewhere: Open) -> None:
    """By the names of their questions."""
    told = 'data-prefill-topic="Knee" data-prefill-size="Large" data-prefill-days="Mon&#10;Tue"'
    at = elsewhere((INLINE % told).replace("intro-call", "check-up"))

    at.pick(TUESDAY, "10:00")

    expect(at.inside.get_by_label("What is it about?")).to_have_value("Knee")
    for name in ("Large", "Mon", "Tue"):
        expect(at.inside.get_by_label(name, exact=True)).to_be_checked()
    expect(at.inside.get_by_label("Small", exact=True)).not_to_be_checked()


def test_the_booker_is_told_the_site_and_not_the_page(elsewhere: Open) -> None:
    """No more than the origin goes along with the request for the frame."""
    at = elsewhere(path="/?secret=1")
    referrers: list[str] = []
    at.guest.page.on("request", lambda each: referrers.append(each.headers.get("referer", "")))

    at.guest.page.reload()
    at.await_("ready")

    assert not any("secret" in each for each in referrers if "/book/" in each or each)
    assert at.iframe.get_attribute("allow") is None


def test_two_on_a_page_are_two(elsewhere: Open) -> None:
    """What happens in one is told to its own element."""
    second = '<booker-embed id="second" src="BOOKER/book/check-up"></booker-embed>'
    at = elsewhere(INLINE % "" + second)
    at.await_("ready", 2)

    at.pick(WEDNESDAY, "11:00")
    at.await_("slot-selected")

    assert {each[1] for each in at.heard("ready")} == {"it", "second"}
    assert [each[1:] for each in at.heard("slot-selected")] == [
        ["it", {"eventType": "intro-call", "start": "2027-02-03T10:00:00Z"}]
    ]


def test_another_address_is_another_booker(elsewhere: Open) -> None:
    """Scripts of the page change what is shown, take it away and put it back."""
    at = elsewhere()
    at.await_("ready")

    at.guest.page.evaluate("it.setAttribute('src', it.getAttribute('src').replace('intro-call', 'check-up'))")
    expect(at.inside.get_by_role("heading", name="Check-up")).to_be_visible()
    at.guest.page.locator("#it").evaluate("each => { each.remove(); document.body.append(each); }")
    expect(at.inside.get_by_role("heading", name="Check-up")).to_be_visible()

    expect(at.guest.page.locator("iframe")).to_have_count(1)


def test_an_address_may_come_late(elsewhere: Open) -> None:
    """Scripts make the element first and name the booker then; until then it is empty."""
    at = elsewhere(SCRIPT + '<booker-embed id="it"></booker-embed>')
    page = at.guest.page
    assert eventually(lambda: page.evaluate("Boolean(it.shadowRoot)"))
    before = page.locator("iframe").count()

    page.evaluate("address => it.setAttribute('src', address)", f"{at.booker}/book/intro-call")
    at.await_("ready")

    assert before == 0
    expect(page.locator("iframe")).to_have_count(1)


@pytest.mark.chromium("Firefox cannot be told of a wish for dark")
@pytest.mark.parametrize(
    ("theme", "page", "seen"),
    [
        pytest.param("", "", "light", id="as the page"),
        pytest.param("", '<meta name="color-scheme" content="light dark">', "dark", id="as the page may be"),
        pytest.param('theme="auto"', "", "dark", id="auto"),
        pytest.param('theme="light"', '<meta name="color-scheme" content="dark">', "light", id="light"),
        pytest.param('theme="dark"', "", "dark", id="dark"),
    ],
)
def test_light_and_dark_are_as_the_page_wants(elsewhere: Open, theme: str, page: str, seen: str) -> None:
    """For a guest who likes it dark: without a word, as the page itself."""
    at = elsewhere(INLINE % theme, page={"head": page}, color_scheme="dark")
    at.await_("ready")

    colour = at.frame.evaluate("getComputedStyle(document.querySelector('.bk')).color")

    light = sum(map(int, re.findall(r"\d+", colour)[:3])) > 384
    assert light == (seen == "dark")


@pytest.mark.chromium("scripts cannot be switched off in Firefox")
def test_without_scripts_there_is_a_link(elsewhere: Open) -> None:
    """What stands within the element is what is seen, and the dialog's link is one."""
    at = elsewhere(INLINE % "" + POPUP % "", java_script_enabled=False)

    links = at.guest.page.get_by_role("link", name="Book a call")

    expect(links).to_have_count(2)
    links.last.click()
    expect(at.guest.heading("February 2027")).to_be_visible()


def test_pages_of_other_sites_open_beside_the_frame(elsewhere: Open) -> None:
    """Calendars on the web refuse to be shown in one."""
    at = elsewhere()
    at.book(TUESDAY)
    stay = "document.addEventListener('click', event => event.preventDefault())"
    at.frame.evaluate(stay)

    at.inside.get_by_role("link", name="Google Calendar").click()
    at.inside.get_by_role("link", name="Calendar file").click()
    mail = "each => { each.href = 'mailto:desk@example.com'; each.click(); return each.target; }"

    assert at.inside.get_by_role("link", name="Reschedule this booking").evaluate(mail) == ""
    expect(at.inside.get_by_role("link", name="Google Calendar")).to_have_attribute("target", "_blank")
    expect(at.inside.get_by_role("link", name="Calendar file")).not_to_have_attribute("target", "_blank")


# --- in a dialog ---------------------------------------------------------------------------------


def test_a_link_opens_a_dialog(elsewhere: Open) -> None:
    """By mouse: the page behind stays where it is, and the link hears what happens."""
    at = elsewhere(POPUP % "")
    dialog = at.guest.page.get_by_role("dialog", name="Book a call")

    at.guest.link("Book a call").click()
    expect(dialog).to_be_visible()
    at.book(TUESDAY)
    at.await_("booked")
    locked = at.guest.page.evaluate("document.documentElement.style.overflow")
    dialog.get_by_role("button", name="Close").click()

    expect(dialog).to_have_count(0)
    expect(at.guest.link("Book a call")).to_be_focused()
    assert [each[1] for each in at.heard("booked")] == ["it"]
    assert (locked, at.guest.page.evaluate("document.documentElement.style.overflow")) == ("hidden", "")
    assert at.guest.page.url.endswith("/")


def test_a_dialog_is_left_by_a_click_beside_it(elsewhere: Open) -> None:
    """But not by one at its own edge, where the guest has missed something within."""
    at = elsewhere(POPUP % "")
    mouse, dialog = at.guest.page.mouse, at.guest.page.get_by_role("dialog")
    at.guest.link("Book a call").click()
    at.await_("height")
    box = dialog.bounding_box() or {}

    for x in (8, box["width"] / 2):
        mouse.click(box["x"] + x, box["y"] + 12)
    mouse.click(box["x"] + 8, box["y"] + box["height"] / 2)
    still = dialog.count()
    mouse.click(box["x"] / 2, box["y"] + box["height"] / 2)

    expect(dialog).to_have_count(0)
    assert still == 1


def test_a_dialog_is_worked_by_keys(elsewhere: Open) -> None:
    """Enter opens it, Tab leads into the frame, and Escape closes it from within the frame, too."""
    at = elsewhere(POPUP % 'data-close-label="Zumachen"')
    assert eventually(lambda: at.guest.page.evaluate("Boolean(customElements.get('booker-embed'))"))
    keys = at.guest.page.keyboard
    at.guest.link("Book a call").focus()

    keys.press("Enter")
    expect(at.guest.page.get_by_role("button", name="Zumachen")).to_be_focused()
    at.await_("ready")
    at.inside.get_by_role("link", name=TUESDAY).focus()
    keys.press("Escape")

    expect(at.guest.page.get_by_role("dialog")).to_have_count(0)
    expect(at.guest.link("Book a call")).to_be_focused()
    keys.press("Enter")
    expect(at.guest.page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(at.guest.page.get_by_role("dialog")).to_have_count(0)


def test_on_a_phone_a_dialog_has_the_whole_screen(elsewhere: Open) -> None:
    """And nothing has to be scrolled sideways to."""
    at = elsewhere(POPUP % "", **PHONE)

    at.guest.link("Book a call").click()
    at.await_("height")

    box = at.guest.page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    assert at.guest.fits()


@pytest.mark.parametrize(
    ("dir", "corner", "left"),
    [("ltr", "", False), ("rtl", "", True), ("ltr", 'corner="start"', True)],
    ids=["left to right", "right to left", "the other corner"],
)
def test_a_button_floats_in_the_corner(elsewhere: Open, dir: str, corner: str, left: bool) -> None:
    """At the end of the line, whichever way that runs, without moving anything; it opens the dialog."""
    text = "<p id='text'>Text</p>"
    at = elsewhere(f"{BUTTON % corner}{text}", page={"dir": dir})
    button = at.guest.button("Book a call")
    expect(button).to_be_visible()
    box, width = button.bounding_box(), at.guest.page.evaluate("document.documentElement.clientWidth")

    button.focus()
    at.guest.page.keyboard.press("Enter")
    at.await_("ready")

    assert box is not None
    assert box["height"] >= 44
    assert (box["x"] if left else width - box["x"] - box["width"]) == pytest.approx(20, abs=1)
    assert at.guest.page.locator("#text").bounding_box()["y"] == 16  # type: ignore[index]  # it is on view
    expect(at.guest.page.get_by_role("dialog", name="Book a call")).to_be_visible()
    at.guest.page.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()
    assert at.heard("ready")[0][1] == "it"


@pytest.mark.chromium("Firefox cannot be told of forced colours")
def test_a_button_is_seen_in_forced_colours(elsewhere: Open) -> None:
    """Its edge is drawn then."""
    at = elsewhere(BUTTON % "", forced_colors="active")

    edge = at.guest.button("Book a call").evaluate("each => getComputedStyle(each).borderTopWidth")

    assert edge == "2px"


# --- in the words of other products --------------------------------------------------------------


def test_listeners_for_other_products_hear_it(elsewhere: Open) -> None:
    """Those of Cal.com as events of the window, those of Calendly as messages."""
    at = elsewhere(INLINE % 'dialect="cal calendly"')

    at.book(TUESDAY)
    at.await_("cal")

    uid = at.heard("booked")[0][2]["uid"]
    uri = f"{at.booker}/bookings/{uid}"
    messages = at.guest.page.evaluate("messages")
    calendly = [[each["event"], each["payload"]] for each in messages if "event" in each]
    cal = [each["type"] for each in messages if each.get("originator") == "CAL"]
    assert [each for each in calendly if each[0] != "calendly.page_height"] == [
        ["calendly.event_type_viewed", {}],
        ["calendly.date_and_time_selected", {}],
        ["calendly.event_scheduled", {"event": {"uri": uri}, "invitee": {"uri": uri}}],
    ]
    assert all(re.fullmatch(r"\d+px", each[1]["height"]) for each in calendly if "height" in each[1])
    assert [each for each in cal if each != "__dimensionChanged"] == [
        "linkReady",
        "bookerViewed",
        "bookerReady",
        "bookingSuccessfulV2",
    ]
    assert at.heard("cal")[0][2] == {
        "uid": uid,
        "title": "Intro call",
        "startTime": "2027-02-02T09:00:00Z",
        "endTime": "2027-02-02T09:30:00Z",
        "eventTypeId": None,
        "status": "ACCEPTED",
        "paymentRequired": False,
        "isRecurring": False,
    }


def test_who_has_not_asked_hears_our_words_alone(elsewhere: Open) -> None:
    """No message of another product's shape."""
    at = elsewhere()
    at.book(TUESDAY)
    at.await_("booked")

    assert {each.get("source") for each in at.guest.page.evaluate("messages")} == {"booker"}


# --- what goes wrong -----------------------------------------------------------------------------


def test_forged_messages_are_not_believed(elsewhere: Open) -> None:
    """What the page says to itself, and what another frame says, is nothing that happened."""
    forged = '{ source: "booker", type: "booked", detail: { uid: "forged" } }'
    cal = '{ originator: "CAL", type: "x", fullType: "CAL::bookingSuccessfulV2", data: { uid: "forged" } }'
    at = elsewhere(INLINE % "" + '<booker-embed id="second" src="BOOKER/book/check-up"></booker-embed>')
    at.await_("ready", 2)

    at.guest.page.evaluate(f"postMessage({forged}, '*'); postMessage({cal}, '*')")
    at.guest.page.frames[2].evaluate(f"parent.postMessage({forged}, '*')")
    assert eventually(
        lambda: at.guest.page.evaluate("messages.filter(each => each.detail?.uid === 'forged').length === 2")
    )
    at.pick(TUESDAY, "10:00")
    at.await_("slot-selected")

    # The second frame may say what it likes of itself, and nothing of the first.
    assert [each[1] for each in at.heard("booked")] == ["second"]
    assert at.heard("cal") == []


def test_a_frame_answers_nobody_but_the_page_around_it(elsewhere: Open) -> None:
    """Another frame, even one of the same site that asks first and in the same words, hears nothing."""
    at = elsewhere(INLINE % "")
    hello = '{ source: "booker", type: "hello", dialects: [], prefill: {} }'
    at.guest.page.evaluate("document.body.append(document.createElement('iframe'))")
    at.await_("ready")
    (other,) = (each for each in at.guest.page.frames[1:] if "127.0.0.1" not in each.url)

    other.evaluate("window.overheard = []; addEventListener('message', ({ data }) => overheard.push(data))")
    other.evaluate(f"top.it.shadowRoot.querySelector('iframe').contentWindow.postMessage({hello}, '*')")
    at.guest.page.wait_for_timeout(300)

    assert other.evaluate("overheard") == []


def test_a_page_that_is_not_allowed_shows_a_link(elsewhere: Open) -> None:
    """The browser refuses the frame; in its place the page's own link leads to the booker."""
    known = ("frame-ancestors", "postMessage", "The target origin provided")
    at = elsewhere(settings={"BOOKER_EMBED_ORIGINS": ["https://other.example"]}, expected=known)

    at.await_("failed")

    assert at.heard("failed") == [["failed", "it", {"message": "No answer"}]]
    expect(at.guest.link("Book a call")).to_be_visible()
    assert at.heard("ready") == []
    # To Firefox these are errors of the page, too.
    at.guest.complaints[:] = [each for each in at.guest.complaints if not any(text in each for text in known)]


def test_a_page_that_is_not_allowed_is_told_nothing(make_app: Callable[..., Flask], elsewhere: Open) -> None:
    """Not even where something on the way has taken away what keeps it from framing us."""
    app = make_app(BOOKER_EMBED_ORIGINS=["https://other.example"])

    def strip(response: Response) -> Response:
        del response.headers["Content-Security-Policy"]
        return response

    app.after_request(strip)
    at = elsewhere(app=app)

    at.await_("failed")

    assert at.guest.page.evaluate("messages") == []
    expect(at.inside.get_by_role("link", name=TUESDAY)).to_be_visible()


def test_a_booker_that_answers_late_takes_the_place_of_the_link(elsewhere: Open) -> None:
    """Nobody is led away from a booker that is there."""
    deaf = "addEventListener('message', event => event.stopImmediatePropagation(), true)"
    first = "performance.getEntriesByType('navigation')[0].type !== 'reload'"
    at = elsewhere(script=f"if (window !== top && {first}) {deaf};")
    link = at.guest.link("Book a call")
    at.await_("failed")
    expect(link).to_be_visible()

    at.frame.evaluate("location.reload()")
    at.await_("ready")

    expect(link).to_be_hidden()


def test_a_booker_that_is_not_there_has_failed(elsewhere: Open) -> None:
    """The page hears so, and the frame says why."""
    at = elsewhere((INLINE % 'dialect="cal"').replace("intro-call", "gone"), expected=("status of 404",))

    at.await_("failed")

    (failed,) = at.heard("failed")
    messages = at.guest.page.evaluate("messages.filter(each => each.type === 'linkFailed')")
    assert failed[2]["message"] == at.inside.get_by_role("heading", level=2).text_content()
    assert messages[0]["data"]["data"] == {"url": f"{at.booker}/book/gone"}


@pytest.mark.parametrize("mode", [INLINE, POPUP], ids=["inline", "dialog"])
def test_a_redirect_leaves_the_frame(elsewhere: Open, serve: Callable[[Flask], Server], mode: str) -> None:
    """The page of the host's takes the place of the whole page, which has heard of the booking before."""
    thanks = Flask("thanks")
    thanks.add_url_rule(
        "/thanks", "thanks", lambda: '<!DOCTYPE html><link rel="icon" href="data:,"><title>Thanks</title>'
    )
    there = serve(thanks).url.replace("127.0.0.1", "localhost")
    settings = {
        "BOOKER_EMBED_ORIGINS": ["http://localhost:*"],
        "BOOKER_REDIRECTS": Redirects(booked=Redirect(f"{there}/thanks")),
        "BOOKER_REDIRECT_ORIGINS": [there],
    }
    at = elsewhere(mode % "", settings=settings)
    keep = "addEventListener('booker:booked', ({ detail }) => { name = detail.uid; })"
    at.guest.page.evaluate(keep)
    if mode is POPUP:
        at.guest.link("Book a call").click()

    at.pick(TUESDAY, "10:00")
    at.fill()
    at.press("Confirm booking").click()

    expect(at.guest.page).to_have_title("Thanks")
    told = re.search(r"eventUid=([^&]+)", at.guest.page.url)
    at.guest.complaints[:] = [each for each in at.guest.complaints if there not in each]
    assert told is not None
