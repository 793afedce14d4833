"""What a test puts into the fake: users, booking pages, keys, webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..exchanges import Json
from .records import Calendar, EventType, Host, Question, User, Webhook, weekly
from .redirects import EVENTS
from .store import Store


class Adding:
    """The part of `FakeJicoo` that fills it."""

    store: Store

    def add_user(
        self,
        name: str,
        *,
        email: str = "",
        zone: str = "UTC",
        hours: Sequence[Json] | None = None,
        role: str = "admin",
    ) -> User:
        """Add a member of the organization, who works Monday to Friday from 9 to 17 in his zone.

        *hours* are other ones, such as `weekly("10:00", "19:00", days=(1, 3))`. *role* is "admin", "editor"
        or "viewer".
        """
        with self.store.lock:
            user = User(
                id=f"u_{self.store.next_id()}",
                name=name,
                email=email or f"{name.split()[0].lower()}@example.com",
                role=role,
            )
            self.store.users[user.id] = user
            self.add_calendar(user, zone=zone, hours=hours, name="Basic")
            return user

    def add_calendar(
        self,
        user: User,
        *,
        zone: str = "UTC",
        hours: Sequence[Json] | None = None,
        name: str = "Other",
        default: bool = True,
    ) -> Calendar:
        """Give a user another template of hours, which counts from now on if it is the *default* one."""
        with self.store.lock:
            made = Calendar(
                uid=self.store.uid(),
                name=name,
                zone=zone,
                hours=weekly() if hours is None else list(hours),
                default=default,
                created=self.store.now(),
            )
            for each in user.calendars:
                each.default = each.default and not default
            user.calendars.append(made)
            return made

    def add_event_type(
        self,
        *,
        uid: str = "",
        name: str = "Intro call",
        duration: int = 30,
        hosts: Sequence[User] = (),
        hours: Sequence[Json] | None = None,
        zone: str = "UTC",
        capacity: int = 1,
        questions: Sequence[Question] = (),
        approval: bool = False,
        locations: Sequence[str] = ("zoom",),
        place: str = "",
        assigned: bool = False,
        interval: int = 0,
        notice: int = 0,
        before: int = 0,
        after: int = 0,
        days: int | None = None,
        slug: str = "",
        redirect: str | Mapping[str, str] = "",
        extra: Json | None = None,
    ) -> EventType:
        """Add a booking page of *duration* minutes, by Zoom, without notice and without an end to its window.

        *hosts* all take part, or with *assigned* the free one of the highest priority; without any there is
        a new user with hours in *zone*. *hours*, in *zone*, replace the hosts' own. *capacity* is how many
        may book the same time. With *approval* bookings wait for `approve`. *interval*, *notice*, *before*
        and *after* are minutes, *days* is how far ahead it may be booked. *place* is the address of the
        location "inPerson" and the words of "custom". *redirect* is where guests are sent, by event or after
        every one. *extra* is what the API says of it beside what is known (contracts/jicoo.md 2.8).
        """
        with self.store.lock:
            users = list(hosts) or [self.add_user("Host", zone=zone)]
            made = EventType(
                uid=uid or self.store.uid(),
                name=name,
                duration=duration,
                hosts=[Host(uid=self.store.uid(), user=each) for each in users],
                hours=hours,
                zone=zone,
                capacity=capacity,
                questions=tuple(questions),
                approval=approval,
                locations=tuple(locations),
                place=place,
                assigned=assigned,
                interval=interval,
                notice=notice,
                before=before,
                after=after,
                days=days,
                slug=slug,
                redirects=dict.fromkeys(EVENTS, redirect) if isinstance(redirect, str) else dict(redirect),
                extra=extra or {},
            )
            self.store.event_types[made.uid] = made
            return made

    def add_key(self, *, restricted: bool = False) -> str:
        """Give a new API key; a *restricted* one may not see event types, hosts and users."""
        with self.store.lock:
            key = f"sk_live_{self.store.name(32)}"
            self.store.keys[key] = restricted
            return key

    def webhooks(
        self,
        url: str,
        secret: str,
        *others: str,
        events: Sequence[str] = (),
        separator: str = ",",
        foreign: bool = False,
    ) -> Webhook:
        """Tell *url* of what happens, or of some *events* only.

        Each of *others* signs too, before *secret*, as while a secret is replaced. *separator* stands between
        the elements of the signature's header, which with *foreign* has some that nobody knows.
        """
        with self.store.lock:
            made = Webhook(
                url=url,
                secrets=(*others, secret),
                events=tuple(events),
                separator=separator,
                foreign=foreign,
            )
            self.store.webhooks.append(made)
            return made
