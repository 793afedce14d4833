"""The command `flask booker masks`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ..errors import BookerError
from ..providers.embedded import EmbeddedProvider
from ..providers.embedded.marking import Counts
from ..web.runtime import runtime
from .mistakes import in_one_line


@click.command()
@click.option("--rebuild", is_flag=True, help="Write them anew; whoever books meanwhile waits.")
@with_appcontext
@in_one_line()
def masks(rebuild: bool) -> None:
    """Compare the busy masks, from which times are offered, with the bookings.

    They can differ only where somebody has changed rows by hand. Ends with exit code 1 if some are wrong and
    were not written anew.
    """
    provider = _embedded()
    try:
        mended = provider.rebuild_masks() if rebuild else 0
        counts = provider.masks()
    except BookerError as error:
        raise click.ClickException(error.message) from error
    if rebuild:
        click.echo(f"Busy masks written anew. Wrong before: {mended}.")
    click.echo(said(counts))
    if counts.wrong:
        raise SystemExit(1)


def said(counts: Counts) -> str:
    """Give in words how the busy masks are, with the remedy if some are wrong."""
    text = f"Busy masks: {counts.masks} of {counts.hosts} hosts, {counts.wrong} wrong."
    if not counts.wrong:
        return text
    return (
        f"{text} Times may be offered that are taken, which nobody can book, or free ones be missing: "
        "'flask booker masks --rebuild' writes them anew."
    )


def _embedded() -> EmbeddedProvider:
    provider = runtime().service.provider
    if isinstance(provider, EmbeddedProvider):
        return provider
    raise click.ClickException(
        f"The provider of this app is '{provider.name}', and busy masks are kept by the embedded one only."
    )
