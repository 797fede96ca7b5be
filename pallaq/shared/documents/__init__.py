"""Documents of blocks, as one HTML page and as an accessible PDF, and read back with the source of every figure."""
