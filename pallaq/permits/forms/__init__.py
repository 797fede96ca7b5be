"""What people are asked about authorisations and certificates."""
