"""Contracts of outside systems, as far as tests hold our calls and our fakes against them."""
