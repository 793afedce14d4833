"""Registering: both ways, once for each app, with the host's own parts where it wants them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from booker_components import (
    Booker,
    BookingNotFound,
    ConfigurationError,
    ProviderUnavailable,
    Unsupported,
    booking_link,
    create_blueprint,
    create_booking,
    get_booking,
    get_calcom,
    get_event_types,
    list_bookings,
)
from booker_components.providers import Provider
from booker_components.testing import FrozenClock

from .conftest import INTRO, TUESDAY
from .pages import Page


class Broken:
    """A provider whose backend is down."""

    name = "broken"

    def __getattr__(self, method: str) -> Callable[..., object]:
        # What only some providers can do is found by asking for it.
        if not hasattr(Provider, method):
            raise AttributeError(method)

        def fail(*_: object, **__: object) -> object:
            raise ProviderUnavailable("The backend is down.")

        return fail


def bare_app(tmp_path: Path, **config: object) -> Flask:
    """Give an app that has no booker yet."""
    app = Flask("partner", instance_path=str(tmp_path / "instance"))
    app.config.update({"SECRET_KEY": "k" * 40, "BOOKER_EVENT_TYPES": [INTRO]} | config)
    return app


def test_init_app_and_constructor_are_the_same(tmp_path: Path, clock: FrozenClock) -> None:
    """`Booker()` with `init_app` later serves the same page as `Booker(app)`."""
    app = bare_app(tmp_path)
    booker = Booker(clock=clock)

    booker.init_app(app)

    assert app.test_client().get("/book/intro-call").status_code == 200
    assert set(vars(booker)) == {"_options", "_url_prefix"}


def test_the_blueprint_can_be_registered_by_hand(tmp_path: Path, clock: FrozenClock) -> None:
    """Every link of a page starts with the prefix that the host chose."""
    app = bare_app(tmp_path)

    app.register_blueprint(create_blueprint(clock=clock), url_prefix="/scheduling")

    page = Page.of(app.test_client().get("/scheduling/book/intro-call"))
    assert page.status == 200
    assert page.links("date=")
    assert all(link.startswith("/scheduling/") for link in page.links("="))


def test_an_app_has_one_booker(tmp_path: Path) -> None:
    """A second one would fight over tables and links, so it is refused."""
    app = bare_app(tmp_path)
    Booker(app)

    with pytest.raises((ConfigurationError, ValueError), match="already"):
        Booker(app)


def test_apps_share_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    """Two apps in one process have their own bookings."""
    one, two = bare_app(tmp_path / "1"), bare_app(tmp_path / "2")
    booker = Booker(clock=clock)
    booker.init_app(one)
    booker.init_app(two)

    with one.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")

    with two.app_context(), pytest.raises(BookingNotFound):
        get_booking(booking.uid)


def test_the_parts_of_an_app_show_no_key(app: Flask) -> None:
    """Whoever logs or prints `app.extensions` gives nobody the key that signs links."""
    parts = app.extensions["booker"]

    assert parts.keys
    assert not any(repr(key) in repr(parts) for key in parts.keys)


def test_helpers_without_a_booker_say_what_to_do(tmp_path: Path) -> None:
    """A helper in an app that was never set up names the remedy."""
    with bare_app(tmp_path).app_context(), pytest.raises(ConfigurationError, match=r"Create Booker\(app\)"):
        get_event_types()


def test_the_parts_of_calcom_are_given_where_it_is_used(
    app: Flask, make_app: Callable[..., Flask], request: pytest.FixtureRequest
) -> None:
    """They are those of the current app; where another provider is used, the setting is named."""
    other = make_app(BOOKER_PROVIDER="calcom", BOOKER_EVENT_TYPES=(), BOOKER_CALCOM_USERNAME="ann")
    with other.app_context():
        found = get_calcom()
    request.addfinalizer(found.close)

    with app.app_context(), pytest.raises(ConfigurationError, match="Set 'BOOKER_PROVIDER' to 'calcom'"):
        get_calcom()

    assert found is other.extensions["booker"].calcom
    assert found.accounts.account().username == "ann"


def test_event_types_can_stand_in_a_file(tmp_path: Path, clock: FrozenClock) -> None:
    """A relative path starts where the app's own files are."""
    (tmp_path / "booking.toml").write_text(
        """
        [schedules.office]
        monday = ["09:00-12:00"]

        [hosts.ada]
        name = "Ada"
        zone = "Europe/Berlin"
        schedule = "office"

        [[event_types]]
        slug = "talk"
        title = "Talk"
        host = "ada"
        """
    )
    app = Flask("partner", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES="booking.toml")

    Booker(app, clock=clock)

    with app.app_context():
        assert [each.slug for each in get_event_types()] == ["talk"]


