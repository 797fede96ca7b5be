"""Papers of the room, in Spanish as the authorities read them: the authorisation, and the constancia de origen."""
