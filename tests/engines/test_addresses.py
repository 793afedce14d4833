"""Tests of the addresses of databases."""

import pytest

from booker_components.engines import checked_url
from booker_components.errors import ConfigurationError
from booker_components.storage import Storage


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("sqlite://", "use a file"),
        ("sqlite:///:memory:", "use a file"),
        ("sqlite:///file::memory:?uri=true", "use a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "use a file"),
        ("mysql://localhost/x", "use 'sqlite' or 'postgresql'"),
        ("booker.sqlite3", "write for example"),
    ],
    ids=["empty", "memory", "shared memory", "mode memory", "other kind", "no url"],
)
def test_a_url_that_cannot_work_is_refused_with_the_remedy(url, remedy):
    """The message names the setting and what to write instead."""
    with pytest.raises(ConfigurationError, match="BOOKER_DATABASE_URL") as caught:
        Storage(url)

    assert remedy in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_postgresql_is_always_spoken_to_by_psycopg_3(scheme):
    """SQLAlchemy's own choice of the driver differs from version to version."""
    assert checked_url(f"{scheme}://u@h/d").drivername == "postgresql+psycopg"
