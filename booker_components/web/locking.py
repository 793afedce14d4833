"""Locking: what a host knows of its user stands in the booker, whatever the user's browser sends.

It is kept in our database, and a signed token stands for it, so that no address and no hidden field holds it.
The token travels through every step; what it stands for is put in the place of what a form says.

The same token is the way in to what is booked through private links only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from .. import questions
from ..errors import (
    InvalidRequest,
    LinkExpired,
    LinkInvalid,
    LinkUsedUp,
    ProviderRefused,
    Refused,
    Unsupported,
)
from ..languages import N_
from ..languages import gettext as _
from ..links import PrefillTokens
from ..records.prefills import Answers, Prefill, Prefills
from ..values import Booking, EventType, Question, QuestionKind
from . import forms, prefill, wording
from .runtime import Runtime
from .state import Pairs

#: What is kept is somebody's data, and nobody needs so long to open a link and to fill in a form. A private
#: link of which no more is kept than that it exists may last longer.
LONGEST, LONGEST_BARE = timedelta(days=30), timedelta(days=366)
MOST_USES = 10_000
#: What is known of a visitor without a token.
NOTHING = Prefill(event_type="", owner="", locked={}, open=())

_UNFIT = "A fact has a name of 40 characters and a text of 500 at most, and there are 49 at most."
_TOO_LONG = "Please let the link last for some time, and for {} days at most."
_USES = f"Please give a whole number from 1 to {MOST_USES}."
_OVER = N_("The details that were filled in for you have expired.")
_FAILED = N_("Your details could not be filled in.")
_REMEDY = N_("Please check or enter them yourself, or start again from the page that led you here.")


def token(
    parts: Runtime,
    event_type: EventType,
    *,
    locked: Mapping[str, object],
    known: Mapping[str, object],
    expires: timedelta,
    uses: int | None = None,
) -> str:
    """Keep what a host knows of a user, and give the token for it; "" where nobody needs one.

    *locked* cannot be changed, and `InvalidRequest` names what is wrong in it. What else is *known* can, but
    for right answers to questions that are locked once they are prefilled; what is of no use is passed over.
    *uses* is how many bookings it is good for, None for any number.
    """
    pairs = prefill.told(known, event_type)
    firm = {**_fixed(event_type, pairs), **_checked(event_type, locked)}
    rest = tuple(pair for pair in prefill.without(firm, pairs) if _is_text(pair[1]))
    if not (firm or rest or event_type.private or uses):
        return ""
    longest = LONGEST if firm or rest else LONGEST_BARE
    if not timedelta(0) < expires <= longest:
        raise InvalidRequest({"expires": _TOO_LONG.format(longest.days)})
    until = parts.service.clock() + expires
    kept = Prefill(event_type=event_type.slug, owner=event_type.owner, locked=firm, open=rest, uses=uses)
    return _tokens(parts).token(_prefills(parts).keep(kept, until=until), until=until)


def locks(event_type: EventType, known: Mapping[str, object]) -> bool:
    """Tell whether *known* answers a question that is locked once it is prefilled."""
    return bool(_fixed(event_type, prefill.told(known, event_type)))


def require_asked(event_type: EventType, known: Mapping[str, object]) -> None:
    """Refuse names that are neither those of questions nor of facts: `InvalidRequest`."""
    names = prefill.by_slug(event_type)
    if strange := [name for name in known if name not in names and not prefill.is_fact(name)]:
        raise InvalidRequest(dict.fromkeys(strange, questions.UNASKED))


def require_uses(uses: int | None) -> None:
    """Refuse a number of bookings that no link can be good for: `InvalidRequest`."""
    if uses is not None and not (type(uses) is int and 1 <= uses <= MOST_USES):
        message = f"'uses' is {uses!r}; it must be a whole number from 1 to {MOST_USES}, or None for any."
        raise InvalidRequest({"uses": _USES}, message=message)


def find(parts: Runtime, token: str, event_type: EventType, *, acts: bool = False) -> tuple[Prefill, str]:
    """Give what *token* stands for; where that cannot be had, nothing, and a sentence for the visitor.

    Where a form *acts*, what is used up is given, too: the form may be the one that has used it up.
    """
    if not token:
        return NOTHING, ""
    try:
        return admit(parts, token, event_type, acts=acts), ""
    except LinkInvalid:
        return NOTHING, _told(_FAILED, _REMEDY)
    except LinkUsedUp as error:
        return NOTHING, _told(error.sentence, _FAILED, _REMEDY)
    except LinkExpired:
        return NOTHING, _told(_OVER, _REMEDY)


def _told(*sentences: str) -> str:
    return wording.told(*map(_, sentences))


def admit(parts: Runtime, token: str, event_type: EventType, *, acts: bool = False) -> Prefill:
    """Give what *token* stands for; *acts* as in `find`.

    Raises `LinkInvalid`, `LinkExpired` or `LinkUsedUp`.
    """
    found = _prefills(parts).find(_tokens(parts).read(token))
    if found is None:
        raise LinkExpired("What the token stood for is gone.")
    same = (found.event_type, found.owner) == (event_type.slug, event_type.owner)
    # The questions may have changed since, and nobody could mend an answer that is locked.
    if not same or _problems(event_type, found.locked):
        raise LinkInvalid("The token was made for something else.")
    if found.uses == 0 and not acts:
        raise LinkUsedUp("The uses of the link are up.")
    return found


def spending(parts: Runtime, token: str, key: str, act: Callable[[Callable[[], None]], Booking]) -> Booking:
    """Do *act*, which is given what to call as booking begins: that uses up a booking of *token*.

    The same *key* uses up one only. `LinkUsedUp` if none is left. What is refused has used up nothing; what
    may have been booked after all has.
    """
    prefills, id = _prefills(parts), _tokens(parts).read(token)
    key = key or secrets.token_urlsafe(16)
    spent = False

    def spend() -> None:
        nonlocal spent
        spent = prefills.spend(id, key) and not parts.storage.is_open

    try:
        return act(spend)
    except (Refused, ProviderRefused, Unsupported):
        # A transaction takes it back by itself, but with providers elsewhere there is none.
        if spent:
            prefills.give_back(id, key)
        raise


def over(locked: Answers, given: Pairs) -> Pairs:
    """Give what is *locked*, and of what is *given* that which is about other fields."""
    return (*_pairs(locked), *prefill.without(locked, given))


# --- what hosts say ------------------------------------------------------------------------------


def _checked(event_type: EventType, given: Mapping[str, object]) -> Answers:
    """Give what is *given* by slug under the names of the fields; `InvalidRequest` if any of it is wrong."""
    require_asked(event_type, given)
    asked = prefill.by_slug(event_type)
    slugs = {asked[name].slug if name in asked else name: name for name in given}
    found = {field: _texts(asked.get(slug), given[slug]) for field, slug in slugs.items()}
    if wrong := _problems(event_type, found):
        raise InvalidRequest({slugs[field]: sentence for field, sentence in wrong.items()})
    return found


def _fixed(event_type: EventType, pairs: Pairs) -> Answers:
    """Give those of *pairs* that answer, as they should, a question which is locked once it is prefilled."""
    asked = prefill.asked(event_type)
    given = MultiDict(pairs)
    locked = (each for name, each in asked.items() if each.locked and name in given)
    found = {each.slug: _texts(each, given.getlist(each.slug)) for each in locked}
    return {field: texts for field, texts in found.items() if not _problems(event_type, {field: texts})}


def _texts(question: Question | None, value: object) -> tuple[str, ...]:
    """Give *value* as the form has it: of several choices each, else one text; nothing for no answer."""
    texts = tuple(prefill.of_host({"": value}).getlist(""))
    if not texts or (question and question.kind is QuestionKind.CHECKBOXES):
        return texts
    return ("\n".join(texts),)


def _problems(event_type: EventType, answers: Answers) -> Mapping[str, str]:
    """Give a sentence for each of *answers* with which the form finds fault, or that it would not take."""
    form = forms.guest_form(event_type, typed=MultiDict(tuple(_pairs(answers))))
    form.valid()
    wrong = {**_facts_problems(answers), **form.errors()}
    unseen = {each.slug: each for each in forms.unseen_questions(event_type)}
    for field in answers.keys() & unseen.keys():
        try:
            questions.check(unseen[field], form.answer(field) or None)
        except ValueError as problem:
            wrong[field] = str(problem)
    asked = prefill.asked(event_type)
    strange = (field for field in answers if field not in asked and not prefill.is_fact(field))
    wrong |= dict.fromkeys(strange, questions.UNASKED)
    return {field: wrong[field] for field in answers if field in wrong}


def _facts_problems(answers: Answers) -> Mapping[str, str]:
    facts = {name: text for name, text in _pairs(answers) if prefill.is_fact(name)}
    if len(prefill.facts(MultiDict(facts))) == len(facts):
        return {}
    return dict.fromkeys(facts, _UNFIT)


def _is_text(text: str) -> bool:
    """Tell whether a page can show *text*, and a form could send it."""
    try:
        return questions.check(questions.NOTES, text) is not None
    except ValueError:
        return False


def _pairs(answers: Answers) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, texts in answers.items() for text in texts)


def _prefills(parts: Runtime) -> Prefills:
    return Prefills(parts.storage, parts.service.clock)


def _tokens(parts: Runtime) -> PrefillTokens:
    return PrefillTokens(parts.keys, clock=parts.service.clock)
