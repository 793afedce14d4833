"""Where guests go once something is done: only allowed addresses, with exactly what is expected."""
