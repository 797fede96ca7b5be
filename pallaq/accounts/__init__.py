"""Users, roles, invitations."""
