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
  `DeliveryFailed` with a message free of personal data: it is stored and shown by `flask booker outbox`.

Deliveries are recorded per subscriber, under its `name` attribute or its qualified name; renaming one
makes it a new subscriber.
"""
