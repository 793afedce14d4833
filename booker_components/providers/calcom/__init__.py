"""Cal.com, by its API version 2."""
