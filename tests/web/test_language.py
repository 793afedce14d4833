"""Which language is spoken to a visitor, how it is kept from page to page, and how it is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template, render_template_string, request
from flask.testing import FlaskClient
from flask_babel import Babel
from markupsafe import Markup

from booker_components import Approval, booking_link, create_booking
from booker_components.languages import speaking
from booker_components.web import language
from booker_components.web.language import keeping
from booker_components.web.runtime import runtime

from ..conftest import INTRO, TUESDAY
from ..guests import BO, Guest
from ..pages import Page

MakeApp = Callable[..., Flask]

GUEST = {"name": "Bo Ek", "email": "bo@example.org", "zone": "Asia/Tokyo"}
TEXTS = {
    "de": {
        "Online booking": "Terminbuchung",
        "Your booking is confirmed": "Der Termin ist bestätigt",
        "Cancel this booking?": "Diesen Termin absagen?",
        "This booking was cancelled": "Der Termin wurde abgesagt",
        "For the host: %(date)s, %(time)s, %(zone)s": "Beim <b>Gastgeber</b>: %(date)s, %(time)s, %(zone)s",
        "Not found": "Nicht <i>gefunden</i>",
    },
    "pt_BR": {"Online booking": "Agendamento online"},
    "he": {"Online booking": "קביעת תור"},
}


def lay_catalogues(folder: Path) -> Path:
    """Write a catalogue for each language; give the folder for 'BOOKER_TRANSLATIONS'."""
    for name, texts in TEXTS.items():
        path = folder / name / "LC_MESSAGES" / "booker.po"
        path.parent.mkdir(parents=True)
        entries = "".join(f'\nmsgid "{english}"\nmsgstr "{said}"\n' for english, said in texts.items())
        path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n' + entries, "utf-8")
    return folder


@pytest.fixture
def make_speaking(make_app: MakeApp, tmp_path: Path) -> MakeApp:
    """Build apps that speak English, German, Hebrew and the Portuguese of Brazil."""
    folder = lay_catalogues(tmp_path / "texts")

    def build(**settings: Any) -> Flask:
        spoken = {"BOOKER_TRANSLATIONS": folder, "BOOKER_LANGUAGES": ["en", "de", "he", "pt-BR"]}
        return make_app(**spoken | {"BOOKER_DISPATCH": "none"} | settings)

    return build


def lang_of(client: FlaskClient, address: str = "/book/intro-call", **headers: str) -> str:
    """Give the language that a page says it is in."""
    page = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return str(Page.of(page).tree.get("lang"))


def booked(app: Flask, **more: Any) -> str:
    """Make a booking in the app, and give its uid."""
    with app.app_context():
        return create_booking("intro-call", TUESDAY, **GUEST, **more).uid


def link(app: Flask, uid: str, purpose: str = "manage") -> str:
    """Give a link to a booking."""
    with app.app_context():
        return booking_link(uid, purpose)


# --- who decides ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "query", "header", "spoken"),
    [
        ("", "", "", "en"),
        ("", "", "de;q=0.8, fr", "de"),
        ("", "", "fr", "en"),
        ("", "", "pt-PT, de;q=0.5", "pt-BR"),
        ("", "?lang=he", "de", "he"),
        ("", "?lang=iw", "de", "he"),
        ("de", "", "he", "de"),
        ("de", "?lang=pt-BR", "he", "pt-BR"),
        (lambda request: request.headers.get("X-Lang"), "", "he", "he"),
        (lambda request: "de", "", "he", "de"),
        (lambda request: "de", "?lang=he", "", "he"),
        (lambda request: "xx", "", "", "en"),
    ],
    ids=[
        "nobody",
        "the browser",
        "not spoken",
        "a relative",
        "the address",
        "an old name",
        "the host",
        "the address before the host",
        "a function that does not mind",
        "a function",
        "the address before a function",
        "a function that is wrong",
    ],
)
def test_the_address_decides_then_the_host_then_the_browser(
    make_speaking: MakeApp, setting: Any, query: str, header: str, spoken: str
) -> None:
    """And of what the browser asks for, the best that is spoken."""
    app = make_speaking(BOOKER_LANGUAGE=setting)

    found = lang_of(app.test_client(), f"/book/intro-call{query}", Accept_Language=header)

    assert found == spoken


def test_a_function_sees_the_request(make_speaking: MakeApp) -> None:
    """Hosts know their users' languages from sessions, cookies or paths."""
    app = make_speaking(BOOKER_LANGUAGE=lambda request: request.headers.get("X-Lang"))

    assert lang_of(app.test_client(), X_Lang="de", Accept_Language="he") == "de"


