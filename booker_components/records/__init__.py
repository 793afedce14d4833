"""What we must remember beside the bookings that we keep ourselves: small tables, one module for each."""
