"""Each mail and calendar file is in its reader's language, with the dates and the direction of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import html5lib
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask
from icalendar import Calendar

from booker_components import create_booking
from booker_components.languages import Languages, speech
from booker_components.storage import Storage
from booker_components.subscribers.mail import Readers
from booker_components.testing import FrozenClock
from booker_components.values import Attendee, EventKind, Host, Location, LocationKind

from ..conftest import INTRO, MONDAY, TUESDAY
from ..guests import BO, Guest, form_of
from .boxes import Mailbox, content
from .desk import ADA, BOOKING, MOVED, Desk, calendar_of, event, link_mailer, mailers, series

#: A text, or those for one and for many things, or a text and its context: what it is in a language.
Texts = Mapping[str | tuple[str, str], str | tuple[str, ...]]

DATES = ("Confirmed: %(title)s, %(n)s date", "Confirmed: %(title)s, %(n)s dates")

GERMAN: Texts = {
    "Confirmed: %(title)s, %(date)s, %(time)s": "Bestätigt: %(title)s, %(date)s, %(time)s Uhr",
    DATES: ("Bestätigt: %(title)s, %(n)s Termin", "Bestätigt: %(title)s, %(n)s Termine"),
    "New booking: %(title)s with %(guest)s, %(date)s, %(time)s": (
        "Neue Buchung: %(title)s mit %(guest)s, %(date)s, %(time)s Uhr"
    ),
    "Your link: %(title)s": "Ihr Link: %(title)s",
    "Hello %(name)s,": "Guten Tag %(name)s,",
    "Your booking is confirmed": "Ihre Buchung ist bestätigt",
    "Your booking is confirmed. We look forward to meeting you.": (
        "Ihre Buchung ist bestätigt. Wir freuen uns auf Sie."
    ),
    ("booking", "What"): "Was",
    ("booking", "When"): "Wann",
    "Where": "Wo",
    "Move it": "Verschieben",
    "With %(names)s": "Mit %(names)s",
    "See, move or cancel your booking:": "Buchung ansehen, verschieben oder absagen:",
    "%(guest)s has booked your time.": "%(guest)s hat Ihre Zeit gebucht.",
}

ARABIC: Texts = {
    "Confirmed: %(title)s, %(date)s, %(time)s": "مؤكد: %(title)s، %(date)s، %(time)s",
    DATES: tuple(f"مؤكد: %(title)s، %(n)s صيغة {form}" for form in range(6)),
    "Hello %(name)s,": "مرحبًا %(name)s،",
    "Your booking is confirmed": "تم تأكيد حجزك",
    ("booking", "When"): "متى",
    "%(guest)s has booked your time.": "%(guest)s حجز وقتك.",
    "%(date)s, %(time)s": "%(date)s، %(time)s",
}

#: A language for which there are dates, and no texts of ours.
FAROESE = "fo"


def write_catalogue(folder: Path, language: str, texts: Texts) -> None:
    """Write the texts of a language as a host would put them into 'BOOKER_TRANSLATIONS'."""
    catalog = Catalog(locale=language, domain="booker", fuzzy=False)
    for english, said in texts.items():
        context, text = (None, english) if isinstance(said, tuple) or isinstance(english, str) else english
        catalog.add(text, said, context=context)
    path = folder / language / "LC_MESSAGES" / "booker.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalog)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a German and an Arabic catalogue, of a few texts each."""
    folder = tmp_path / "catalogues"
    write_catalogue(folder, "de", GERMAN)
    write_catalogue(folder, "ar", ARABIC)
    return folder


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands a day before the first slot of the apps."""
    return FrozenClock(MONDAY)


@pytest.fixture
def readers(folder: Path) -> Readers:
    """Who reads these languages, with hosts who read English."""
    return Readers(languages=Languages(folder=folder))


@pytest.fixture
def mailing(make_app: Callable[..., Flask], server: str, folder: Path) -> Callable[..., Flask]:
    """Build apps that mail and have these languages; keywords are settings."""

    def build(**config: object) -> Flask:
        settings: dict[str, object] = {
            "BOOKER_DISPATCH": "none",
            "BOOKER_EVENT_TYPES": [INTRO],
            "BOOKER_MAIL_URL": server,
            "BOOKER_MAIL_FROM": "Bookings <bookings@app.example>",
            "BOOKER_PUBLIC_URL": "https://app.example",
            "BOOKER_TRANSLATIONS": folder,
        }
        return make_app(**(settings | config))

    return build


def reading(language: str, **more: str) -> Attendee:
    """Give the guest, who reads *language*."""
    return replace(BOOKING.attendee, locale=language, **more)


def mailed(mailbox: Mailbox, address: str) -> EmailMessage:
    """Give the only mail that an address has had."""
    (mail,) = [each for each in mailbox.mails if each["To"] == address]
    return mail


def description(mail: EmailMessage) -> tuple[str, str]:
    """Give what the calendar part says about the booking, and in which language, where it tells."""
    found = calendar_of(mail)
    assert found is not None
    return str(found["description"]), found["description"].params.get("LANGUAGE", "")


# --- from an app ---------------------------------------------------------------------------------


def test_guest_who_booked_in_german_is_mailed_in_german(
    mailing: Callable[..., Flask], mailbox: Mailbox
) -> None:
    """Subject, text, page and calendar are German, with German dates; the host's mail stays English."""
    app = mailing()
    guest = Guest(app.test_client(), Accept_Language="de")
    form_of(guest, "intro-call", "2027-02-02T08:00:00Z")
    guest.send(**BO)
    app.extensions["booker"].outbox.deliver_due()

    own, host = mailed(mailbox, "bo@guest.example"), mailed(mailbox, "ada@example.com")
    assert own["Subject"] == "Bestätigt: Intro call, Dienstag, 2. Februar 2027, 09:00 – 09:30 Uhr"
    text, page = content(own, "plain"), content(own, "html")
    assert text.startswith("Guten Tag Bo Müller,\n\nIhre Buchung ist bestätigt. Wir freuen uns auf Sie.\n")
    assert "Wann:\nDienstag, 2. Februar 2027\n09:00 – 09:30\nMitteleuropäische Zeit" in text
    assert '<html lang="de" dir="ltr">' in page
    assert "<title>Ihre Buchung ist bestätigt</title>" in page
    said, language = description(own)
    assert said.startswith("Mit Ada Lovelace\n\nBuchung ansehen, verschieben oder absagen:\nhttps://")
    assert language == "de"
    assert host["Subject"] == "New booking: Intro call with Bo Müller, Tuesday 2 February 2027, 09:00 – 09:30"
    assert '<html lang="en" dir="ltr">' in content(host, "html")


