"""Tests of the Flask edge."""
