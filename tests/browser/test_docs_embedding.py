"""What docs/embedding.md says is true: each example shows a booker, and its tables name what there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import expect

from booker_components.settings import read_settings

from .partners import EVENTS, Elsewhere, opened, site
from .servers import Server
from .visits import TUESDAY, Visit

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "embedding.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


SCRIPT, INLINE, POPUP, BUTTON, TOLD, HEARD, DIALECTS = blocks("html")

_OWN = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Partner</title>
  <link rel="icon" href="data:,">
  {{ booker.head() }}
</head>
<body>EXAMPLE</body>
</html>"""


@pytest.fixture
def club(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Server], visit: Callable[..., Visit]
) -> Callable[..., Elsewhere]:
    """Show examples on the page of another site, under the policy that the page asks for."""

    def start(*examples: str) -> Elsewhere:
        booker = serve(make_app(BOOKER_EMBED_ORIGINS=["http://localhost:*"]))
        parts = "".join((SCRIPT, *examples)).replace("https://booking.example", "BOOKER")
        # The examples write down what a page would have in a file.
        body, scripts = (
            re.sub(r"<script>.*?</script>", "", parts, flags=re.DOTALL),
            re.findall(r"<script>(.*?)</script>", parts, re.DOTALL),
        )
        return opened(site(body, booker.url), booker, serve, visit, script="".join(scripts))

    return start


@pytest.mark.parametrize("example", [INLINE, TOLD], ids=["within the page", "told"])
def test_a_booker_stands_in_the_page(club: Callable[..., Elsewhere], example: str) -> None:
    """As the examples write it."""
    at = club(example)

    at.pick(TUESDAY, "10:00")

    name = "Grace Hopper" if example is TOLD else ""
    expect(at.inside.get_by_label("Your name", exact=True)).to_have_value(name)
    expect(at.iframe).to_have_attribute("title", "Book a call")
    at.close()


@pytest.mark.parametrize("example", [POPUP, BUTTON], ids=["link", "button"])
def test_a_booker_stands_in_a_dialog(club: Callable[..., Elsewhere], example: str) -> None:
    """As the examples write it."""
    at = club(example)

    at.guest.link("Book a call").or_(at.guest.button("Book a call")).click()

    expect(at.guest.page.get_by_role("dialog", name="Book a call")).to_be_visible()
    expect(at.inside.get_by_role("heading", name="Intro call")).to_be_visible()
    at.close()


def test_the_page_hears_of_a_booking(club: Callable[..., Elsewhere]) -> None:
    """By our word."""
    at = club(INLINE, HEARD)

    at.book(TUESDAY)

    expect(at.guest.page).to_have_title("Booked: Intro call, 2027-02-02T09:00:00Z")
    at.close()


def test_the_page_hears_of_a_booking_in_other_words(club: Callable[..., Elsewhere]) -> None:
    """By those of both products."""
    at = club(DIALECTS)

    at.book(TUESDAY)

    expect(at.guest.page).to_have_title("Booked: Intro call, 2027-02-02T09:00:00Z")
    expect(at.guest.page.locator("body")).to_have_attribute("data-scheduled", re.compile("/bookings/"))
    at.close()


@pytest.mark.parametrize("example", blocks("jinja"), ids=["in the page", "in a dialog", "lazily"])
def test_a_booker_stands_in_a_template(
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], Server],
    visit: Callable[..., Visit],
    example: str,
) -> None:
    """And in its dialog, which the browser opens where it knows how to."""
    app = make_app()
    source = _OWN.replace("EXAMPLE", example.replace("{{ booker.head() }}", ""))
    app.add_url_rule("/host", "host", lambda: render_template_string(source))
    guest = visit(serve(app)).open("/host")
    guest.page.evaluate("document.querySelector('dialog')?.showModal()")

    guest.pick(TUESDAY, "10:00")
    guest.fill()
    guest.button("Confirm booking").click()

    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    assert guest.page.url.endswith("/host")


def test_the_settings_are_settings() -> None:
    """With the origins of the example."""
    app = Flask("partner")
    app.config["SECRET_KEY"] = "k" * 40
    (example,) = blocks("python")

    exec(example, {"app": app})

    assert read_settings(app.config).embed_origins == ["https://club.example", "https://*.club.example"]


def test_the_tables_name_what_there_is() -> None:
    """Every event, and every attribute that the script asks for."""
    script = (ROOT / "static" / "embed.js").read_text()
    rows = set(re.findall(r"^\| `([^`]+)`", PAGE, re.MULTILINE))

    asked = set(re.findall(r"option\([\w.]+, \"([\w-]+)\"\)", script))

    assert {each.removeprefix("booker:") for each in rows if each.startswith("booker:")} == set(EVENTS)
    assert asked | {"src", "lang", "corner", "data-prefill-<question>"} == {
        each for each in rows if not each.startswith("booker:")
    }