def test_a_host_can_bring_its_own_provider(tmp_path: Path) -> None:
    """What a provider cannot do is said so; when it is down, the page says "try again" with 503."""
    app = bare_app(tmp_path)
    Booker(app, provider=Broken())  # type: ignore[arg-type]  # its methods come from __getattr__

    response = app.test_client().get("/book/intro-call")

    assert response.status_code == 503
    assert "not available right now" in Page.of(response).text()
    with app.app_context(), pytest.raises((Unsupported, ProviderUnavailable)):
        list_bookings()


def test_a_provider_failure_never_breaks_the_host_page(tmp_path: Path) -> None:
    """In a host's own page the widget becomes a notice, and the rest of the page stands."""
    app = bare_app(tmp_path)
    Booker(app, provider=Broken())  # type: ignore[arg-type]  # its methods come from __getattr__

    with app.test_request_context("/"):
        page = render_template_string('<p>Ours</p>{{ booker("intro-call") }}{{ booker.booking("x") }}')

    assert page.startswith("<p>Ours</p>")
    assert page.count("Not available right now") == 2


def test_widgets_in_a_host_page_have_ids_of_their_own(app: Flask) -> None:
    """The same widget twice on a page keeps every id unique."""
    with app.test_request_context("/"):
        page = render_template_string(
            '{{ booker.head() }}{{ booker("intro-call") }}{{ booker("intro-call") }}'
        )

    assert 'id="bk-booker-intro-call"' in page
    assert 'id="bk-booker-intro-call-2"' in page
    assert page.count("<script") == 1


def test_what_a_host_knows_stays_out_of_links(app: Flask) -> None:
    """Prefilled answers travel in hidden fields, never in an address."""
    with app.test_request_context("/"):
        page = render_template_string('{{ booker("intro-call", prefill={"email": "bo@example.com"}) }}')

    assert '<input type="hidden" name="email" value="bo@example.com">' in page
    assert "bo%40example.com" not in page
    assert "email=" not in page


def test_a_host_may_know_a_zero(app: Flask) -> None:
    """The number 0 is an answer; False, None and no text are none."""
    with app.test_request_context("/"):
        page = render_template_string(
            '{{ booker("check-up", prefill={"topic": 0, "email": "", "name": none, "size": false}) }}'
        )

    assert '<input type="hidden" name="topic" value="0">' in page
    assert not re.search(r'name="(email|name|size)"', page)


def test_widgets_of_a_booking_in_a_host_page(app: Flask) -> None:
    """A host that shows a booking on its own page gives its user all that the guest may do."""
    with app.test_request_context("/"):
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
        page = render_template_string(
            "{{ booker.booking(uid) }}{{ booker.reschedule(uid) }}{{ booker.cancel(uid) }}", uid=booking.uid
        )

    assert "bo@example.com" in page
    assert f"/bookings/cancel/{booking.uid}?token=" in page
    assert f"rescheduleUid={booking.uid}&amp;eventTypeSlug=intro-call&amp;token=" in page


@pytest.mark.parametrize("prefix", ["/", "/scheduling/"])
def test_a_slash_at_the_end_of_the_prefix_does_no_harm(
    tmp_path: Path, clock: FrozenClock, prefix: str
) -> None:
    """No address of a page starts with two slashes, which would name another host."""
    app = bare_app(tmp_path)
    Booker(app, clock=clock, url_prefix=prefix)

    page = Page.of(app.test_client().get(prefix.rstrip("/") + "/book/intro-call"))

    assert page.status == 200
    assert page.links("date=")
    assert not [link for link in page.links("") if "//" in link]


def test_a_prefix_with_a_variable_is_refused(tmp_path: Path) -> None:
    """Links outside of a request could not fill it in."""
    with pytest.raises(ConfigurationError, match="fixed path"):
        Booker(bare_app(tmp_path), url_prefix="/t/<tenant>")


def test_an_object_that_is_no_provider_is_refused(tmp_path: Path) -> None:
    """A provider without the methods is told at start, not at the first page."""
    with pytest.raises(ConfigurationError, match="lacks methods"):
        Booker(bare_app(tmp_path, BOOKER_PROVIDER=object()))


def test_public_links_know_where_the_pages_are_mounted(tmp_path: Path, clock: FrozenClock) -> None:
    """The public address is the site's; the mount point is added by us."""
    app = bare_app(tmp_path, BOOKER_PUBLIC_URL="https://example.com")
    Booker(app, clock=clock, url_prefix="/scheduling")

    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
        link = booking_link(booking.uid)
    file = app.test_client().get(f"/scheduling/bookings/{booking.uid}.ics").text

    assert link.startswith(f"https://example.com/scheduling/bookings/{booking.uid}?token=")
    assert f"https://example.com/scheduling/bookings/{booking.uid}" in file.replace("\r\n ", "")


def test_a_boosted_link_of_the_host_loads_our_page_whole(client: FlaskClient) -> None:
    """A page that htmx would paste into the host's lacks our style sheet, so it is loaded by itself."""
    headers = {"HX-Request": "true", "HX-Boosted": "true"}

    response = client.get("/book/intro-call?month=2027-03", headers=headers)

    assert response.headers["HX-Redirect"] == "/book/intro-call?month=2027-03"
