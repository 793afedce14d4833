"""The memory of the fake: everything that it knows, behind one lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..memory import Memory
from .calls import Json, Refusal
from .records import (
    OFFICE_HOURS,
    Booking,
    Code,
    EventType,
    Mail,
    OAuthClient,
    PlatformClient,
    Reservation,
    Schedule,
    Team,
    Token,
    User,
    Webhook,
)


@dataclass(slots=True)
class Store(Memory):
    """What the fake knows. Whoever reads or changes it from another thread holds `lock`."""

    users: dict[int, User] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    event_types: dict[int, EventType] = field(default_factory=dict)
    #: By uid, in the order of their making.
    bookings: dict[str, Booking] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    clients: dict[str, PlatformClient] = field(default_factory=dict)
    oauth_clients: dict[str, OAuthClient] = field(default_factory=dict)
    api_keys: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    #: When guests were last added, for the limit of its own (contracts/calcom.md 4.4).
    guest_calls: list[datetime] = field(default_factory=list)
    #: Who is logged in to the web application; None = the first user.
    logged_in: User | None = None
    #: Whether he says yes to every OAuth 2.0 client without being asked.
    allow_at_once: bool = False
    #: The code that proves an attendee's address, where an event type asks for one.
    verification_code: str = "123456"

    # --- people ----------------------------------------------------------------------------------

    def add_user(
        self,
        username: str,
        *,
        name: str,
        email: str,
        zone: str,
        hours: Sequence[Json] = OFFICE_HOURS,
        organization: str = "",
        client: str = "",
    ) -> User:
        """Add a user with a default schedule of *hours* in his zone."""
        user = User(
            id=self.next_id(),
            username=username,
            name=name,
            email=email,
            zone=zone,
            created=self.clock(),
            organization=organization,
            client=client,
        )
        self.users[user.id] = user
        user.schedule = self.add_schedule(user, name="Working hours", zone=zone, hours=hours).id
        return user

    def add_schedule(
        self,
        owner: User,
        *,
        name: str,
        zone: str,
        hours: Sequence[Json] = OFFICE_HOURS,
        overrides: Sequence[Json] = (),
    ) -> Schedule:
        """Add a schedule, which is not the default one until `User.schedule` says so."""
        schedule = Schedule(
            id=self.next_id(),
            owner=owner.id,
            name=name,
            zone=zone,
            availability=tuple(hours),
            overrides=tuple(overrides),
        )
        self.schedules[schedule.id] = schedule
        return schedule

    def user_named(self, username: str, organization: str = "") -> User:
        """Give the user with *username* in an organization, "" = in none; 404 without one."""
        wanted = (username, organization)
        users = self.users.values()
        found = next((each for each in users if (each.username, each.organization) == wanted), None)
        if found is None:
            raise Refusal(404, f"User with username {username} not found")
        return found

    def team_named(self, slug: str, organization: str = "") -> Team:
        """Give the team with *slug* in an organization, "" = in none; 404 without one."""
        wanted = (slug, organization)
        teams = self.teams.values()
        found = next((each for each in teams if (each.slug, each.organization) == wanted), None)
        if found is None:
            raise Refusal(404, f"Team with slug {slug} not found")
        return found

    # --- event types -----------------------------------------------------------------------------

    def event_type(self, number: object) -> EventType:
        """Give the event type with an id; 404 without one."""
        found = self.event_types.get(number) if isinstance(number, int) else None
        if found is None:
            raise Refusal(404, f"Event type with id {number} not found")
        return found

    def event_types_of(self, owner: User | Team) -> list[EventType]:
        """Give the event types of a user or a team, in the order of their making."""
        return [each for each in self.event_types.values() if each.owner is owner]

    def event_type_named(self, owner: User | Team, slug: str) -> EventType:
        """Give the event type of *owner* with *slug*; 404 without one."""
        found = next((each for each in self.event_types_of(owner) if each.slug == slug), None)
        if found is None:
            raise Refusal(404, f"Event type with slug {slug} not found")
        return found

    # --- bookings --------------------------------------------------------------------------------

    def booking(self, uid: str) -> Booking:
        """Give the booking with *uid*; 404 without one."""
        if uid not in self.bookings:
            raise Refusal(404, f"Booking with uid={uid} was not found in the database")
        return self.bookings[uid]

    def series(self, uid: str) -> list[Booking]:
        """Give the bookings of a recurring uid by their start; none if it is the uid of nothing."""
        found = [each for each in self.bookings.values() if uid and each.recurring == uid]
        return sorted(found, key=lambda each: each.start)

    def with_seat(self, seat: str) -> Booking | None:
        """Give the booking in which somebody has the seat; None without one."""
        seated = (each for each in self.bookings.values() if each.open)
        return next((each for each in seated if any(one.seat == seat for one in each.attendees)), None)

    def blocking(self, user: User, *, besides: Iterable[str] = ()) -> Iterator[Booking]:
        """Give the bookings that keep *user* busy (contracts/calcom.md 9.2, step 5)."""
        for booking in self.bookings.values():
            involved = any(host.id == user.id for host in booking.hosts) or any(
                one.email == user.email for one in booking.attendees
            )
            if involved and booking.uid not in besides and _blocks(booking):
                yield booking

    def held(self) -> list[Reservation]:
        """Give the reservations that have not lapsed."""
        now = self.clock()
        return [each for each in self.reservations.values() if each.until > now]

    # --- tokens ----------------------------------------------------------------------------------

    def token_pair(
        self,
        user: User,
        client: str,
        *,
        access: timedelta,
        refresh: timedelta,
        oauth: bool = False,
        scopes: frozenset[str] | None = None,
    ) -> tuple[Token, Token]:
        """Make an access token and a refresh token that live for so long."""
        now = self.clock()
        made = [
            Token(
                value=f"{kind}-{self.name(40)}",
                user=user,
                client=client,
                expires=now + life,
                refresh=kind == "refresh",
                oauth=oauth,
                scopes=scopes,
            )
            for kind, life in (("access", access), ("refresh", refresh))
        ]
        self.tokens |= {each.value: each for each in made}
        return made[0], made[1]


def _blocks(booking: Booking) -> bool:
    if booking.status != "pending":
        return booking.status == "accepted"
    policy = booking.event_type.setting("confirmationPolicy")
    return policy is None or bool(policy.get("blockUnconfirmedBookingsInBooker"))
