"""What the parts of one app are built on: its settings, its database, and each part from these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from os import PathLike
from pathlib import Path
from typing import cast

from flask import Flask, has_app_context, has_request_context, request

from ..errors import ConfigurationError
from ..languages import Languages
from ..links import Links
from ..outbox import Outbox, Subscriber
from ..outbox.queue import Queue
from ..providers import Provider, ReceivesWebhooks
from ..providers.calcom.accounts import CalcomAccount
from ..providers.calcom.parts import CalcomParts, build_calcom
from ..providers.embedded import EmbeddedProvider
from ..providers.embedded.calendars import BusySource
from ..providers.embedded.catalogue import Catalogue, Declared, checked, load_event_types
from ..providers.jicoo.parts import JicooParts, build_jicoo
from ..receiving import Hearer, Receiver
from ..records.inbox import Inbox
from ..service import BookingService
from ..settings import Settings, check_event_types, read_settings, secret_keys
from ..storage import Storage
from ..subscribers.mail import CodeMailer, Post, build_mail
from ..subscribers.salesforce.parts import build_salesforce
from ..upkeep import Upkeep
from ..upkeep.digest import Digest
from ..values import EventType
from ..web.mailing import MailSite


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """The provider, and what only it has."""

    provider: Provider
    calcom: CalcomParts | None = None
    jicoo: JicooParts | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the parts of one app are built on."""

    app: Flask
    settings: Settings
    #: The keys that sign and seal, oldest first.
    keys: Sequence[bytes]
    storage: Storage
    clock: Callable[[], datetime]
    busy_sources: Mapping[str, Sequence[BusySource]]

    @classmethod
    def of(
        cls, app: Flask, clock: Callable[[], datetime], busy_sources: Mapping[str, Sequence[BusySource]]
    ) -> Ground:
        settings = read_settings(app.config)
        return cls(
            app=app,
            settings=settings,
            keys=secret_keys(app.config),
            storage=Storage(_database_url(settings, app)),
            clock=clock,
            busy_sources=busy_sources,
        )

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return _database_url(self.settings, self.app)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What our own engine offers."""
        return Catalogue(
            _declared(self.settings, self.app),
            private_network=self.settings.private_network,
            check=partial(check_event_types, settings=self.settings),
        )

    @cached_property
    def languages(self) -> Languages:
        """The languages that are spoken."""
        settings, folder = self.settings, self.settings.translations
        try:
            return Languages(
                folder=Path(self.app.root_path) / Path(folder) if folder else None,
                labels=settings.labels,
                only=settings.languages,
            )
        except LookupError as error:
            raise ConfigurationError(
                f"'BOOKER_LANGUAGES' has '{error.args[0]}', and there is no catalogue of that language. "
                "Put one into the folder of 'BOOKER_TRANSLATIONS', or leave it out."
            ) from None

    @property
    def threaded(self) -> bool:
        return self.settings.dispatch == "thread"

    def backend(self, given: Provider | None, outbox: Outbox) -> Backend:
        named = given or self.settings.provider
        if named == "calcom":
            return self._calcom()
        if named == "jicoo":
            return self._jicoo(outbox)
        if named == "embedded":
            return Backend(provider=self._embedded())
        if not isinstance(named, Provider):
            raise ConfigurationError(
                f"The provider {named!r} lacks methods of a provider; "
                "see booker_components.providers.Provider."
            )
        return Backend(provider=named)

    def salesforce(self, given: Provider | None) -> tuple[Subscriber, ...]:
        named = given or self.settings.provider
        # Of what a host's own provider or Cal.com offers, nothing is declared here.
        declared: Iterable[EventType] = ()
        if self.settings.salesforce and named == "embedded":
            declared = self.catalogue.event_types().values()
        elif self.settings.salesforce and named == "jicoo":
            declared = _remote_event_types(self.settings, self.app)
        made = build_salesforce(
            self.settings, storage=self.storage, clock=self.clock, event_types=tuple(declared)
        )
        return (made,) if made else ()

    def mail(self, given: Provider | None) -> tuple[Subscriber, ...]:
        named = given or self.settings.provider
        # Cal.com and Jicoo mail by themselves.
        own = getattr(named, "name", named) not in ("calcom", "jicoo")
        site = MailSite(self.app)
        return build_mail(
            self.settings,
            site=site,
            storage=self.storage,
            clock=self.clock,
            languages=self.languages,
            own=own,
        )

    @property
    def codes(self) -> CodeMailer | None:
        """What mails codes to guests, where mails are sent."""
        if not self.settings.mail_url:
            return None
        post = Post(self.settings.mail_url, self.settings.mail_from)
        return CodeMailer(site=MailSite(self.app), post=post, clock=self.clock)

    @cached_property
    def queue(self) -> Queue | None:
        """What wakes workers in other processes."""
        if self.settings.dispatch != "huey":
            return None
        return Queue(self.settings.queue_url, database=self.database_url)

    def outbox(self, subscribers: Sequence[Subscriber]) -> Outbox:
        return Outbox(
            self.storage,
            subscribers,
            clock=self.clock,
            surroundings=self.app.app_context,
            call=self.queue.call if self.queue else None,
        )

    def upkeep(self, service: BookingService, outbox: Outbox) -> Upkeep:
        settings = self.settings
        return Upkeep(
            service,
            storage=self.storage,
            outbox=outbox,
            clock=self.clock,
            digest=self._digest() if settings.mail_url and settings.admin_email else None,
            keep=timedelta(days=settings.keep_days) if settings.keep_days else None,
            surroundings=self.app.app_context,
        )

    def _digest(self) -> Digest:
        url, sender, admin = self.settings.mail_url, self.settings.mail_from, self.settings.admin_email
        return Digest(self.storage, self.clock, url=url, sender=sender, admin=admin)

    def receiver(self, service: BookingService, hearers: Sequence[Hearer]) -> Receiver:
        receiver = Receiver(
            service,
            Inbox(self.storage, self.clock),
            hearers=hearers,
            surroundings=self.app.app_context,
            call=self.queue.call if self.queue else None,
        )
        if self.threaded and isinstance(service.provider, ReceivesWebhooks):
            receiver.arm()
        return receiver

    def links(self, provider: Provider) -> Links:
        by_uid = getattr(provider, "links_by_uid", False)
        signed = self.settings.links == "signed" or not (self.settings.links or by_uid)
        lifetime = timedelta(days=self.settings.link_days)
        return Links(self.keys, signed=signed, lifetime=lifetime, clock=self.clock)

    def _embedded(self) -> EmbeddedProvider:
        return EmbeddedProvider(
            self.catalogue,
            storage=self.storage,
            clock=self.clock,
            busy_sources=self.busy_sources,
            private_network=self.settings.private_network,
            hold=timedelta(minutes=self.settings.hold_minutes),
        )

    def _calcom(self) -> Backend:
        current = partial(_account, self.settings)
        provider, parts = build_calcom(
            self.settings, storage=self.storage, keys=self.keys, clock=self.clock, current=current
        )
        return Backend(provider=provider, calcom=parts)

    def _jicoo(self, outbox: Outbox) -> Backend:
        provider, parts = build_jicoo(
            self.settings,
            declared=_remote_event_types(self.settings, self.app),
            storage=self.storage,
            clock=self.clock,
            recall=outbox.last_told,
        )
        return Backend(provider=provider, jicoo=parts)


def _database_url(settings: Settings, app: Flask) -> str:
    """Give the URL of the database, by default of a file in the app's instance folder."""
    if settings.database_url:
        return settings.database_url
    folder = Path(app.instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'booker.sqlite3'}"


def _account(settings: Settings) -> CalcomAccount | str | None:
    """Give whom the request at hand is about, as the host app says; None outside of one."""
    return settings.calcom_account(request) if settings.calcom_account and has_request_context() else None


def _declared(settings: Settings, app: Flask) -> Declared:
    """Give what is declared; a relative path starts where the app's own files are."""
    declared = settings.event_types
    if isinstance(declared, (str, PathLike)):
        return Path(app.root_path) / Path(declared)
    return _in_context(app, declared) if callable(declared) else declared


def _in_context(app: Flask, function: Callable[[], Sequence[EventType]]) -> Callable[[], Sequence[EventType]]:
    """Give *function* so that it works at the start, in workers and in commands, too."""

    def call() -> Sequence[EventType]:
        with nullcontext() if has_app_context() else app.app_context():
            return function()

    return call


def _remote_event_types(settings: Settings, app: Flask) -> Sequence[EventType]:
    """Give the declared event types, which describe what a remote provider offers."""
    declared = _declared(settings, app)
    if isinstance(declared, Path):
        found = load_event_types(declared, remote=True)
    else:
        # The settings take a function for our own engine alone.
        found = checked(cast(Sequence[EventType], declared), remote=True)
    check_event_types(found, settings)
    return found
