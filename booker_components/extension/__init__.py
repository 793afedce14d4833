"""Booker: builds the parts from an app's settings and registers them; the only package that knows all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from .. import cli
from ..cli.mistakes import in_one_line
from ..errors import ConfigurationError
from ..outbox import Subscriber
from ..outbox.counting import sequence_of
from ..providers import Provider
from ..providers.embedded.calendars import BusySource
from ..receiving import Hearer
from ..service import BookingService
from ..settings import rate_limiter
from ..subscribers.webhooks import build_webhooks
from ..times import utc_now
from ..web import language, new_blueprint
from ..web.assets import Assets
from ..web.runtime import KEY, Runtime
from ..web.widgets import Widgets
from .ground import Ground


class Booker:
    """The Flask extension: `Booker(app)`, or `Booker()` and `init_app` later.

    Nothing of an app is kept here; its parts are in `app.extensions["booker"]`.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        provider: Provider | None = None,
        subscribers: Sequence[Subscriber] = (),
        on_notice: Sequence[Hearer] = (),
        busy_sources: Mapping[str, Sequence[BusySource]] | None = None,
        clock: Callable[[], datetime] = utc_now,
        url_prefix: str | None = None,
    ) -> None:
        """Prepare, and register on *app* if it is given; the parameters are those of `create_blueprint`.

        *url_prefix* is where the pages are mounted, for example "/scheduling".
        """
        self._options: dict[str, Any] = {
            "provider": provider,
            "subscribers": subscribers,
            "on_notice": on_notice,
            "busy_sources": busy_sources,
            "clock": clock,
        }
        self._url_prefix = url_prefix
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Register the booking pages on *app*.

        Raises `ConfigurationError` when the app's settings are wrong.
        """
        app.register_blueprint(create_blueprint(**self._options), url_prefix=self._url_prefix)


def create_blueprint(
    *,
    provider: Provider | None = None,
    subscribers: Sequence[Subscriber] = (),
    on_notice: Sequence[Hearer] = (),
    busy_sources: Mapping[str, Sequence[BusySource]] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Blueprint:
    """Give a blueprint for one app: `app.register_blueprint(create_blueprint(), url_prefix="/scheduling")`.

    *provider* stands in for 'BOOKER_PROVIDER'. *subscribers* are functions that hear of every change: each is
    called with a `BookingEvent`, at least once, in order per booking, in a context of the app.
    *on_notice* are functions that hear what a provider tells beside bookings: each is called with a `Notice`,
    at least once, in any order. *busy_sources* tell our own engine when hosts, by slug, are busy elsewhere.
    *clock* gives the time now, aware; tests pass their own.
    """
    blueprint = new_blueprint()
    cli.register(blueprint)
    blueprint.record(
        partial(
            _install,
            provider=provider,
            subscribers=tuple(subscribers),
            hearers=tuple(on_notice),
            busy_sources=dict(busy_sources or {}),
            clock=clock,
        )
    )
    return blueprint


@in_one_line()
def _install(
    state: BlueprintSetupState,
    *,
    provider: Provider | None,
    subscribers: tuple[Subscriber, ...],
    hearers: tuple[Hearer, ...],
    busy_sources: Mapping[str, Sequence[BusySource]],
    clock: Callable[[], datetime],
) -> None:
    """Build the parts for the app that the blueprint is registered on."""
    app = cast(Flask, state.app)
    if KEY in app.extensions:
        raise ConfigurationError("This app already has a booker; register it once.")
    ground = Ground.of(app, clock, busy_sources)
    settings = ground.settings
    limiter, link_limit = rate_limiter(settings)
    ground.storage.upgrade()
    everybody: tuple[Subscriber, ...] = (
        *subscribers,
        *ground.mail(provider),
        *build_webhooks(settings, sequence=partial(sequence_of, ground.storage), clock=clock),
        *ground.salesforce(provider),
    )
    outbox = ground.outbox(everybody)
    backend = ground.backend(provider, outbox)
    service = BookingService(provider=backend.provider, storage=ground.storage, outbox=outbox, clock=clock)
    upkeep = ground.upkeep(service, outbox)
    if ground.threaded:
        outbox.arm()
    app.extensions[KEY] = Runtime(
        settings=settings,
        service=service,
        receiver=ground.receiver(service, hearers),
        calcom=backend.calcom,
        jicoo=backend.jicoo,
        links=ground.links(backend.provider),
        storage=ground.storage,
        outbox=outbox,
        queue=ground.queue,
        upkeep=upkeep,
        assets=Assets.load(),
        languages=ground.languages,
        keys=ground.keys,
        mount=_mount(state.url_prefix),
        blueprint=f"{state.name_prefix}.{state.name}".lstrip("."),
        codes=ground.codes,
        mails_links=any(getattr(each, "sends_links", False) for each in everybody),
        limiter=limiter,
        link_limit=link_limit,
    )
    app.jinja_env.globals.update(booker=Widgets(), **language.GLOBALS)
    # A server that forks its workers after this must not hand them a connection that is in use here.
    ground.storage.close()


def _mount(url_prefix: str | None) -> str:
    """Give the prefix without a slash at its end: "//book" would be another host's address."""
    if "<" in (url_prefix or ""):
        raise ConfigurationError(
            f"The url_prefix '{url_prefix}' has a variable; mount the pages at a fixed path."
        )
    return (url_prefix or "").rstrip("/")
