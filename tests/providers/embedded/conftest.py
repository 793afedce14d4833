"""The engine on every database that it knows."""

import pytest


@pytest.fixture
def url(database_url):
    """A database with our tables, of each kind."""
    return database_url
