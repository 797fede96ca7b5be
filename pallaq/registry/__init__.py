"""Who selectors are: people, their typed identifiers, what they do and where, their registrations under dated schemes.

Also who works here (desks), and the log of every reading. Names and birth dates are in clear, for search under role and
log; document numbers, phones, addresses and photos are encrypted (`shared.encryption`). The rows of the survey's rooms
cannot be reached from here, nor these from there: docs/decisions/0009.
"""
