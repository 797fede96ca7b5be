"""What people are asked about plans and their indicators."""
