"""Tests of the availability of the embedded engine."""
