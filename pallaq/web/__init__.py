"""The shell, the home page, and pages that join rooms."""
