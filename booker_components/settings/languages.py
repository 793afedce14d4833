"""What settings must be about languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike

from ..errors import ConfigurationError
from ..languages import fits
from .fields import Settings


def _check_language(settings: Settings) -> None:
    if not (isinstance(settings.language, str) or callable(settings.language)):
        raise ConfigurationError(
            "'BOOKER_LANGUAGE' must be a BCP 47 tag like 'de', or a function of the request that gives one."
        )


def _check_languages(settings: Settings) -> None:
    tags = settings.languages
    if isinstance(tags, str) or not all(isinstance(tag, str) for tag in tags):
        raise ConfigurationError("'BOOKER_LANGUAGES' must be a list of BCP 47 tags, such as ['en', 'pt-BR'].")


def _check_translations(settings: Settings) -> None:
    if not isinstance(settings.translations, (str, PathLike)):
        raise ConfigurationError("'BOOKER_TRANSLATIONS' must be the path of a folder.")


def _check_labels(settings: Settings) -> None:
    labels = settings.labels
    if not isinstance(labels, Mapping) or not all(map(_is_texts, labels.values())):
        raise ConfigurationError(
            "'BOOKER_LABELS' must give texts by language and by the English text: "
            '{"en": {"Confirm booking": "Book it"}}.'
        )
    for text, said in (pair for texts in labels.values() for pair in texts.items()):
        if not fits(said, text):
            raise ConfigurationError(
                f"'BOOKER_LABELS' has {said!r} for {text!r}; its placeholders must be those of that text, "
                "written like '%(name)s', and a per cent sign '%%'."
            )


def _is_texts(texts: object) -> bool:
    return isinstance(texts, Mapping) and all(
        isinstance(each, str) for pair in texts.items() for each in pair
    )


LANGUAGE_CHECKS: tuple[Callable[[Settings], None], ...] = (
    _check_language,
    _check_languages,
    _check_translations,
    _check_labels,
)
