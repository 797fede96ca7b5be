"""What people are asked about keys and cards."""

from django import forms
from django.utils.translation import gettext_lazy as lazy

from pallaq.credentials.models import CHOSEN, WhyCard, WhyKey


class KeyForm(forms.Form):
    """A new key."""

    issuer = forms.CharField(
        label=lazy("Who issues the cards"),
        help_text=lazy("Stands on each card and in its code: at most 40 characters, such as “DREM Puno”."),
        max_length=40,
    )
    synthetic = forms.BooleanField(
        label=lazy("For invented people only"),
        help_text=lazy("Its cards say SYNTHETIC, on paper and wherever they are verified."),
        required=False,
    )
    sure = forms.BooleanField(label=lazy("Yes, make the key; it signs from now on"))


class WithdrawForm(forms.Form):
    """Why a key is withdrawn."""

    why = forms.ChoiceField(label=lazy("Why"), choices=WhyKey.choices)
    sure = forms.BooleanField(label=lazy("Yes, no card that this key signed shall be good any more"))


class CardForm(forms.Form):
    """A card is issued, or issued again."""

    sure = forms.BooleanField(label=lazy("I compared her with her document and her photo"))


class ReissueForm(CardForm):
    """Why a card takes the place of another."""

    why = forms.ChoiceField(label=lazy("Why"), choices=[(one.value, one.label) for one in (*CHOSEN, WhyCard.REPLACED)])


class RevokeForm(forms.Form):
    """Why a card is revoked."""

    why = forms.ChoiceField(label=lazy("Why"), choices=[(one.value, one.label) for one in CHOSEN])
    sure = forms.BooleanField(label=lazy("Yes, this card shall no longer verify as good"))
