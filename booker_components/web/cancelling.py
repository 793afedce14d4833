"""The cancel widget: ask once more, with a reason."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from ..links import Purpose
from ..values import Booking, ReasonRule
from . import components, csrf, forms, wording
from .components import Action
from .forms import Form
from .reading import Reading
from .runtime import Runtime


def form(parts: Runtime, booking: Booking, *, typed: MultiDict[str, str] | None = None) -> Form:
    """Give the form that asks why *booking* is cancelled, as its event type wants it."""
    event_type = parts.service.event_type_of(booking)
    rule = event_type.cancel.reason if event_type else ReasonRule.OPTIONAL
    return forms.reason_form(rule, "Why are you cancelling?", typed=typed)


def component(
    parts: Runtime, booking: Booking, form: Form, *, id: str, reading: Reading, alert: str = ""
) -> components.Cancel:
    """Give the widget with *form* in it."""
    prefix = f"{id}-f"
    return components.Cancel(
        id=id,
        title=booking.title,
        host=", ".join(host.name for host in booking.hosts),
        when=wording.when(booking.start, booking.end, reading),
        form=components.Form(
            action=parts.url(parts.links.path(Purpose.CANCEL, booking)),
            submit="Cancel booking",
            hidden=(csrf.field(parts.keys),),
            fields=form.fields(prefix),
            problems=form.problems(prefix),
        ),
        alert=alert,
        keep=keep(parts, booking),
    )


def keep(parts: Runtime, booking: Booking) -> Action:
    """Give the way back to the booking page, with nothing changed."""
    href = parts.url(parts.links.path(Purpose.MANAGE, booking))
    return Action(label="Keep the booking as it is", href=href)
