"""How a plan is followed: meetings, agreements, comments, timeline, weekly e-mail, named measures."""
