"""What we must remember about bookings that live at a remote provider: small tables, one module for each."""
