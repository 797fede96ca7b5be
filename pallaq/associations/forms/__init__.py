"""What people are asked about organisations."""
