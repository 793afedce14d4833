"""Tests of the subscriber for Salesforce, against an org that really listens."""
