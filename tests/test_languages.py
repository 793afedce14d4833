"""Languages: which one a visitor is spoken to in, what a text is called there, and whom it is kept from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel

from booker_components import ConfigurationError
from booker_components.languages import (
    N_,
    SOURCE,
    Languages,
    Speech,
    gettext,
    ngettext,
    pgettext,
    speaking,
    speech,
)

from . import translating
from .conftest import INTRO

MakeApp = Callable[..., Flask]

#: One that each page of ours has, in some languages.
HEADING = "Online booking"
HEADINGS = {
    "de": "Online buchen",
    "fr": "Réservation en ligne",
    "pt_BR": "Agendamento",
    "pt_PT": "Marcação",
    "zh_Hans": "在线预约",
    "zh_Hant": "線上預約",
    "nb": "Bestilling",
    "es": "Reserva",
    "he": "הזמנה",
    "ar": "الحجز",
}


def lay(folder: Path, texts: Mapping[str, str], language: str, *, more: str = "") -> Path:
    """Write a catalogue into *folder*, and give that."""
    path = folder / language / "LC_MESSAGES" / "booker.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = translating.written(translating.begun(language), language)
    entries = "".join(f'\nmsgid "{english}"\nmsgstr "{text}"\n' for english, text in texts.items())
    path.write_text(header + entries + more, "utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's folder with a catalogue for each of `HEADINGS`."""
    folder = tmp_path_factory.mktemp("translations")
    for language, text in HEADINGS.items():
        lay(folder, {HEADING: text}, language)
    return folder


@pytest.fixture
def languages(folder: Path) -> Languages:
    """English and those of `HEADINGS`, and no more, whatever else there is."""
    return Languages(folder=folder, only=("en", *(name.replace("_", "-") for name in HEADINGS)))


# --- who is spoken to how ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "tag", "locale"),
    [
        (["de"], "de", "de_DE"),
        (["de-AT"], "de", "de_AT"),
        (["DE-at"], "de", "de_AT"),
        (["de_CH"], "de", "de_CH"),
        (["de-DE-1996"], "de", "de_DE"),
        (["fr-CA"], "fr", "fr_CA"),
        (["no"], "nb", "nb_NO"),
        (["nn-NO"], "nb", "nb_NO"),
        (["iw"], "he", "he_IL"),
        (["es-419"], "es", "es_ES"),
        (["es-MX"], "es", "es_MX"),
        (["pt"], "pt-BR", "pt_BR"),
        (["pt-AO"], "pt-PT", "pt_AO"),
        (["pt-PT"], "pt-PT", "pt_PT"),
        (["zh"], "zh-Hans", "zh_Hans_CN"),
        (["zh-CN"], "zh-Hans", "zh_Hans_CN"),
        (["zh-SG"], "zh-Hans", "zh_Hans_SG"),
        (["zh-TW"], "zh-Hant", "zh_Hant_TW"),
        (["zh-HK"], "zh-Hant", "zh_Hant_HK"),
        (["zh-Hant"], "zh-Hant", "zh_Hant_TW"),
        (["zh-Hant-HK"], "zh-Hant", "zh_Hant_HK"),
        (["ar-EG"], "ar", "ar_EG"),
        (["en"], "en", "en_US"),
        (["en-GB"], "en", "en_GB"),
        (["en-u-ca-gregory"], "en", "en_US"),
        (["ar-EG-u-nu-latn"], "ar", "ar_EG"),
        (["eu", "fr"], "fr", "fr_FR"),
        (["tlh", "zz", "de"], "de", "de_DE"),
        ([], "en", "en_GB"),
        (["*"], "en", "en_GB"),
        (["tlh"], "en", "en_GB"),
        (["sw-KE"], "en", "en_KE"),
        (["eu"], "en", "en_GB"),
    ],
    ids=lambda each: "+".join(each) or "none" if isinstance(each, list) else None,
)
def test_the_best_language_is_spoken(
    languages: Languages, wanted: Sequence[str], tag: str, locale: str
) -> None:
    """Older codes, scripts and territories lead to the catalogue that is nearest, dates to the territory."""
    spoken = languages.best(wanted)

    assert (spoken.tag, str(spoken.locale)) == (tag, locale)


