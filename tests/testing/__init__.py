"""Tests of what ships for hosts' tests."""
