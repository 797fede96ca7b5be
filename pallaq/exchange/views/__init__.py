"""Pages of plans as files, and the public page."""
