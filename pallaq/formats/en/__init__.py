"""English, written for Peru."""
