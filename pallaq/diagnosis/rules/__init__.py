"""What a diagnosis says, as values: no database, no request."""
