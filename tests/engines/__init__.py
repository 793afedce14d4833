"""Tests of the databases that we know."""
