"""Pages of what became of a plan."""
