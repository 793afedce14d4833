"""Benchmarks: what the engine, the pages and bookings cost, each beside something simple in the same run."""
