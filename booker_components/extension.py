"""Booker: builds the parts from an app's settings and registers them; the only file that knows all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask, has_request_context, request
from flask.blueprints import BlueprintSetupState

from . import cli
from .errors import ConfigurationError
from .links import Links, Purpose
from .outbox import Outbox, Subscriber
from .providers import Provider, ReceivesWebhooks
from .providers.calcom.accounts import CalcomAccount
from .providers.calcom.parts import CalcomParts, build_calcom
from .providers.embedded import EmbeddedProvider
from .providers.embedded.catalogue import checked, load_event_types
from .providers.jicoo.parts import JicooParts, build_jicoo
from .receiving import Hearer, Receiver
from .records.inbox import Inbox
from .service import BookingService
from .settings import Settings, check_event_types, rate_limiter, read_settings, secret_keys
from .storage import Storage
from .subscribers.mail import LinkMailer
from .subscribers.salesforce.parts import build_salesforce
from .times import utc_now
from .values import Booking, EventType
from .web import new_blueprint
from .web.assets import Assets
from .web.runtime import KEY, Runtime
from .web.widgets import Widgets


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
    clock: Callable[[], datetime] = utc_now,
) -> Blueprint:
    """Give a blueprint for one app: `app.register_blueprint(create_blueprint(), url_prefix="/scheduling")`.

    *provider* stands in for 'BOOKER_PROVIDER'. *subscribers* are functions that hear of every change: each is
    called with a `BookingEvent`, at least once, in order per booking, in a context of the app.
    *on_notice* are functions that hear what a provider tells beside bookings: each is called with a `Notice`,
    at least once, in any order. *clock* gives the time now, aware; tests pass their own.
    """
    blueprint = new_blueprint()
    cli.register(blueprint)
    blueprint.record(
        partial(
            _install,
            provider=provider,
            subscribers=tuple(subscribers),
            hearers=tuple(on_notice),
            clock=clock,
        )
    )
    return blueprint


def _install(
    state: BlueprintSetupState,
    *,
    provider: Provider | None,
    subscribers: tuple[Subscriber, ...],
    hearers: tuple[Hearer, ...],
    clock: Callable[[], datetime],
) -> None:
    """Build the parts for the app that the blueprint is registered on."""
    app = cast(Flask, state.app)
    if KEY in app.extensions:
        raise ConfigurationError("This app already has a booker; register it once.")
    ground = _Ground.of(app, clock)
    settings = ground.settings
    limiter, link_limit = rate_limiter(settings)
    ground.storage.upgrade()
    everybody: tuple[Subscriber, ...] = (
        *subscribers,
        *_link_mailers(app, settings),
        *ground.salesforce(provider),
    )
    outbox = ground.outbox(everybody)
    backend = ground.backend(provider, outbox)
    service = BookingService(provider=backend.provider, storage=ground.storage, outbox=outbox, clock=clock)
    app.extensions[KEY] = Runtime(
        settings=settings,
        service=service,
        receiver=ground.receiver(service, hearers),
        calcom=backend.calcom,
        jicoo=backend.jicoo,
        links=ground.links(backend.provider),
        storage=ground.storage,
        outbox=outbox,
        assets=Assets.load(),
        keys=ground.keys,
        mount=_mount(state.url_prefix),
        blueprint=f"{state.name_prefix}.{state.name}".lstrip("."),
        mails_links=any(getattr(each, "sends_links", False) for each in everybody),
        limiter=limiter,
        link_limit=link_limit,
    )
    app.jinja_env.globals["booker"] = Widgets()
    # A server that forks its workers after this must not hand them a connection that is in use here.
    ground.storage.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Backend:
    """The provider, and what only it has."""

    provider: Provider
    calcom: CalcomParts | None = None
    jicoo: JicooParts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ground:
    """What the parts of one app are built on."""

    app: Flask
    settings: Settings
    #: The keys that sign and seal, oldest first.
    keys: Sequence[bytes]
    storage: Storage
    clock: Callable[[], datetime]

    @classmethod
    def of(cls, app: Flask, clock: Callable[[], datetime]) -> _Ground:
        settings = read_settings(app.config)
        keys = secret_keys(app.config)
        storage = Storage(settings.database_url or _default_database(app))
        return cls(app=app, settings=settings, keys=keys, storage=storage, clock=clock)

    @property
    def threaded(self) -> bool:
        return self.settings.dispatch == "thread"

    def backend(self, given: Provider | None, outbox: Outbox) -> _Backend:
        named = given or self.settings.provider
        if named == "calcom":
            return self._calcom()
        if named == "jicoo":
            return self._jicoo(outbox)
        if named == "embedded":
            event_types = _event_types(self.settings, self.app)
            engine = EmbeddedProvider(event_types, storage=self.storage, clock=self.clock)
            return _Backend(provider=engine)
        if not isinstance(named, Provider):
            raise ConfigurationError(
                f"The provider {named!r} lacks methods of a provider; "
                "see booker_components.providers.Provider."
            )
        return _Backend(provider=named)

    def salesforce(self, given: Provider | None) -> tuple[Subscriber, ...]:
        named = given or self.settings.provider
        # Of what a host's own provider or Cal.com offers, nothing is declared here.
        declared: Sequence[EventType] = ()
        if self.settings.salesforce and named in ("embedded", "jicoo"):
            declared = _event_types(self.settings, self.app, remote=named == "jicoo")
        made = build_salesforce(self.settings, storage=self.storage, clock=self.clock, event_types=declared)
        return (made,) if made else ()

    def outbox(self, subscribers: Sequence[Subscriber]) -> Outbox:
        outbox = Outbox(self.storage, subscribers, clock=self.clock, surroundings=self.app.app_context)
        if self.threaded:
            outbox.arm()
        return outbox

    def receiver(self, service: BookingService, hearers: Sequence[Hearer]) -> Receiver:
        inbox = Inbox(self.storage, self.clock)
        receiver = Receiver(service, inbox, hearers=hearers, surroundings=self.app.app_context)
        if self.threaded and isinstance(service.provider, ReceivesWebhooks):
            receiver.arm()
        return receiver

    def links(self, provider: Provider) -> Links:
        by_uid = getattr(provider, "links_by_uid", False)
        signed = self.settings.links == "signed" or not (self.settings.links or by_uid)
        lifetime = timedelta(days=self.settings.link_days)
        return Links(self.keys, signed=signed, lifetime=lifetime, clock=self.clock)

    def _calcom(self) -> _Backend:
        current = partial(_account, self.settings)
        provider, parts = build_calcom(
            self.settings, storage=self.storage, keys=self.keys, clock=self.clock, current=current
        )
        return _Backend(provider=provider, calcom=parts)

    def _jicoo(self, outbox: Outbox) -> _Backend:
        provider, parts = build_jicoo(
            self.settings,
            declared=_event_types(self.settings, self.app, remote=True),
            storage=self.storage,
            clock=self.clock,
            recall=outbox.last_told,
        )
        return _Backend(provider=provider, jicoo=parts)


def _default_database(app: Flask) -> str:
    folder = Path(app.instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'booker.sqlite3'}"


def _account(settings: Settings) -> CalcomAccount | str | None:
    """Give whom the request at hand is about, as the host app says; None outside of one."""
    return settings.calcom_account(request) if settings.calcom_account and has_request_context() else None


def _event_types(settings: Settings, app: Flask, *, remote: bool = False) -> Sequence[EventType]:
    """Give the declared event types; a relative path starts where the app's own files are.

    *remote* ones describe what a remote provider offers.
    """
    declared = settings.event_types
    if isinstance(declared, (list, tuple)):
        found = checked(declared, remote=remote)
    else:
        found = load_event_types(Path(app.root_path) / Path(str(declared)), remote=remote)
    check_event_types(found, settings)
    return found


def _link_mailers(app: Flask, settings: Settings) -> tuple[LinkMailer, ...]:
    if not settings.mail_url:
        return ()

    def link(booking: Booking) -> str:
        # As it stands now: a link for the revision that asked would be dead after a change in between.
        parts: Runtime = app.extensions[KEY]
        return parts.public(parts.links.path(Purpose.MANAGE, parts.service.get(booking.uid)))

    return (LinkMailer(settings.mail_url, settings.mail_from, link),)


def _mount(url_prefix: str | None) -> str:
    """Give the prefix without a slash at its end: "//book" would be another host's address."""
    if "<" in (url_prefix or ""):
        raise ConfigurationError(
            f"The url_prefix '{url_prefix}' has a variable; mount the pages at a fixed path."
        )
    return (url_prefix or "").rstrip("/")
