"""The words that lists use for a state in the RECPO, and what they mean here: a reading of ours, shown on the page."""

from pallaq.shared.fields import plain

# Our assumption: no norm that was read fixes these words. A word that is not here is refused, never guessed.
WORDS: dict[str, tuple[str, ...]] = {
    "in_force": ("vigente", "activo", "inscrito", "registrado", "habilitado", "in force", "active"),
    "suspended": ("suspendido", "suspension", "suspended"),
    "ended": ("excluido", "cancelado", "caducado", "baja", "de baja", "vencido", "ended", "excluded"),
}
MEANINGS = {word: state for state, words in WORDS.items() for word in words}


def state_of(word: str) -> str:
    """Return the state that a list's word means; "" for one that the table does not have."""
    return MEANINGS.get(plain(word), "")
