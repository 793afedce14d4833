"""Who is told what about a booking: mails to people, webhooks to machines (contracts/calcom.md 3.2, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ...times import format_instant
from .calls import Json
from .links import Links, client_of, links
from .payloads import booking_payload, delivery
from .records import Attendee, Booking, Mail, User, Webhook
from .store import Store


def made(store: Store, booking: Booking, who: Attendee) -> None:
    """Tell of a booking, or of a seat in one, that was made: requested if the host has to confirm it."""
    requested = booking.status == "pending"
    trigger = "BOOKING_REQUESTED" if requested else "BOOKING_CREATED"
    _mail(store, "requested" if requested else "created", booking, [who])
    notify(store, booking, trigger, booking_payload(store, booking, [who], booking.status))


def confirmed(store: Store, booking: Booking) -> None:
    """Tell that the host has confirmed: as if the booking were made now."""
    _mail(store, "created", booking, booking.attendees)
    payload = booking_payload(store, booking, booking.attendees, "accepted")
    notify(store, booking, "BOOKING_CREATED", payload)


def moved(store: Store, booking: Booking, old: Booking, before: datetime, *, seat: str = "") -> None:
    """Tell that a booking moved; one that waits for its host is told of as a request, without the old uid.

    That and the missing old uid of seats are oddities of Cal.com.
    """
    people = [each for each in booking.attendees if not seat or each.seat == seat]
    if booking.status == "pending":
        _mail(store, "requested", booking, people)
        notify(store, booking, "BOOKING_REQUESTED", booking_payload(store, booking, people, "pending"))
        return
    payload = booking_payload(store, booking, people, booking.status) | {
        "rescheduleStartTime": format_instant(before),
        "rescheduleEndTime": format_instant(before + (old.end - old.start)),
        "rescheduledBy": booking.rescheduled_by or None,
    }
    if not seat:
        payload |= {"rescheduleId": old.id, "rescheduleUid": old.uid}
    _mail(store, "rescheduled", booking, people)
    notify(store, booking, "BOOKING_RESCHEDULED", payload)


def cancelled(store: Store, booking: Booking, people: list[Attendee], *, reason: str, by: str) -> None:
    """Tell that a booking was cancelled, or that *people* have left their seats."""
    payload = booking_payload(store, booking, people, "cancelled")
    payload |= {"cancelledBy": by or None, "cancellationReason": reason}
    _mail(store, "cancelled", booking, people)
    notify(store, booking, "BOOKING_CANCELLED", payload)


def rejected(store: Store, booking: Booking) -> None:
    """Tell that the host has declined."""
    payload = booking_payload(store, booking, booking.attendees, "rejected")
    payload["rejectionReason"] = booking.cancellation_reason
    _mail(store, "declined", booking, booking.attendees)
    notify(store, booking, "BOOKING_REJECTED", payload)


def absent(store: Store, booking: Booking, people: Iterable[Attendee]) -> None:
    """Tell who did not come."""
    payload = {
        "message": "Attendees were marked",
        "bookingUid": booking.uid,
        "bookingId": booking.id,
        "attendees": [{"email": each.email, "noShow": each.absent} for each in people],
    }
    notify(store, booking, "BOOKING_NO_SHOW_UPDATED", payload)


def notify(store: Store, booking: Booking, trigger: str, payload: Json) -> None:
    """Put a webhook on its way to everybody who asked for this trigger of this booking."""
    for webhook in store.webhooks.values():
        if webhook.active and trigger in webhook.triggers and _concerns(store, webhook, booking):
            store.outgoing.append(delivery(webhook, trigger, payload, store.clock()))


def notify_of(store: Store, user: User, trigger: str, payload: Json) -> None:
    """Put a webhook on its way to everybody who asked for this trigger of *user*, whatever the event type."""
    scopes = {("user", str(user.id)), ("client", user.client)}
    for webhook in store.webhooks.values():
        if webhook.active and trigger in webhook.triggers and webhook.scope in scopes:
            store.outgoing.append(delivery(webhook, trigger, payload, store.clock()))


def _concerns(store: Store, webhook: Webhook, booking: Booking) -> bool:
    kind, number = webhook.scope
    if kind == "event-type":
        return number == str(booking.event_type.id)
    if kind == "client":
        client = client_of(store, booking)
        return client is not None and client.id == number
    return number in {str(each.id) for each in (booking.event_type.user, *booking.hosts)}


def _mail(store: Store, kind: str, booking: Booking, people: Iterable[Attendee]) -> None:
    """Send mails to the attendees and the hosts; none for a Platform client that has not asked for them."""
    client = client_of(store, booking)
    if client is not None and not client.emails:
        return
    over = kind in ("cancelled", "declined")
    receivers: list[Attendee | User] = [*people, *booking.hosts]
    for to in receivers:
        if not to.email:
            continue
        given = links(store, booking, to)
        shown = Links(manage=given.manage) if over else given
        store.mails.append(
            Mail(
                kind=kind,
                to=to.email,
                subject=f"{kind.capitalize()}: {booking.title}",
                uid=booking.uid,
                manage=shown.manage,
                reschedule=shown.reschedule,
                cancel=shown.cancel,
            )
        )
