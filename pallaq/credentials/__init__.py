"""The card: signed claims in a QR code that verify without a network, the keys that sign them, and the status list."""
