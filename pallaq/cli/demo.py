"""The demo study: loaded at start, except in production."""

from rich.progress import Progress

# (e-mail, role, password); production refuses to start while one of them still opens the door.
DEMO_LOGINS: list[tuple[str, str, str]] = []


def load(progress: Progress) -> None:
    """Load the demo study and run its diagnosis, once; later starts find them there and return at once."""