@pytest.mark.parametrize("wanted", ["", "-", "_", "a", "-de", "x" * 300, "de" * 40, "ß", "1", "en-", "\x00"])
def test_what_is_no_tag_is_passed_over(languages: Languages, wanted: str) -> None:
    """Nothing that a browser sends can fail."""
    assert languages.best([wanted, "fr"]).tag in ("fr", SOURCE)


def test_without_a_variant_the_other_one_is_spoken(folder: Path) -> None:
    """Who reads Portuguese of either kind rather reads the other than English; so with Chinese."""
    languages = Languages(folder=folder, only=("en", "pt-PT", "zh-Hant"))

    assert languages.best(["pt-BR"]).tag == "pt-PT"
    assert languages.best(["zh-CN"]).tag == "zh-Hant"


def test_the_first_language_is_spoken_to_all_others(folder: Path) -> None:
    """A host who speaks some languages alone need not speak English."""
    languages = Languages(folder=folder, only=("fr", "de"))

    assert languages.tags == ("fr", "de")
    assert languages.best(["en-GB"]).tag == "fr"
    assert str(languages.best(["de-AT"]).locale) == "de_AT"


def test_every_catalogue_is_spoken_where_nothing_is_said(folder: Path) -> None:
    """English is first; a host's own catalogues add to ours."""
    tags = Languages(folder=folder).tags

    assert tags[0] == SOURCE
    assert {each.replace("_", "-") for each in (*HEADINGS, *translating.languages())} | {SOURCE} == set(tags)


