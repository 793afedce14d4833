"""What docs/declaring.md says is true: every example is read and checked, and every key has its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from booker_components.providers.embedded.catalogue import Catalogue, checked, load_event_types
from booker_components.providers.embedded.problems import Mistake
from booker_components.providers.embedded.toml import read

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "declaring.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


FIRST = tomllib.loads(blocks("toml")[0])


def completed(example: str) -> dict[str, Any]:
    """Give an example with all that the first one declares."""
    added = tomllib.loads(example)
    usual = FIRST["event_types"][0]
    hosts = added.get("hosts", {})
    return {
        "schedules": FIRST["schedules"] | added.get("schedules", {}),
        "hosts": {name: host | hosts.get(name, {}) for name, host in FIRST["hosts"].items()},
        "event_types": [
            *(each if "slug" in each else usual | each for each in added.get("event_types", ())),
            # Who hosts nothing is not known.
            {"slug": "everybody", "title": "Everybody", "hosts": list(FIRST["hosts"])},
        ],
    }


@pytest.mark.parametrize("example", blocks("toml"), ids=range(len(blocks("toml"))))
def test_every_example_is_read(example: str) -> None:
    """And nothing is found wrong with it, together with the first one."""
    document = completed(example)

    event_types = checked(read(document))

    assert len(event_types) == len(document["event_types"])


def test_the_first_example_is_a_file(tmp_path: Path) -> None:
    """It can be copied as it stands."""
    path = tmp_path / "booking.toml"
    path.write_text(blocks("toml")[0], "utf-8")

    assert [each.slug for each in load_event_types(path)] == ["intro-call"]


def known_keys(document: Mapping[str, object]) -> set[str]:
    """Give the keys that a table takes, as the message about an unknown one names them."""
    with pytest.raises(Mistake) as caught:
        read(document)
    return set(re.findall(r"\w+", str(caught.value).partition("Known: ")[2]))


WRONG = {"qqqqqqqq": 1}
NAMED = {"name": "A", "zone": "UTC"}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"schedules": {"a": WRONG}}, id="schedules"),
        pytest.param({"hosts": {"a": WRONG}}, id="hosts"),
        pytest.param({"hosts": {"a": NAMED | {"away": [WRONG]}}}, id="away"),
        pytest.param({"hosts": {"a": NAMED | {"travels": [WRONG]}}}, id="travels"),
        pytest.param({"event_types": [WRONG]}, id="event types"),
        *(
            pytest.param({"event_types": [{"slug": "a", "title": "A", key: WRONG}]}, id=key)
            for key in ("window", "cancel", "approval", "seats", "series")
        ),
        *(
            pytest.param({"event_types": [{"slug": "a", "title": "A", key: [WRONG]}]}, id=key)
            for key in ("limits", "groups", "locations", "questions")
        ),
    ],
)
def test_every_key_is_explained(document: Mapping[str, object]) -> None:
    """In the text, or by an example."""
    keys = known_keys(document)

    assert keys
    assert not {key for key in keys if not re.search(rf"\b{key}s?\b", PAGE)}


def test_the_list_in_python_is_right() -> None:
    """With a group, an absence and a limit."""
    config: dict[str, Any] = {}
    exec(blocks("python")[0], {"app": SimpleNamespace(config=config)})

    assert list(Catalogue(config["BOOKER_EVENT_TYPES"]).event_types()) == ["demo", "class"]


def test_the_function_gives_what_is_offered_now() -> None:
    """The same while nothing changes, and something else after that."""
    config: dict[str, Any] = {}
    team = [{"slug": "ada", "name": "Ada", "zone": "UTC"}]
    names = {"app": SimpleNamespace(config=config), "read_team": lambda: (len(team), team)}
    exec(blocks("python")[1], names)
    catalogue = Catalogue(config["BOOKER_EVENT_TYPES"])
    before = catalogue.event_types()

    same = catalogue.event_types()
    team.append({"slug": "bo", "name": "Bo", "zone": "Asia/Tokyo"})

    assert list(before) == ["call-ada"]
    assert same is before
    assert list(catalogue.event_types()) == ["call-ada", "call-bo"]


def test_the_message_is_ours(tmp_path: Path) -> None:
    """A mistake is told as the page shows it."""
    path = tmp_path / "booking.toml"
    path.write_text(blocks("toml")[0].replace('host = "ada"', 'host = "adda"'), "utf-8")

    with pytest.raises(Exception, match=re.escape(blocks("")[0].strip())):
        load_event_types(path)
