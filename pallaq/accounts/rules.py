"""One-time links: what a person gets from an administrator by hand instead of by e-mail.

Nothing about a link is stored. It is signed over the password it will replace, so the first use ends it, and so does
a newer link; it ends by itself after PASSWORD_RESET_TIMEOUT.
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class LinkTokens(PasswordResetTokenGenerator):
    """Signs links of invitations and resets; those that allauth mails are signed with another salt."""

    key_salt = "pallaq.accounts.rules.LinkTokens"


link_tokens = LinkTokens()