@pytest.mark.parametrize(
    ("tag", "direction"), [("de", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("zh-TW", "ltr")]
)
def test_a_language_has_its_direction(languages: Languages, tag: str, direction: str) -> None:
    """As CLDR knows it."""
    assert languages.best([tag]).direction == direction


# --- what texts are called -----------------------------------------------------------------------


def test_labels_come_before_a_hosts_catalogue_before_ours(tmp_path: Path) -> None:
    """Text by text: what one does not say, the next one does, and English in the end."""
    lay(tmp_path, {"Confirm": "Bestätigen", "Cancel": "Absagen", "Move": ""}, "de")
    languages = Languages(folder=tmp_path, labels={"de": {"Confirm": "Los", "Move": ""}})
    texts = languages.best(["de"]).texts

    assert texts.gettext("Confirm") == "Los"
    assert texts.gettext("Cancel") == "Absagen"
    assert texts.gettext("Move") == "Move"
    assert texts.gettext("No text of anybody's") == "No text of anybody's"


def test_a_text_in_doubt_is_that_of_the_next(tmp_path: Path) -> None:
    """What is fuzzy in a catalogue may be wrong, and is not shown."""
    lay(tmp_path, {}, "de", more='\n#, fuzzy\nmsgid "Confirm"\nmsgstr "Abbrechen"\n')

    assert Languages(folder=tmp_path).best(["de"]).texts.gettext("Confirm") == "Confirm"


def test_english_can_be_said_otherwise() -> None:
    """Labels for English need no catalogue, nor do those for a language that is not spoken do any harm."""
    languages = Languages(labels={"en": {"%(n)s seat": "%(n)s chair", HEADING: "Book us"}, "tlh": {"a": "b"}})

    with speaking(languages.best(["en"])):
        assert gettext(HEADING) == "Book us"
        assert ngettext("%(n)s seat", "%(n)s seats", 1) == "1 chair"
        assert ngettext("%(n)s seat", "%(n)s seats", 2) == "2 seats"
        assert pgettext("page", HEADING) == "Book us"


def test_plurals_follow_the_language(tmp_path: Path) -> None:
    """Polish has a form for two and another one for five, and a context tells two meanings apart."""
    forms = "".join(f'msgstr[{number}] "%(n)s {word}"\n' for number, word in enumerate("abc"))
    more = f'\nmsgid "%(n)s seat"\nmsgid_plural "%(n)s seats"\n{forms}'
    more += '\nmsgctxt "verb"\nmsgid "Book"\nmsgstr "Rezerwuj"\n'
    lay(tmp_path, {"Book": "Książka"}, "pl", more=more)

    with speaking(Languages(folder=tmp_path).best(["pl"])):
        assert [ngettext("%(n)s seat", "%(n)s seats", n) for n in (1, 2, 5, 22)] == [
            "1 a",
            "2 b",
            "5 c",
            "22 b",
        ]
        assert (gettext("Book"), pgettext("verb", "Book")) == ("Książka", "Rezerwuj")


def test_values_stand_in_their_places() -> None:
    """A text without values is left as it is, per cent signs and all; an empty one stays empty."""
    assert gettext("Until %(day)s", day="Monday") == "Until Monday"
    assert gettext("100 %") == "100 %"
    assert gettext("") == ""
    assert N_("Marked") == "Marked"


# --- what is spoken now --------------------------------------------------------------------------


def _fail(heard: str) -> None:
    assert heard == HEADINGS["fr"]
    raise ZeroDivisionError


def test_speaking_is_nested(languages: Languages) -> None:
    """After each while the language of before is spoken again, after a failure, too."""
    german, french = languages.best(["de"]), languages.best(["fr"])

    with speaking(german):
        with pytest.raises(ZeroDivisionError), speaking(french):
            _fail(gettext(HEADING))
        heard = gettext(HEADING)

    assert heard == HEADINGS["de"]
    assert (speech().tag, gettext(HEADING)) == (SOURCE, HEADING)


def test_threads_do_not_hear_each_other(languages: Languages) -> None:
    """Two requests at once are spoken to in a language each, and a new thread begins in English."""
    here, heard = threading.Barrier(2, timeout=10), {}

    def serve(tag: str) -> None:
        heard[f"{tag} before"] = speech().tag
        with speaking(languages.best([tag])):
            here.wait()
            heard[tag] = gettext(HEADING)
            here.wait()

    with speaking(languages.best(["ar"])):
        threads = [threading.Thread(target=serve, args=(tag,)) for tag in ("de", "fr")]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert heard == {"de": HEADINGS["de"], "fr": HEADINGS["fr"], "de before": "en", "fr before": "en"}


# --- requests ------------------------------------------------------------------------------------


@pytest.fixture
def heading(make_app: MakeApp, folder: Path) -> Callable[..., str]:
    """Give the heading of a page of an app with the given settings, as a browser asks for it."""

    def ask(accepted: str | None = None, *, address: str = "/book/intro-call", **config: Any) -> str:
        app = make_app(BOOKER_TRANSLATIONS=folder, **config)
        headers = {} if accepted is None else {"Accept-Language": accepted}
        page = app.test_client().get(address, headers=headers).text
        return page.partition('<h1 class="bk-hidden">')[2].partition("</h1>")[0]

    return ask


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("fr;q=0.5, de;q=0.8", "de"),
        ("fr;q=0.5,de;q=0.5", "fr"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("de ; q=0.9 , fr ; q=0.95", "fr"),
        ("*, de;q=0.5", "de"),
        ("xx, tlh;q=0.9, de;q=0.1", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("zh-TW,zh;q=0.9", "zh_Hant"),
        ("de;q=2", "en"),
        ("de;q=-1,fr", "fr"),
        ("de;q=nan", "en"),
        (";;;,,,;q=", "en"),
        ("de\tfr", "en"),
        ("<script>, de", "de"),
        ("x" * 9000 + ",de", "en"),
        (",".join(["xx"] * 3000), "en"),
        ("de-" + "a" * 500, "en"),
        ("٣٤;q=٠", "en"),
    ],
)
def test_the_browser_is_heard(heading: Callable[..., str], header: str | None, language: str) -> None:
    """By weight, then by order (RFC 9110 section 12.5.4); what cannot be read is as if it was not there."""
    sent = header.encode().decode("latin-1") if header else header

    assert heading(sent) == HEADINGS.get(language, HEADING)


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("?lang=fr", "fr"),
        ("?lang=zh-TW", "zh_Hant"),
        ("?lang=pt_BR", "pt_BR"),
        ("?lang=tlh", "de"),
        ("?lang=", "de"),
        ("?lang=%3Cb%3E", "de"),
        ("?lang=" + "fr" * 60, "de"),
        ("?lang=fr%00", "de"),
        ("?lang=fr&lang=ar", "fr"),
    ],
)
def test_the_address_comes_first(heading: Callable[..., str], query: str, language: str) -> None:
    """What somebody chose outweighs the browser; what is no language is passed over."""
    assert heading("de", address=f"/book/intro-call{query}") == HEADINGS[language]


