"""Tests of zones, months, local days and times in words."""
