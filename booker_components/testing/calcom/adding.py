"""What a test puts into the fake: people, event types, keys, clients, webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import event_types, oauth, platform
from .calls import Json
from .payloads import TRIGGERS
from .records import (
    OFFICE_HOURS,
    EventType,
    OAuthClient,
    PlatformClient,
    Schedule,
    Team,
    User,
    Webhook,
)
from .store import Store


class Adding:
    """The part of `FakeCalcom` that fills it."""

    store: Store

    def add_user(
        self,
        username: str,
        *,
        name: str = "",
        email: str = "",
        zone: str = "UTC",
        hours: Sequence[Json] = OFFICE_HOURS,
        organization: str = "",
    ) -> User:
        """Add a user, who works Monday to Friday from 9 to 17 in his zone.

        *hours* are other ones, in the vendor's shape: `[{"days": ["Monday"], "startTime": "09:00", "endTime":
        "14:00"}]`. *organization* is the slug of one that he belongs to.
        """
        with self.store.lock:
            return self.store.add_user(
                username,
                name=name or username.capitalize(),
                email=email or f"{username or 'nobody'}@example.com",
                zone=zone,
                hours=hours,
                organization=organization,
            )

    def add_schedule(
        self,
        owner: User,
        *,
        zone: str = "",
        hours: Sequence[Json] = OFFICE_HOURS,
        overrides: Sequence[Json] = (),
        default: bool = True,
    ) -> Schedule:
        """Give a user other hours: his *default* ones, or ones that an event type names by `scheduleId`.

        *overrides* are `[{"date": "2031-05-06", "startTime": "09:00", "endTime": "12:00"}]`; equal times take
        the whole day out.
        """
        with self.store.lock:
            made = self.store.add_schedule(
                owner, name="Hours", zone=zone or owner.zone, hours=hours, overrides=overrides
            )
            owner.schedule = made.id if default else owner.schedule
            return made

    def add_team(self, slug: str, *members: User, name: str = "", organization: str = "") -> Team:
        """Add a team, which its first member administers."""
        with self.store.lock:
            made = Team(
                id=self.store.next_id(),
                slug=slug,
                name=name or slug.capitalize(),
                members=list(members),
                admin=members[0],
                organization=organization,
            )
            self.store.teams[made.id] = made
            return made

    def add_event_type(
        self,
        owner: User | Team,
        slug: str = "intro",
        *,
        custom_name: str = "",
        hosts: Sequence[User] = (),
        **fields: Any,
    ) -> EventType:
        """Add an event type of half an hour, by video, without notice and without an end to its window.

        *fields* are those of the API's answers and change that: `lengthInMinutesOptions=[30, 60]`,
        `seats={"seatsPerTimeSlot": 5, "showAttendeeInfo": False, "showAvailabilityCount": True}`;
        `bookingFields` are the host's own, to which the system's are added. *custom_name* is the title of its
        bookings, in which `{Event type title}`, `{Organiser}`, `{Scheduler}` and `{Location}` are filled in.
        *hosts* are the members of a team who take part: all by default.
        """
        named = {"customName": custom_name} if custom_name else {}
        with self.store.lock:
            return event_types.add(self.store, owner, {"slug": slug, **named, **fields}, hosts)

    # --- who may call ----------------------------------------------------------------------------

    def api_key(self, user: User) -> str:
        """Give a new API key of a user."""
        with self.store.lock:
            key = f"cal_{self.store.name(32)}"
            self.store.api_keys[key] = user
            return key

    def platform_client(
        self,
        *,
        owner: User | None = None,
        name: str = "Partner",
        redirect_uris: Sequence[str] = ("http://127.0.0.1",),
        booking_uri: str = "",
        reschedule_uri: str = "",
        cancel_uri: str = "",
        emails: bool = True,
    ) -> PlatformClient:
        """Add an OAuth client of the Platform, with its `id` and `secret`.

        The three URIs are where the links in its mails lead. Mails are on here; the vendor's default is off.
        """
        with self.store.lock:
            given = {
                "name": name,
                "redirectUris": list(redirect_uris),
                "bookingRedirectUri": booking_uri,
                "bookingRescheduleRedirectUri": reschedule_uri,
                "bookingCancelRedirectUri": cancel_uri,
                "areEmailsEnabled": emails,
            }
            return platform.add_client(self.store, owner or self.add_user("platform-owner"), given)

    def managed_user(
        self, client: PlatformClient, *, name: str, email: str, zone: str = "Europe/London"
    ) -> User:
        """Add a managed user of a client."""
        with self.store.lock:
            given = {"name": name, "email": email, "timeZone": zone}
            return platform.add_managed(self.store, client, given)

    def managed_tokens(self, user: User) -> Json:
        """Give a managed user a pair of tokens, in the vendor's shape: `accessToken`, `refreshToken`..."""
        with self.store.lock:
            return platform.tokens(self.store, user)

    def oauth_client(
        self,
        *,
        name: str = "Partner",
        redirect_uris: Sequence[str] = ("http://127.0.0.1/oauth/calcom/callback",),
        scopes: Iterable[str] | None = None,
        public: bool = False,
    ) -> OAuthClient:
        """Add an OAuth 2.0 client, with its `id` and `secret`; a *public* one has none and needs PKCE.

        Without *scopes* it is an old client, which no scope binds.
        """
        with self.store.lock:
            made = OAuthClient(
                id=self.store.name(32),
                secret="" if public else self.store.name(48),
                name=name,
                redirect_uris=list(redirect_uris),
                scopes=None if scopes is None else frozenset(scopes),
            )
            self.store.oauth_clients[made.id] = made
            return made

    def oauth_tokens(self, client: OAuthClient, user: User, *, scopes: Iterable[str] | None = None) -> Json:
        """Give a client a pair of tokens for a user, in the vendor's shape: `access_token`..."""
        bound = client.scopes if scopes is None else frozenset(scopes)
        with self.store.lock:
            return oauth.tokens(self.store, user, client.id, bound)

    def expire(self, token: str) -> None:
        """Let a token expire now."""
        with self.store.lock:
            self.store.tokens[token].expires = self.store.clock()

    def add_webhook(
        self,
        owner: User | EventType | PlatformClient,
        url: str,
        *,
        secret: str = "",
        triggers: Sequence[str] = TRIGGERS,
        template: str = "",
    ) -> Webhook:
        """Register *url* for the bookings of a user, an event type or a client."""
        kinds = {User: "user", EventType: "event-type", PlatformClient: "client"}
        with self.store.lock:
            made = Webhook(
                id=self.store.next_id(),
                scope=(kinds[type(owner)], str(owner.id)),
                url=url,
                triggers=list(triggers),
                secret=secret,
                template=template,
            )
            self.store.webhooks[made.id] = made
            return made