def test_flask_babel_decides_where_it_is_in_use(make_speaking: MakeApp) -> None:
    """A host with languages of its own need not say so twice."""
    app = make_speaking()
    Babel(app, locale_selector=lambda: request.headers.get("X-Lang", "pt_BR"))
    client = app.test_client()

    assert lang_of(client, Accept_Language="he") == "pt-BR"
    assert lang_of(client, X_Lang="de") == "de"
    assert lang_of(client, "/book/intro-call?lang=he", X_Lang="de") == "he"


def test_the_default_of_flask_babel_counts(make_speaking: MakeApp) -> None:
    """The host's own pages are in it, whatever the browser asks for."""
    app = make_speaking()
    Babel(app, default_locale="de")

    assert lang_of(app.test_client(), Accept_Language="he") == "de"


@pytest.mark.parametrize(
    "tag",
    ["xx", "de'><script>", "../de", "e" * 5000, "de_de_de_de_de_de", "%00", "\u0434\u0435"],
    ids=["unknown", "markup", "path", "long", "parts", "null", "letters"],
)
def test_what_is_no_language_is_passed_over(make_speaking: MakeApp, tag: str) -> None:
    """It comes from the address, so it is never printed."""
    client = make_speaking().test_client()

    response = client.get("/book/intro-call", query_string={"lang": tag}, headers={"Accept-Language": "he"})

    assert response.status_code == 200
    assert Page.of(response).tree.get("lang") == "he"
    assert tag not in response.text.replace('lang="de"', "")
    assert f"lang={tag}" not in response.text


def test_what_is_too_long_is_refused_in_words_of_the_language(make_speaking: MakeApp) -> None:
    """A form may name the language, and can be too long to be read."""
    client = make_speaking().test_client()
    asking = {"Accept-Language": "de"}

    answer = client.post("/book/intro-call", data={"notes": "x" * 300_000, "lang": "he"}, headers=asking)

    assert answer.status_code == 413
    assert Page.of(answer).tree.get("lang") == "de"


def test_pages_say_their_language_and_direction(make_speaking: MakeApp) -> None:
    """The page and the widget in it, which may stand in a page of the other direction."""
    page = Page.of(make_speaking().test_client().get("/book/intro-call?lang=he"))

    widget = next(page.tree.iter("section"))
    assert [(each.get("lang"), each.get("dir")) for each in (page.tree, widget)] == [("he", "rtl")] * 2


@pytest.mark.parametrize(
    ("query", "header", "locale"),
    [
        ("", "en-US", "en_US"),
        ("?lang=en", "en-AU, de;q=0.5", "en_AU"),
        ("?lang=en", "de", "en_DE"),
        ("?lang=en", "", "en_GB"),
        ("?lang=de", "en-US", "de_DE"),
        ("?lang=de-CH", "en-US", "de_CH"),
    ],
    ids=["not chosen", "of the same language", "of another", "nobody's", "without it", "chosen"],
)
def test_whoever_chooses_a_language_keeps_the_territory(
    make_speaking: MakeApp, query: str, header: str, locale: str
) -> None:
    """A German who reads English still knows no "pm"."""
    app = make_speaking()

    with app.test_request_context(f"/book/intro-call{query}", headers={"Accept-Language": header}):
        assert str(language.visitors(_parts(app)).locale) == locale


# --- how it is kept ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/bookings/1", "/bookings/1?lang=de"),
        ("/bookings/1?token=a.b-c", "/bookings/1?token=a.b-c&lang=de"),
        ("/bookings/1?lang=he&token=a", "/bookings/1?lang=he&token=a"),
    ],
    ids=["plain", "with a token", "already"],
)
def test_addresses_keep_the_language(make_speaking: MakeApp, address: str, kept: str) -> None:
    """Only where the visitor's address names one: else the browser asks for it each time."""
    app = make_speaking()

    with app.test_request_context("/book/intro-call?lang=de"), speaking(language.visitors(_parts(app))):
        named = keeping(address)
    asking = {"Accept-Language": "de"}
    with app.test_request_context("/", headers=asking), speaking(language.visitors(_parts(app))):
        plain = keeping(address)

    assert named == kept
    assert plain == address


