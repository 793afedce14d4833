"""Subscribers: what happens elsewhere after a booking has changed.

A subscriber is any callable that takes a `BookingEvent` (`outbox.Subscriber`); hosts pass theirs as
`Booker(app, subscribers=[tell_the_crm])`::

    def tell_the_crm(event: BookingEvent) -> None:
        if event.kind is EventKind.CREATED:
            crm.upsert(key=event.id, guest=event.booking.attendee.email)

The outbox calls it outside the request, after the booking is safe, with these promises:

- **At least once.** A crash between the call and its record means a second call with the same `event.id`:
  use that id as a key where doing it twice would hurt.
- **In order per booking.** What happened to one booking arrives in the order in which it happened; a failing
  event holds back the later ones of the same booking, and no others.
- **Again after a failure.** Any exception means "not yet": the event comes back, at growing distances. Raise
  `DeliveryFailed` with a message free of personal data: it is stored and shown by `flask booker outbox`. Of
  any other exception only class and place are kept, as its message may quote the guest.
- **Never given up silently.** An event that still fails a day after its first attempt is parked, and goes on
  holding back the later ones of its booking: late is better than out of order. Where a further attempt is of
  no use until somebody has mended something, raise `DeliveryFailed(..., permanent=True)`: it is parked at
  once. `flask booker outbox retry` resumes, in order; a subscriber hears of those bookings late then, so
  trust `event.at`, not the clock.
- **Independent.** Each subscriber has threads of its own in web processes and workers (`flask booker deliver`
  calls them one after the other): one that hangs keeps no other waiting.

A subscriber should give up below a minute, for example by the timeout of its HTTP client: after that its
claim on the event ends, and the event may be delivered once more at the same time.

A subscriber with the attribute `sends_links = True` promises to mail the guest a new link,
`booking_link(event.booking.uid)`, when it hears `EventKind.LINK_REQUESTED`; the booking pages then offer one.
Without 'BOOKER_MAIL_URL', whose `mail.LinkMailer` does that, this is how a host sends links itself.

Deliveries are recorded per subscriber, under its `name` attribute or its qualified name; renaming one
makes it a new subscriber.
"""
