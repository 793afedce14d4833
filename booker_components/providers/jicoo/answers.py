"""Answers: sent by the ids of questions, given back by their texts (contracts/jicoo.md 2.3, 2.7, 9.5).

Choices are sent as a list and everything else as a text. What Jicoo takes for which kind of question is not
documented; should it refuse one, declare the question as the kind that is sent as Jicoo wants it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...languages import gettext as _
from ...questions import UNASKED
from ...values import Answer, Question, QuestionKind
from .objects import Object

#: Fields that Jicoo has for every guest, with the most characters each may have: a question that is declared
#: with such a slug and no `id` is asked for one of them (contracts/jicoo.md 2.3).
OWN_FIELDS = {"company": 32, "textRemindCountryCode": 255, "textRemindNumber": 32}

_CHOSEN = frozenset({QuestionKind.SELECT, QuestionKind.RADIO})
_SEVERAL = frozenset({QuestionKind.CHECKBOXES, QuestionKind.EMAILS})


def is_own_field(question: Question) -> bool:
    """Tell whether a question asks for one of Jicoo's own fields."""
    return question.slug in OWN_FIELDS and not question.id


# --- sending -------------------------------------------------------------------------------------


def unknown(questions: Sequence[Question], answers: Mapping[str, Answer]) -> Mapping[str, str]:
    """Give a sentence for each answer to a question that is not asked."""
    return dict.fromkeys(answers.keys() - {each.slug for each in questions}, _(UNASKED))


def sent(questions: Sequence[Question], answers: Mapping[str, Answer]) -> list[dict[str, object]]:
    """Give the answers to custom questions as a request has them."""
    asked = [each for each in questions if each.slug in answers and not is_own_field(each)]
    contents = [(each.id or each.slug, _content(each, answers[each.slug])) for each in asked]
    return [{"questionUid": uid, "content": content} for uid, content in contents if content]


def own_fields(questions: Sequence[Question], answers: Mapping[str, Answer]) -> dict[str, str]:
    """Give the answers that are fields of their own in a request."""
    asked = {each.slug: answers.get(each.slug) for each in questions if is_own_field(each)}
    return {slug: _text(answer) for slug, answer in asked.items() if answer not in (None, "")}


def _content(question: Question, answer: Answer) -> str | list[str]:
    if question.kind is QuestionKind.CHECKBOXES:
        return list(answer) if isinstance(answer, tuple) else [_text(answer)]
    if question.kind in _CHOSEN:
        return [_text(answer)]
    if question.kind is QuestionKind.BOOLEAN:
        # Jicoo has no such kind; a check box with one choice is one.
        return [(*question.options, question.label)[0]] if answer else []
    return _text(answer)


def _text(answer: Answer | None) -> str:
    if isinstance(answer, tuple):
        return ", ".join(answer)
    return str(int(answer)) if isinstance(answer, float) and answer.is_integer() else str(answer)


# --- reading -------------------------------------------------------------------------------------


def read(contact: Object, questions: Sequence[Question]) -> dict[str, Answer]:
    """Give the answers of a guest by slug; to a question that is not known, by its text."""
    waiting = list(questions)
    found = {key: text for key in OWN_FIELDS if (text := contact.text(key))}
    return {**found, **dict(_answers(contact, waiting))}


def _answers(contact: Object, waiting: list[Question]) -> Iterator[tuple[str, Answer]]:
    for each in contact.children("answers"):
        text, content = each.text("question"), _contents(each)
        question = next((asked for asked in waiting if _words(asked.label) == _words(text)), None)
        if question:
            # Of two questions with the same words, the first is answered first.
            waiting.remove(question)
        if content and (question or text):
            yield (question.slug, _answer(question, content)) if question else (text, _plain(content))


def _contents(answer: Object) -> tuple[str, ...]:
    """Give what was answered: texts in a list, or one by itself; blank ones say nothing."""
    value = answer.fields.get("content")
    given = (value,) if isinstance(value, str) else answer.texts("content")
    return tuple(each for each in given if each.strip())


def _answer(question: Question, content: tuple[str, ...]) -> Answer:
    if question.kind is QuestionKind.BOOLEAN:
        return True
    if question.kind is QuestionKind.EMAILS:
        return tuple(filter(None, ",".join(content).replace(" ", "").split(",")))
    if question.kind is QuestionKind.CHECKBOXES:
        return content
    text = "\n".join(content)
    return _number(text) if question.kind is QuestionKind.NUMBER else text


def _plain(content: tuple[str, ...]) -> Answer:
    return content if len(content) > 1 else content[0]


def _number(text: str) -> Answer:
    try:
        return float(text)
    except ValueError:
        return text


def _words(text: str) -> str:
    return " ".join(text.split())