def test_addresses_keep_the_territory(make_speaking: MakeApp) -> None:
    """Dates follow it."""
    app = make_speaking()

    with app.test_request_context("/?lang=de_at"), speaking(language.visitors(_parts(app))):
        assert keeping("/bookings/1") == "/bookings/1?lang=de-AT"
    assert keeping("/bookings/1") == "/bookings/1"


def test_guests_go_on_in_the_language_that_they_chose(make_speaking: MakeApp) -> None:
    """From the calendar to the booking, to the form that cancels it and to what then stands."""
    guest = Guest(make_speaking().test_client(), Accept_Language="he")

    guest.open("/book/intro-call?lang=de&slot=2027-02-02T08:00:00Z&tz=Asia/Tokyo")
    headlines = [guest.send(**BO).headline(), guest.follow("/cancel/").headline()]
    headlines.append(guest.send().headline())
    again = guest.page.links("/book/")

    assert headlines == [
        "Der Termin ist bestätigt",
        "Diesen Termin absagen?",
        "Der Termin wurde abgesagt",
    ]
    assert all(each.endswith("lang=de") for each in again)


def test_every_way_on_keeps_the_language(make_speaking: MakeApp) -> None:
    """Also those that need no headline: the calendar file, moving, and back."""
    app = make_speaking()
    guest = Guest(app.test_client())

    guest.open(f"{link(app, booked(app))}&lang=de")
    ways = [each for each in guest.page.links("/") if each.startswith("/")]
    cancel = guest.follow("/cancel/")
    ways += [*cancel.links("/bookings/"), cancel.form()[0]]

    assert len(ways) >= 5
    assert all("lang=de" in each for each in ways)


def test_hosts_decide_in_the_language_that_they_chose(make_speaking: MakeApp) -> None:
    """The form leads back to the same page."""
    app = make_speaking(BOOKER_EVENT_TYPES=[replace(INTRO, approval=Approval())])
    host = Guest(app.test_client())

    host.open(f"{link(app, booked(app), 'decide')}&lang=de")
    action, fields = host.page.form()
    host.post(action, fields | {"decision": "confirm"})

    assert "lang=de" in action
    assert host.statuses == [200, 303, 200]
    assert "lang=de" in host.addresses[-1]


def test_widgets_in_pages_of_the_host_keep_what_it_speaks(make_speaking: MakeApp) -> None:
    """A host's path may name the language, and our own pages have other paths."""
    app = make_speaking()
    Babel(app, locale_selector=lambda: (request.view_args or {}).get("lang_code", "en"))
    uid = booked(app)
    app.add_url_rule(
        "/<lang_code>/mine",
        "mine",
        lambda lang_code: render_template_string("{{ booker.booking(uid) }}", uid=uid),
    )

    page = Page.of(app.test_client().get("/de/mine"))

    assert page.headline() == "Der Termin ist bestätigt"
    assert all("lang=de" in each for each in page.links("/cancel/"))
    assert page.links("/cancel/")


# --- the switch ----------------------------------------------------------------------------------


def _parts(app: Flask) -> Any:
    with app.app_context():
        return runtime()


def _choices(app: Flask, address: str, **options: Any) -> list[tuple[str, str, bool]]:
    with app.test_request_context(address, **options), speaking(language.visitors(_parts(app))):
        return [(each.label, each.href, each.current) for each in language.choices(_parts(app))]


def test_visitors_choose_among_the_languages(make_speaking: MakeApp) -> None:
    """Each by its own name; what the address says otherwise stays, tokens to the letter."""
    app = make_speaking(BOOKER_LANGUAGE_SWITCH=True)

    found = _choices(app, "/bookings/b-1?token=W10.x-y_z&lang=de&tz=Europe/Paris&name=M%C3%BCller%26")

    address = "/bookings/b-1?token=W10.x-y_z&tz=Europe/Paris&name=M%C3%BCller%26&lang="
    assert found == [
        ("English", f"{address}en", False),
        ("Deutsch", f"{address}de", True),
        ("עברית", f"{address}he", False),
        ("Português (Brasil)", f"{address}pt-BR", False),
    ]


