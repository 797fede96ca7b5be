"""How pages of the room print things."""