def test_downloaded_calendar_file_speaks_as_the_page_does(mailing: Callable[..., Flask]) -> None:
    """Whoever downloads it reads it in the language of the request."""
    app = mailing()
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, **BO)
    address = f"/bookings/{booking.uid}.ics"

    files = [
        app.test_client().get(address, headers={"Accept-Language": each}).get_data() for each in ("de", "en")
    ]

    found = [Calendar.from_ical(each).walk("VEVENT")[0]["description"] for each in files]
    assert [str(each).partition("\n")[0] for each in found] == ["Mit Ada Lovelace", "With Ada Lovelace"]
    assert [each.params["LANGUAGE"] for each in found] == ["de", "en"]


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        pytest.param({}, "en", id="English by itself"),
        pytest.param({"BOOKER_LANGUAGES": ["de", "en", "ar"]}, "de", id="the first"),
        pytest.param({"BOOKER_LANGUAGE": "ar"}, "ar", id="the one"),
        pytest.param(
            {"BOOKER_LANGUAGE": lambda request: "ar", "BOOKER_LANGUAGES": ["de", "ar"]}, "de", id="by request"
        ),
    ],
)
def test_hosts_are_mailed_as_the_app_speaks_first(
    settings: dict[str, object], language: str, mailing: Callable[..., Flask], mailbox: Mailbox
) -> None:
    """Whatever the guest reads; a function of the request cannot be asked where there is none."""
    app = mailing(**settings)
    with app.app_context():
        create_booking("intro-call", TUESDAY, locale="de" if language == "ar" else "ar", **BO)
    app.extensions["booker"].outbox.deliver_due()

    assert f'<html lang="{language}"' in content(mailed(mailbox, "ada@example.com"), "html")