@pytest.mark.parametrize(
    ("address", "method", "href"),
    [
        ("/book/intro-call", "GET", "/book/intro-call?lang=en"),
        ("/book/intro-call?l%61ng=de&lang=he", "GET", "/book/intro-call?lang=en"),
        ("/book/intro-call?date=2027-02-02", "POST", "/book/intro-call?date=2027-02-02&lang=en"),
        ("/cancel/1?token=x", "POST", "/cancel/1?token=x&lang=en"),
        ("/bookings/1/link?lang=de", "POST", "/bookings/1?lang=en"),
        ("/bookings/return?uid=1", "GET", None),
        ("/oauth/calcom/callback?code=c&state=s", "GET", None),
        ("/nothing", "GET", None),
    ],
    ids=[
        "plain",
        "twice",
        "form",
        "cancelling",
        "a new link",
        "a vendor's way back",
        "an account",
        "nothing",
    ],
)
def test_the_choice_leads_to_pages_that_can_be_opened(
    make_speaking: MakeApp, address: str, method: str, href: str | None
) -> None:
    """Never to what acts, and never with what a form has sent."""
    app = make_speaking(BOOKER_LANGUAGE_SWITCH=True)

    found = _choices(app, address, method=method, data={"name": "Bo"} if method == "POST" else None)

    assert (found[0][1] if found else None) == href


@pytest.mark.parametrize(
    "settings",
    [{}, {"BOOKER_LANGUAGE_SWITCH": True, "BOOKER_LANGUAGES": ["de"]}],
    ids=["not wanted", "one language"],
)
def test_there_is_no_choice_where_none_is_wanted(make_speaking: MakeApp, settings: dict[str, Any]) -> None:
    """Nor where there is none."""
    assert _choices(make_speaking(**settings), "/book/intro-call") == []


def test_the_choice_reads_in_every_language(make_speaking: MakeApp) -> None:
    """Screen readers pronounce each name as its own language does, and hear which one is on view."""
    app = make_speaking(BOOKER_LANGUAGE_SWITCH=True)
    parts = _parts(app)

    with app.test_request_context("/book/intro-call?lang=de"), speaking(language.visitors(parts)):
        markup = render_template("booker/_languages.html", languages=language.choices(parts))
        nothing = render_template("booker/_languages.html", languages=())

    assert '<a class="bk-languages__link" href="/book/intro-call?lang=he" lang="he" hreflang="he"' in markup
    assert markup.count('aria-current="true"') == 1
    assert not nothing.strip()


def test_pages_offer_the_choice_and_widgets_do_not(make_speaking: MakeApp) -> None:
    """It stands under the widget of our own page, and marks the language of that page alone."""
    client = make_speaking(BOOKER_LANGUAGE_SWITCH=True).test_client()
    htmx = {"HX-Request": "true", "HX-Target": "bk-booker"}

    english, german = (client.get(f"/book/intro-call?lang={tag}").text for tag in ("en", "de"))
    widget = client.get("/book/intro-call?lang=de", headers=htmx).text

    assert "bk-languages" not in widget
    assert 'hreflang="de" aria-current="true"' in german
    assert 'hreflang="en" aria-current="true"' in english
    assert english.count("bk-languages__link") == german.count("bk-languages__link") > 3


# --- what catalogues may do ----------------------------------------------------------------------


def test_translations_are_no_markup(make_speaking: MakeApp) -> None:
    """Neither alone nor with markup of ours among their values."""
    app = make_speaking()
    client = app.test_client()

    missing = client.get("/bookings/nope/nope?lang=de").text + client.get("/bookings/%00?lang=de").text
    page = client.get(f"{link(app, booked(app))}&lang=de").text

    assert "<i>" not in missing
    assert "Beim &lt;b&gt;Gastgeber&lt;/b&gt;: " in page


def test_markup_among_the_values_stays() -> None:
    """And whatever else is put in is escaped."""
    said = language.text("%(one)s & %(other)s", one=Markup("<b>1</b>"), other="<i>")

    assert said == "<b>1</b> &amp; &lt;i&gt;"
    assert language.text("%(one)s & 2", one="<i>") == "<i> & 2"
    assert language.plural("%(n)s <b>", "%(n)s <i>", 2) == "2 <i>"
    assert language.in_context("booking", "Host") == "Host"
