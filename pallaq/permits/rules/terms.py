"""What is signed: the terms of an authorisation as one text that never changes its form, and its SHA-256."""

import hashlib
import json
from collections.abc import Mapping

FORMAT = 1


def terms_sha256(terms: Mapping[str, str]) -> str:
    """Return the SHA-256 of terms; the same words give the same sum, whoever computes it.

    The text is JSON in UTF-8 with sorted keys and no spaces, of these strings and "format": "1".
    """
    text = json.dumps({"format": str(FORMAT), **terms}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