def test_guest_whose_language_is_not_spoken_reads_the_one_of_the_app(
    mailing: Callable[..., Flask], mailbox: Mailbox
) -> None:
    """An app that speaks one language to everybody mails it, too."""
    app = mailing(BOOKER_LANGUAGE="ar")
    with app.app_context():
        create_booking("intro-call", TUESDAY, locale=FAROESE, **BO)
    app.extensions["booker"].outbox.deliver_due()

    assert '<html lang="ar" dir="rtl">' in content(mailed(mailbox, "bo@guest.example"), "html")


def test_mail_leaves_the_language_of_its_thread_alone(
    mailing: Callable[..., Flask], mailbox: Mailbox
) -> None:
    """What is done after it speaks as before."""
    app = mailing()
    with app.app_context():
        create_booking("intro-call", TUESDAY, locale="de", **BO)
    app.extensions["booker"].outbox.deliver_due()

    assert len(mailbox.mails) == 2
    assert speech().tag == "en"


# --- each mail -----------------------------------------------------------------------------------


def test_arabic_is_read_from_the_right(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """Direction and sides are mirrored, also where a program drops the page around the card."""
    mailers(server, desk, storage, clock, readers=readers)[0](
        event(replace(BOOKING, attendee=reading("ar"), guests=()))
    )

    (mail,) = mailbox.mails
    page = content(mail, "html")
    html5lib.HTMLParser(strict=True).parse(page)
    assert '<html lang="ar" dir="rtl">' in page
    assert '<div class="card" lang="ar" dir="rtl" style="' in page
    assert "text-align:right" in page
    assert "margin:0 0 8px 8px" in page
    assert 'مرحبًا <span dir="auto">\u2068Grace Guest\u2069</span>،' in page
    assert mail["Subject"].startswith("مؤكد: Intro call، الخميس، 12 مارس 2026، ")
    assert "متى:\nالخميس، 12 مارس 2026\n" in content(mail, "plain")


def test_numbers_keep_their_order_among_arabic(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """A telephone number would be read from its end."""
    number = Location(kind=LocationKind.ATTENDEE_PHONE, value="+977 1 444555", label="اتصال")
    booking = replace(BOOKING, attendee=reading("ar"), guests=(), location=number)
    arabic = replace(readers, app_language="ar")

    for subscriber in mailers(server, desk, storage, clock, readers=arabic):
        subscriber(event(booking))

    own, host = mailbox.mails
    assert "اتصال, \u200e+977 1 444555" in content(own, "plain")
    assert "grace@guest.example\n\u200e+977 1 444555\n" in content(host, "plain")
    assert '<br><span dir="ltr">+977 1 444555</span>' in content(host, "html")


def test_names_and_sentences_do_not_turn_each_other_round(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """A sentence that begins with a name is still read from the side of its own language."""
    arabic = replace(BOOKING, attendee=reading("en", name="غريس"), guests=())
    english = replace(BOOKING, attendee=reading("ar"), guests=())

    mailers(server, desk, storage, clock, readers=readers)[1](event(arabic))
    mailers(server, desk, storage, clock, readers=replace(readers, app_language="ar"))[1](
        event(english, id="e-2")
    )

    first, second = (content(mail, "plain") for mail in mailbox.mails)
    assert "\n\u2068غريس\u2069 has booked your time.\n" in first
    assert "\n\u2068Grace Guest\u2069 حجز وقتك.\n" in second
    assert not any("\u2068" in mail["Subject"] for mail in mailbox.mails)
    # Nor is there a blank in their place.
    assert "with غريس, " in mailbox.mails[0]["Subject"]


def test_language_that_is_not_spoken_is_english_with_the_dates_of_its_territory(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, folder: Path
) -> None:
    """A guest from Germany reads the clock of 24 hours, one from the United States that of twelve."""
    english = Readers(languages=Languages(folder=folder, only=("en",)))
    guests, _ = mailers(server, desk, storage, clock, readers=english)

    guests(event(replace(BOOKING, attendee=reading("de-DE"), guests=())))
    guests(event(replace(BOOKING, attendee=reading("es-US"), guests=()), id="e-2"))

    german, american = (content(mail, "plain") for mail in mailbox.mails)
    assert "When:\nThursday 12 March 2026\n14:45 – 15:15\n" in german
    assert "When:\nThursday, March 12, 2026\n2:45\u00a0PM – 3:15\u00a0PM\n" in american
    assert all('<html lang="en"' in content(mail, "html") for mail in mailbox.mails)


def test_text_that_is_missing_or_in_doubt_is_english_by_itself(
    server: str,
    desk: Desk,
    storage: Storage,
    clock: FrozenClock,
    mailbox: Mailbox,
    folder: Path,
) -> None:
    """A catalogue that knows a few texts gives these, and the dates; the others are English."""
    write_catalogue(
        folder,
        FAROESE,
        {("booking", "When"): "Nær", ("booking", "What"): "", "Hello %(name)s,": "Hey %(name)s,"},
    )
    catalogue = folder / FAROESE / "LC_MESSAGES" / "booker.po"
    doubtful = '#, fuzzy, python-format\nmsgid "Hello'
    catalogue.write_text(catalogue.read_text().replace('#, python-format\nmsgid "Hello', doubtful))
    readers = Readers(languages=Languages(folder=folder))

    mailers(server, desk, storage, clock, readers=readers)[0](
        event(replace(BOOKING, attendee=reading(FAROESE), guests=()))
    )

    (mail,) = mailbox.mails
    assert "Hello Grace Guest,\n\nYour booking is confirmed." in content(mail, "plain")
    assert "What:\nIntro call\n\nNær:\nhósdagur, 12. mars 2026\n" in content(mail, "plain")
    assert mail["Subject"].startswith("Confirmed: Intro call, hósdagur, 12. mars 2026, ")


def test_dates_of_a_series_are_counted_as_the_language_counts(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """Arabic has a form for three to ten; each date's entry in the file speaks it too."""
    guests, _ = mailers(server, desk, storage, clock, readers=readers)

    for language, id in (("de", "e-1"), ("ar", "e-2")):
        for each in series()[:1]:
            guests(event(replace(each, attendee=reading(language), guests=(), series=language), id=id))

    german, arabic = mailbox.mails
    assert german["Subject"] == "Bestätigt: Intro call, 3 Termine"
    assert arabic["Subject"] == "مؤكد: Intro call، 3 صيغة 3"
    (part,) = [each for each in german.walk() if each.get_filename()]
    assert isinstance(part, EmailMessage)
    entries = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert [str(each["description"]).partition("\n")[0] for each in entries] == ["Mit Ada Example"] * 3


def test_whoever_was_invited_reads_as_whoever_booked(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """Of the others nothing but the address is known."""
    mailers(server, desk, storage, clock, readers=readers)[0](event(replace(BOOKING, attendee=reading("de"))))

    assert ["Wann:\nDonnerstag, 12. März 2026" in content(mail, "plain") for mail in mailbox.mails] == [
        True
    ] * 2


def test_new_link_is_mailed_in_the_guests_language(
    server: str, desk: Desk, mailbox: Mailbox, readers: Readers
) -> None:
    """Whoever has lost it reads as when booking."""
    link_mailer(server, desk, readers=readers)(
        event(replace(BOOKING, attendee=reading("de")), EventKind.LINK_REQUESTED)
    )

    (mail,) = mailbox.mails
    assert mail["Subject"] == "Ihr Link: Intro call"
    assert "\nDonnerstag, 12. März 2026\n" in content(mail, "plain")
    assert '<html lang="de"' in content(mail, "html")


def test_links_name_no_language(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """The page speaks as the browser asks, which may by then be another one."""
    mailers(server, desk, storage, clock, readers=readers)[0](
        event(replace(BOOKING, attendee=reading("de"), guests=()))
    )

    assert "lang=" not in content(mailbox.mails[0], "plain")


def test_titles_and_places_are_in_no_language_of_ours(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """The hosts wrote them; nor does what a guest typed become German by standing in a host's calendar."""
    for subscriber in mailers(server, desk, storage, clock, readers=replace(readers, app_language="de")):
        subscriber(event(replace(BOOKING, title="What", attendee=reading("de"), guests=())))

    own, host = (calendar_of(mail) for mail in mailbox.mails)
    assert own is not None
    assert host is not None
    assert "Was:\nWhat\n" in content(mailbox.mails[0], "plain")
    assert own["summary"] == "What"
    assert [name for name in own if getattr(own[name], "params", {}).get("LANGUAGE")] == ["DESCRIPTION"]
    assert "LANGUAGE" not in host["description"].params


def test_hosts_are_listed_as_the_language_lists(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """With its own word and comma before the last."""
    hosts = (ADA, Host(slug="eve", name="Eve", zone="UTC"), Host(slug="bo", name="Bo", zone="UTC"))

    mailers(server, desk, storage, clock, readers=readers)[0](
        event(replace(BOOKING, hosts=hosts, attendee=reading("de"), guests=()))
    )

    assert "\nAda Example, Eve und Bo\n" in content(mailbox.mails[0], "plain")
    assert description(mailbox.mails[0])[0].startswith("Mit Ada Example, Eve und Bo\n")


def test_joiners_of_letters_stay_in_subjects(
    server: str, desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """Persian parts letters by them, emoji are joined by them; what turns a line round is taken out."""
    title = "می\u200cخواهم 👩\u200d💻 \u202eabc"

    mailers(server, desk, storage, clock, readers=readers)[0](event(replace(BOOKING, title=title, guests=())))

    assert "می\u200cخواهم 👩\u200d💻 abc" in mailbox.mails[0]["Subject"]


# --- at the same time ----------------------------------------------------------------------------


class Waiting(Desk):
    """A desk at which every template is filled by two writers at the same time."""

    def __post_init__(self) -> None:
        """Let each wait for the other."""
        super().__post_init__()
        self.both = threading.Barrier(2)

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Fill a template once both have come to it."""
        self.both.wait(30)
        return super().render(name, values)


def test_two_workers_do_not_mix_their_languages(
    server: str, storage: Storage, clock: FrozenClock, mailbox: Mailbox, readers: Readers
) -> None:
    """Each thread speaks by itself, from the subject to the last line of the calendar."""
    desk = Waiting()
    guests, _ = mailers(server, desk, storage, clock, readers=readers)
    threads = [
        threading.Thread(
            target=guests,
            args=(event(replace(MOVED, uid=language, attendee=attendee, guests=()), id=language),),
        )
        for language in ("de", "ar")
        if (attendee := reading(language, email=f"{language}@guest.example"))
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    german, arabic = mailed(mailbox, "de@guest.example"), mailed(mailbox, "ar@guest.example")
    assert german["Subject"].startswith("Bestätigt: Intro call, Freitag, 13. März 2026, ")
    assert arabic["Subject"].startswith("مؤكد: Intro call، الجمعة، 13 مارس 2026، ")
    assert '<html lang="de" dir="ltr">' in content(german, "html")
    assert '<html lang="ar" dir="rtl">' in content(arabic, "html")
    assert "Wann:" in content(german, "plain")
    assert "متى:" in content(arabic, "plain")
    assert description(german)[1] == "de"
    assert description(arabic)[1] == "ar"
