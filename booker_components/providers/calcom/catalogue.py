"""What can be booked: event types of users, groups and teams, kept for a minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ...errors import EventTypeNotFound, Unsupported
from ...values import Booking, EventType
from .._caching import Cache
from .._objects import known_zone
from .._offers import of_booking
from .accounts import CalcomAccount
from .client import CalcomClient, CalcomError, CalcomNotFound, Resource, quote
from .event_types import Offer, read_offer
from .objects import Object
from .owners import Owner

_KEPT = timedelta(minutes=1)
_KEPT_PEOPLE = timedelta(minutes=10)
#: What a slug may look like; anything else is asked of nobody.
_LONGEST_SLUG = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class _Me:
    """The user whose credentials we have."""

    username: str = ""
    zone: str = ""


class Catalogue:
    """Finds event types for the account of the call at hand (contracts/calcom.md 4.7)."""

    def __init__(self, client: CalcomClient, clock: Callable[[], datetime], *, zone: str) -> None:
        """Read by *client*; *zone* is the hosts', "" to ask for it where that can be done."""
        self._client = client
        self._zone = zone
        self._offers: Cache[tuple[CalcomAccount, str], tuple[Offer, ...]] = Cache(clock, keep=_KEPT)
        self._people: Cache[CalcomAccount, _Me] = Cache(clock, keep=_KEPT_PEOPLE)
        self._teams: Cache[tuple[CalcomAccount, str], str] = Cache(clock, keep=_KEPT_PEOPLE)

    @property
    def proven(self) -> bool:
        """Whether the call at hand goes out with the credentials of its account."""
        account = self._client.identity.account()
        return bool(account.api_key or account.tokens)

    def require_proof(self, what: str) -> None:
        """Raise `Unsupported`, which says how to mend it, where *what* needs credentials that we lack."""
        if not self.proven:
            raise Unsupported(
                f"Cal.com lets the host alone {what}: set 'BOOKER_CALCOM_API_KEY', or connect an account."
            )

    def lists(self, event_type: EventType) -> bool:
        """Tell whether bookings of *event_type* are among those that our credentials list.

        Those of a team are, to its members; those of a user, to that user alone (contracts/calcom.md 4.8).
        """
        if not self.proven:
            return False
        account = self._client.identity.account()
        owner = Owner.parse(event_type.owner, account)
        return bool(owner.team) or owner.username == (self._me().username or account.username)

    def all(self) -> tuple[Offer, ...]:
        """Give every event type that guests may find, hidden ones and templates left out."""
        return self._listed(self._owner(None))

    def one(self, slug: str, owner: str | None = None) -> Offer:
        """Give one event type by its slug, or by its id where that is all there is; `EventTypeNotFound`."""
        if not slug or len(slug) > _LONGEST_SLUG or not slug.isprintable():
            raise EventTypeNotFound("No event type has a slug like this.")
        whose = self._owner(owner)
        offers = self._named(whose, slug)
        if not offers:
            raise EventTypeNotFound(f"Cal.com has no event type {slug!r} of {str(whose)!r}.")
        return offers[0]

    def of(self, booking: Booking) -> EventType:
        """Give the event type of *booking*, or as much of it as can be known.

        Raises `EventTypeNotFound` if it was deleted: bookings then name none.
        """
        if not booking.event_type_id:
            raise EventTypeNotFound("The event type of the booking is gone.")
        offers = self._public(booking) or self._kept(
            f"#{booking.event_type_id}", partial(self._ask_id, booking.event_type_id)
        )
        return offers[0].event_type if offers else of_booking(booking)

    def owns(self, name: str) -> bool:
        """Tell whether *name* is the owner of the account at hand, or a member of the group that it is."""
        owner = Owner.parse(None, self._client.identity.account())
        # Who the credentials belong to has to be asked for, and counts only where the settings do not say it.
        return name in owner.names() or name == self._me().username

    def has(self, booking: Booking, owner: str | None = None) -> bool:
        """Tell whether *owner*, the account at hand if None, offers the event type of *booking*."""
        try:
            offers = self._named(self._owner(owner), booking.event_type) if booking.event_type else ()
        except (EventTypeNotFound, Unsupported):
            return False
        return any(each.event_type.id == booking.event_type_id for each in offers)

    def forget(self) -> None:
        """Forget all event types: Cal.com has just shown that one is otherwise than we thought."""
        self._offers.drop()

    def team_id(self, slug: str) -> str:
        """Give the id of the team *slug*, which only its members may look up."""
        self.require_proof("read a team's event types")
        account = self._client.identity.account()
        return self._teams.get((account, slug), partial(self._ask_team, slug))

    # --- asking ---

    def _owner(self, text: str | None) -> Owner:
        owner = Owner.parse(text, self._client.identity.account())
        if not (owner.username or owner.team):
            owner = Owner(username=self._me().username)
        if not (owner.username or owner.team):
            raise Unsupported(
                "'BOOKER_CALCOM_USERNAME' is not set, so nobody can tell whose event types are offered. "
                "Set it, or 'BOOKER_CALCOM_TEAM', or a key whose profile may be read."
            )
        return owner

    def _kept(self, name: str, make: Callable[[], tuple[Offer, ...]]) -> tuple[Offer, ...]:
        return self._offers.get((self._client.identity.account(), name), make)

    def _listed(self, owner: Owner) -> tuple[Offer, ...]:
        return self._kept(str(owner), partial(self._ask_all, owner))

    def _named(self, owner: Owner, slug: str) -> tuple[Offer, ...]:
        return self._kept(f"{owner} {slug}", partial(self._ask_one, owner, slug))

    def _public(self, booking: Booking) -> tuple[Offer, ...]:
        """Look where everybody may look, and the team's members (contracts/calcom.md 4.8).

        A host's own event type may have the slug of the team's: the id decides.
        """
        account = self._client.identity.account()
        for owner in dict.fromkeys((Owner.parse(booking.owner, account), Owner.parse(None, account))):
            may_ask = self.proven if owner.team else owner.username
            offers = self._named(owner, booking.event_type) if may_ask and booking.event_type else ()
            if same := tuple(each for each in offers if each.event_type.id == booking.event_type_id):
                return same
        return ()

    def _ask_all(self, owner: Owner) -> tuple[Offer, ...]:
        return self._offered(owner, [each for each in self._ask(owner) if not each.flag("hidden")])

    def _ask_one(self, owner: Owner, slug: str) -> tuple[Offer, ...]:
        found = [each for each in self._ask(owner, slug) if each.text("slug") == slug]
        if not found and slug.isascii() and slug.isdigit():
            found = [each for each in self._ask_by_id(slug) if _owner_of(each) == owner]
        return self._offered(owner, found)

    def _ask_id(self, number: str) -> tuple[Offer, ...]:
        found = self._ask_by_id(number)
        return self._offered(_owner_of(found[0]) or Owner(), found) if found else ()

    def _ask(self, owner: Owner, slug: str = "") -> Sequence[Object]:
        if owner.team:
            path = f"/teams/{quote(self.team_id(owner.team))}/event-types"
            return self._read(path, Resource.OTHER, {"eventSlug": slug or None})
        group = owner.group()
        query: dict[str, object] = {
            "usernames": ",".join(group) or None,
            "username": None if group else owner.username,
            # A group's event type has a slug of its own, which cannot be asked for.
            "eventSlug": None if group else slug or None,
            "orgSlug": self._client.identity.account().organization or None,
        }
        return self._read("/event-types", Resource.EVENT_TYPES, query)

    def _ask_by_id(self, number: str) -> Sequence[Object]:
        if not self.proven:
            return ()
        try:
            data = self._client.get(f"/event-types/{quote(number)}", Resource.EVENT_TYPES)
        except CalcomError:
            # Unknown, or somebody else's: who asks may not know.
            return ()
        return (Object.of(data, "event type"),)

    def _read(self, path: str, resource: Resource, query: dict[str, object]) -> Sequence[Object]:
        try:
            return Object.all(self._client.get(path, resource, params=query), "event type")
        except CalcomNotFound:
            return ()

    def _ask_team(self, slug: str) -> str:
        teams = Object.all(self._client.get("/teams", Resource.OTHER), "team")
        number = next((each.identifier("id") for each in teams if each.text("slug") == slug), "")
        if not number:
            raise EventTypeNotFound(
                f"The account at Cal.com is in no team {slug!r}. See 'BOOKER_CALCOM_TEAM'."
            )
        return number

    def _offered(self, owner: Owner, found: Sequence[Object]) -> tuple[Offer, ...]:
        """Read event types; a managed one is a template that nobody can book (contracts/calcom.md 4.6)."""
        bookable = [each for each in found if each.text("schedulingType") != "managed"]
        zone = (self._zone or self._me().zone or "UTC") if bookable else ""
        return tuple(read_offer(each, zone=zone, owner=str(owner), proven=self.proven) for each in bookable)

    # --- the host ---

    def _me(self) -> _Me:
        """Give the user whose credentials we have; nobody without, or where they do not allow to ask."""
        if not self.proven:
            return _Me()
        return self._people.get(self._client.identity.account(), self._ask_me)

    def _ask_me(self) -> _Me:
        try:
            found = Object.of(self._client.get("/me", Resource.OTHER), "user")
        except CalcomError:
            # A token without the scope PROFILE_READ (contracts/calcom.md 4.11).
            return _Me()
        return _Me(username=found.text("username"), zone=known_zone(found.text("timeZone")))


def _owner_of(found: Object) -> Owner | None:
    """Give whose event type it says it is; None if it does not."""
    team = found.child("team")
    if team is not None:
        return Owner(team=team.text("slug"))
    people = found.children("users")
    return Owner(username=people[0].text("username")) if people else None
