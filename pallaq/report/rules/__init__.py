"""The document of a diagnosis as values, and what it says in words: no database, no request."""
