"""The address at which providers tell of changes that were made elsewhere."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, abort, request

from ..errors import WebhookRejected
from .runtime import runtime

_log = logging.getLogger(__name__)

# More than any vendor sends; Flask answers 413 to anything longer.
_LONGEST = 1024 * 1024


def register(blueprint: Blueprint) -> None:
    """Register the routes: the app's own, and one for each connected account."""
    for rule in ("/webhooks/<provider>", "/webhooks/<provider>/<mark>"):
        blueprint.add_url_rule(rule, "webhook", webhook, methods=["POST"])


def webhook(provider: str, mark: str = "") -> Response:
    """Keep a webhook of *provider*, and answer 204 once it is safe; 400 if it is not genuine.

    *mark* says for which connected account it is, "" for the app's own. No form token is asked for: the
    signature over the body says who sends it.
    """
    receiver = runtime().receiver
    if not receiver.knows(provider):
        abort(404)
    request.max_content_length = _LONGEST
    # The bytes as they came, before anything takes them for a form: the signature is over them.
    body = request.get_data(cache=False)
    try:
        receiver.receive(dict(request.headers), body, mark=mark)
    except WebhookRejected as error:
        _log.warning("A webhook of %s was rejected: %s", provider, error.message)
        return Response(error.sentence, status=error.status, mimetype="text/plain")
    return Response(status=204)
