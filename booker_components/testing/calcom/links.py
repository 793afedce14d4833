"""The links in Cal.com's mails, in the shapes that it really sends (contracts/calcom.md 3.2, 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from .records import Attendee, Booking, PlatformClient, User
from .store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The three links; "" for one that is not offered."""

    manage: str = ""
    reschedule: str = ""
    cancel: str = ""


def links(store: Store, booking: Booking, to: User | Attendee) -> Links:
    """Give the links for somebody; those of a Platform client's bookings lead to the client's own pages."""
    client = client_of(store, booking)
    seat = to.seat if isinstance(to, Attendee) else ""
    made = _standard(store, booking, seat, to.email) if client is None else _platform(client, booking, seat)
    fields = booking.event_type.fields
    fixed = bool(booking.recurring) or bool((fields.get("disableRescheduling") or {}).get("disabled"))
    kept = bool((fields.get("disableCancelling") or {}).get("disabled"))
    return Links(
        manage=made.manage,
        reschedule="" if fixed else made.reschedule,
        cancel="" if kept else made.cancel,
    )


def client_of(store: Store, booking: Booking) -> PlatformClient | None:
    """Give the client of the event type's owner, else of one of its hosts; None outside the Platform."""
    users = (booking.event_type.user, *booking.hosts)
    return next((store.clients[each.client] for each in users if each.client in store.clients), None)


def _platform(client: PlatformClient, booking: Booking, seat: str) -> Links:
    username, slug = booking.hosts[0].username, booking.event_type.slug
    team = booking.event_type.team
    seated = f"&seatReferenceUid={seat}" if seat else ""
    # Plain concatenation, nothing encoded: so does Cal.com.
    names = f"slug={slug}&username={username or 'undefined'}"
    manage = f"{client.booking_uri}/{booking.uid}?{names}{seated}&changes=true"
    named = {"slug": slug} | ({"username": username} if username else {})
    last = {"teamId": str(team.id)} if team else {}
    own_seat = {"seatReferenceUid": seat} if seat else {}
    cancel = {**named, "cancel": "true", "allRemainingBookings": _all(booking), **own_seat, **last}
    reschedule = {**named, "reschedule": "true", **last}
    return Links(
        manage=manage if client.booking_uri else "",
        reschedule=_link(client.reschedule_uri, seat or booking.uid, reschedule),
        cancel=_link(client.cancel_uri, booking.uid, cancel),
    )


def _link(base: str, uid: str, parameters: dict[str, str]) -> str:
    return f"{base}/{uid}?{urlencode(parameters)}" if base else ""


def _all(booking: Booking) -> str:
    return "true" if booking.event_type.setting("recurrence") else "false"


def _standard(store: Store, booking: Booking, seat: str, email: str) -> Links:
    page = f"{store.app_url}/booking/{booking.uid}"
    cancel = {"cancel": "true", "allRemainingBookings": _all(booking), "cancelledBy": email}
    return Links(
        manage=f"{page}?changes=true",
        cancel=f"{page}?{urlencode(cancel | ({'seatReferenceUid': seat} if seat else {}))}",
        reschedule=f"{store.app_url}/reschedule/{seat or booking.uid}?{urlencode({'rescheduledBy': email})}",
    )
