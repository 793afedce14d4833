"""The Flask edge: the blueprint with its routes, templates and widgets."""

from __future__ import annotations

from flask import Blueprint
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from ..errors import ConfigurationError
from . import branding, deciding, embedding, holding, oauth, overlay, views, webhooks
from .assets import ROOT


class _Blueprint(Blueprint):
    """A blueprint whose templates can also be named `default:booker/...`, for overrides that extend them."""

    @property
    def jinja_loader(self) -> BaseLoader:
        own = FileSystemLoader(ROOT / "templates")
        return ChoiceLoader([own, PrefixLoader({"default": own}, delimiter=":")])


def new_blueprint() -> Blueprint:
    """Give a new blueprint with every route; each app needs its own."""
    if not (ROOT / "templates" / "booker").is_dir():
        raise ConfigurationError(
            f"The templates of booker_components are not in '{ROOT}'. Install the package again."
        )
    blueprint = _Blueprint("booker", __name__, cli_group="booker")
    views.register(blueprint)
    branding.register(blueprint)
    deciding.register(blueprint)
    embedding.register(blueprint)
    holding.register(blueprint)
    oauth.register(blueprint)
    overlay.register(blueprint)
    webhooks.register(blueprint)
    return blueprint
