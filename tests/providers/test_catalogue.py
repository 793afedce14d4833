"""What is offered now: files that can be read or not, and functions that are asked again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import ConfigurationError
from booker_components.providers.embedded.catalogue import Catalogue, load_event_types
from booker_components.values import EventType

from .declared import ADA, CLASS, GRACE, INTRO, SMALL, load

# --- files ---------------------------------------------------------------------------------------


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: there is no such file"):
        load_event_types(tmp_path / "nowhere.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """What cannot be read says why."""
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load_event_types(tmp_path)


def test_a_file_of_bytes_is_told(tmp_path: Path) -> None:
    """TOML is UTF-8."""
    (tmp_path / "booking.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        load_event_types(tmp_path / "booking.toml")


def test_bad_syntax_names_the_line(tmp_path: Path) -> None:
    """The place of a mistake in the TOML itself is told."""
    with pytest.raises(ConfigurationError, match=r"is not valid TOML: .*line 2"):
        load(tmp_path, "a = 1\nb = = 2\n")


def test_a_file_without_event_types_is_refused(tmp_path: Path) -> None:
    """An empty file is more likely a wrong one."""
    with pytest.raises(ConfigurationError, match="event_types is missing"):
        load(tmp_path, "")


# --- catalogues ----------------------------------------------------------------------------------


class Telling:
    """A function that gives what it is told to give, or raises it."""

    def __init__(self, given: object) -> None:
        self.given = given

    def __call__(self) -> Any:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


@pytest.mark.parametrize("kind", ["file", "list", "function"])
def test_however_it_is_declared_the_same_is_offered(tmp_path: Path, kind: str) -> None:
    """By slug, in order, with everybody who hosts any of it."""
    (tmp_path / "booking.toml").write_text(SMALL, "utf-8")
    ways: dict[str, Any] = {
        "file": tmp_path / "booking.toml",
        "list": [INTRO],
        "function": Telling((INTRO,)),
    }

    catalogue = Catalogue(ways[kind])

    assert catalogue.event_types() == {"intro-call": INTRO}
    assert catalogue.hosts() == {"ada": ADA}


def test_a_function_is_asked_each_time() -> None:
    """What it gives next is offered at once."""
    telling = Telling((INTRO,))
    catalogue = Catalogue(telling)

    telling.given = (CLASS, INTRO)

    assert list(catalogue.event_types()) == ["class", "intro-call"]
    assert catalogue.hosts() == {"ada": ADA, "grace": GRACE}


def test_what_has_not_changed_is_checked_once() -> None:
    """The very same mappings are given while the function gives the very same tuple."""
    looked_at: list[Sequence[EventType]] = []
    telling = Telling((INTRO,))
    catalogue = Catalogue(telling, check=looked_at.append)
    before = catalogue.event_types(), catalogue.hosts()

    again = catalogue.event_types(), catalogue.hosts()
    telling.given = (INTRO, CLASS)
    after = catalogue.event_types()

    assert all(one is other for one, other in zip(before, again, strict=True))
    assert after is not before[0]
    assert looked_at == [(INTRO,), (INTRO, CLASS)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (RuntimeError("hush"), r"'BOOKER_EVENT_TYPES' failed: RuntimeError at test_catalogue\.py:\d+\.$"),
        ((INTRO, INTRO), r"event_types\[1\]\.slug = 'intro-call' is taken"),
        ((replace(INTRO, hosts=()),), r"event_types\[0\]\.hosts .* is empty\."),
        (None, "The event types are a NoneType; they must be a list or a tuple of EventType."),
        ("booking.toml", "The event types are a str; they must be"),
        ({"intro-call": INTRO}, "The event types are a dict; they must be"),
    ],
    ids=["fails", "clashes", "nobody", "nothing", "path", "mapping"],
)
def test_a_function_that_is_wrong_at_the_start_is_refused(given: object, message: str) -> None:
    """The app does not start with it; what a failure says may be personal, and is not told."""
    with pytest.raises(ConfigurationError, match=message) as caught:
        Catalogue(Telling(given))

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (RuntimeError("hush"), "failed: RuntimeError at test_catalogue.py:"),
        ((replace(INTRO, title=""),), "event_types[0].title (of 'intro-call') is empty."),
        (None, "The event types are a NoneType"),
    ],
    ids=["fails", "is wrong", "gives nothing"],
)
def test_what_goes_wrong_later_leaves_the_last_good_list(
    caplog: pytest.LogCaptureFixture, given: object, said: str
) -> None:
    """Guests go on booking, and the log says it once."""
    telling = Telling((INTRO,))
    catalogue = Catalogue(telling)
    before = catalogue.event_types()

    telling.given = given
    with caplog.at_level(logging.ERROR):
        found = [catalogue.event_types() for _ in range(3)]

    assert all(each is before for each in found)
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("The event types stay as they were. ")
    assert said in caplog.messages[0]
    assert "hush" not in caplog.text


def test_a_failure_that_comes_back_is_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    """Once for each time that it begins."""
    good = (INTRO,)
    telling = Telling(good)
    catalogue = Catalogue(telling)

    for given in (None, None, good, None, (CLASS,), None):
        telling.given = given
        catalogue.event_types()

    assert len(caplog.messages) == 3
    assert list(catalogue.event_types()) == ["class"]


def test_a_function_that_makes_the_same_mistake_anew_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever gives another tuple each time fills no log."""
    telling = Telling((INTRO,))
    catalogue = Catalogue(telling)

    for _ in range(3):
        telling.given = (replace(INTRO, title=""),)
        catalogue.event_types()

    assert len(caplog.messages) == 1


