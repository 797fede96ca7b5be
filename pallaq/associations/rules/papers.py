"""What a statute's file may be: a PDF or a Word document, of the kinds that `shared.kinds` tells."""

from typing import IO

from pallaq.shared.kinds import OOXML, Found, found_in

PDF = "application/pdf"
DOCX = f"{OOXML}.wordprocessingml.document"
ENDINGS = {PDF: ".pdf", DOCX: ".docx"}


def paper_in(file: IO[bytes], name: str) -> Found:
    """Return what a file is; its faults are those of `found_in`, and "kind" for whatever is no PDF and no Word."""
    found = found_in(file, name)
    other = found.what not in ENDINGS.values() if found.fault == "ending" else found.fault == "encoding"
    if other or (not found.fault and found.media_type not in ENDINGS):
        return Found(fault="kind")
    return found
