"""Number and date formats of Peru, which Django does not know."""