def test_what_is_begun_is_ended_by_one_list() -> None:
    """A function that says something else meanwhile is heard after that."""
    telling = Telling((INTRO,))
    catalogue = Catalogue(telling)

    with catalogue.still():
        before = catalogue.event_types(), catalogue.hosts()
        telling.given = (CLASS,)
        with catalogue.still():
            within = catalogue.event_types()
        after = catalogue.event_types(), catalogue.hosts()

    assert within is before[0]
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert list(catalogue.event_types()) == ["class"]


def test_other_threads_hear_of_it_at_once() -> None:
    """They have begun nothing."""
    telling = Telling((INTRO,))
    catalogue = Catalogue(telling)

    with catalogue.still(), ThreadPoolExecutor(1) as others:
        telling.given = (CLASS,)
        found = others.submit(catalogue.event_types).result()

    assert list(found) == ["class"]


def _refuse(event_types: Sequence[EventType]) -> None:
    raise ConfigurationError("Not here.")


@pytest.mark.parametrize("declared", [[INTRO], lambda: (INTRO,)], ids=["list", "function"])
def test_a_further_check_is_heard(declared: Sequence[EventType] | Callable[[], Sequence[EventType]]) -> None:
    """The app has rules of its own, such as where guests may be sent."""
    with pytest.raises(ConfigurationError, match=r"^Not here\.$"):
        Catalogue(declared, check=_refuse)


def test_a_private_network_is_the_catalogues(tmp_path: Path) -> None:
    """Of files and lists alike."""
    local = replace(INTRO, hosts=(replace(ADA, calendars=("http://10.0.0.1/ada.ics",)),))
    path = tmp_path / "booking.toml"
    line = 'schedule = "office"\ncalendars = ["http://10.0.0.1/ada.ics"]'
    path.write_text(SMALL.replace('schedule = "office"', line), "utf-8")

    found = [Catalogue(each, private_network=True).hosts() for each in ([local], path)]

    assert found == [{"ada": local.host}] * 2
    with pytest.raises(ConfigurationError, match="BOOKER_PRIVATE_NETWORK"):
        Catalogue([local])
