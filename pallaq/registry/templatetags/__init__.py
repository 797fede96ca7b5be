"""Words of places and numbers in templates."""
