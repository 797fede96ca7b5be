"""Pages of the room: hers, and the registry's side of her rights."""