def test_a_host_outweighs_the_browser(heading: Callable[..., str]) -> None:
    """A fixed language is spoken to everybody who has not chosen another one on the page."""
    assert heading("de", BOOKER_LANGUAGE="fr") == HEADINGS["fr"]
    assert heading("de", BOOKER_LANGUAGE="fr", address="/book/intro-call?lang=ar") == HEADINGS["ar"]


def test_a_function_of_the_host_may_leave_it_to_the_browser(heading: Callable[..., str]) -> None:
    """It is given the request, and gives a tag or nothing."""

    def language(request: Any) -> str | None:
        return "fr" if request.args.get("user") else None

    assert heading("de", BOOKER_LANGUAGE=language) == HEADINGS["de"]
    assert heading("de", BOOKER_LANGUAGE=language, address="/book/intro-call?user=1") == HEADINGS["fr"]


def test_flask_babel_is_heard(make_app: MakeApp, folder: Path) -> None:
    """Where it is in use, its locale is that of our pages, and 'BOOKER_LANGUAGE' outweighs it."""
    for config, expected in (({}, HEADINGS["fr"]), ({"BOOKER_LANGUAGE": "de"}, HEADINGS["de"])):
        app = make_app(BOOKER_TRANSLATIONS=folder, **config)
        Babel(app, locale_selector=lambda: "fr_FR")

        page = app.test_client().get("/book/intro-call", headers={"Accept-Language": "ar"}).text

        assert expected in page


def test_an_extension_of_the_same_name_does_no_harm(make_app: MakeApp, folder: Path) -> None:
    """What is at "babel" may be anything."""
    app = make_app(BOOKER_TRANSLATIONS=folder)
    app.extensions["babel"] = object()

    page = app.test_client().get("/book/intro-call", headers={"Accept-Language": "de"})

    assert page.status_code == 200


def test_no_language_leaks_into_the_next_request(make_app: MakeApp, folder: Path) -> None:
    """One thread serves them all: each begins anew, after an error and on the host's own pages, too."""
    app = make_app(BOOKER_TRANSLATIONS=folder)
    app.add_url_rule("/host", "host", lambda: f"{speech().tag} {gettext(HEADING)}")
    client = app.test_client()
    seen = []

    for address, accepted in (
        ("/book/intro-call", "de"),
        ("/host", "de"),
        ("/bookings/none", "fr"),
        ("/host", "fr"),
        ("/book/intro-call", "xx"),
    ):
        answer = client.get(address, headers={"Accept-Language": accepted})
        seen.append(answer.text if address == "/host" else HEADINGS.get(accepted, HEADING) in answer.text)

    assert seen == [True, f"en {HEADING}", True, f"en {HEADING}", True]
    assert speech().tag == SOURCE


def test_a_widget_in_a_hosts_page_keeps_its_language_to_itself(make_app: MakeApp, folder: Path) -> None:
    """What the host says after it is as before."""
    app = make_app(BOOKER_TRANSLATIONS=folder)
    page = "{{ bk_speech().tag }} {{ booker('intro-call') }} {{ bk_speech().tag }}"
    app.add_url_rule("/host", "host", lambda: render_template_string(page))

    shown = app.test_client().get("/host", headers={"Accept-Language": "ar-EG"}).text

    assert (shown[:3], shown[-3:]) == ("en ", " en")
    assert 'lang="ar" dir="rtl"' in shown


