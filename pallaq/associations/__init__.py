"""What the registry knows of organisations: members, boards, statutes; mining rights; RECPO states; benefit plants."""
