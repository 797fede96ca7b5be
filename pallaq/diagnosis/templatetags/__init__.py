"""How templates print what a diagnosis says."""
