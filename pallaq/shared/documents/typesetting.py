"""Typst in one call: a template and values in, an accessible PDF (PDF/UA-1) out, the same bytes every time."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).resolve().parent.parent / "fonts"


def typeset(template: Path, values: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Return the PDF of a template that reads `values.json` and these files; only our own fonts are used."""
    sources = {
        "main": template.read_bytes(),
        "values.json": json.dumps(values, ensure_ascii=False).encode(),
        **files,
    }
    made: bytes = typst.compile(
        sources,  # type: ignore[call-overload] # its stubs know no sources in memory; the library does
        format="pdf",
        pdf_standards=["ua-1"],
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    return made
