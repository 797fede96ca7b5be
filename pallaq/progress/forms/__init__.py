"""What people are asked about what became of a plan."""