def test_pages_name_their_language(make_app: MakeApp, folder: Path) -> None:
    """Screen readers, hyphenation and fonts follow `lang`; the layout follows `dir`."""
    client = make_app(BOOKER_TRANSLATIONS=folder).test_client()

    pages = {tag: client.get(f"/book/intro-call?lang={tag}").text for tag in ("en", "zh-TW", "he")}

    assert '<html lang="en" dir="ltr">' in pages["en"]
    assert '<html lang="zh-Hant" dir="ltr">' in pages["zh-TW"]
    assert '<html lang="he" dir="rtl">' in pages["he"]


def test_markup_among_values_stays_markup(app: Flask) -> None:
    """A translated sentence around a link is escaped, the link is not; texts without values stay texts."""
    with app.test_request_context():
        shown = render_template_string(
            "{{ bk_('<b> %(link)s', link='<a>' | safe) }} {{ bk_('<b> %(name)s', name='<i>') }} "
            "{{ bk_n('%(n)s seat', '%(n)s seats', 2) }} {{ bk_p('verb', 'Book %(name)s', name='<u>') }}"
        )

    assert shown == "&lt;b&gt; <a> &lt;b&gt; &lt;i&gt; 2 seats Book &lt;u&gt;"


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"BOOKER_LANGUAGE": 3}, "'BOOKER_LANGUAGE' must be a BCP 47 tag"),
        ({"BOOKER_LANGUAGE": None}, "'BOOKER_LANGUAGE' must be a BCP 47 tag"),
        ({"BOOKER_LANGUAGES": "de"}, "'BOOKER_LANGUAGES' must be a list"),
        ({"BOOKER_LANGUAGES": [1]}, "'BOOKER_LANGUAGES' must be a list"),
        ({"BOOKER_LANGUAGES": ["de", "tlh"]}, "tlh"),
        ({"BOOKER_TRANSLATIONS": 3}, "'BOOKER_TRANSLATIONS' must be the path"),
        ({"BOOKER_LABELS": []}, "'BOOKER_LABELS' must give texts"),
        ({"BOOKER_LABELS": {"en": "Book"}}, "'BOOKER_LABELS' must give texts"),
        ({"BOOKER_LABELS": {"en": {"Book": 3}}}, "'BOOKER_LABELS' must give texts"),
        ({"BOOKER_LABELS": {"en": {"Move: %(title)s": "%(titel)s"}}}, "placeholders must be those"),
        ({"BOOKER_LABELS": {"en": {"Move: %(title)s": "100% %(title)s"}}}, "placeholders must be those"),
    ],
    ids=lambda each: f"{each}" if isinstance(each, dict) else None,
)
def test_wrong_settings_are_named(
    make_app: MakeApp, folder: Path, config: Mapping[str, Any], said: str
) -> None:
    """Each with what it should be, when the app starts."""
    with pytest.raises(ConfigurationError, match=said):
        make_app(**{"BOOKER_TRANSLATIONS": folder, **config})


def test_a_speech_is_what_mails_are_written_in(languages: Languages) -> None:
    """It can be kept and compared: it is a value."""
    assert languages.best(["de-AT"]) == languages.best(["de-AT", "fr"])
    assert isinstance(languages.best([]), Speech)


def test_texts_of_a_hosts_labels_reach_its_pages(make_app: MakeApp, folder: Path) -> None:
    """In the language for which they are, and in no other."""
    app = make_app(
        BOOKER_TRANSLATIONS=folder,
        BOOKER_EVENT_TYPES=[INTRO],
        BOOKER_LABELS={"de": {HEADING: "Termin <buchen>"}},
    )

    pages = {tag: app.test_client().get(f"/book/intro-call?lang={tag}").text for tag in ("de", "en")}

    assert ">Termin &lt;buchen&gt;</h1>" in pages["de"]
    assert f">{HEADING}</h1>" in pages["en"]
