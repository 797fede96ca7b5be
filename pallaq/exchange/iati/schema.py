"""The official schema, and the promise that nothing leaves that does not keep it."""

from functools import cache
from pathlib import Path

from lxml import etree

SCHEMA = Path(__file__).resolve().parent.parent / "data" / "iati-2.03" / "iati-activities-schema.xsd"


class InvalidIati(Exception):  # noqa: N818 - a fault of ours, named by what it is about
    """What was written does not keep the schema: a fault of this program, never of whoever asked."""


@cache
def schema() -> etree.XMLSchema:
    """Return the schema, read once, without asking the network."""
    return etree.XMLSchema(etree.parse(SCHEMA, etree.XMLParser(no_network=True)))


def checked(root: etree._Element) -> etree._Element:
    """Return a document that keeps the schema."""
    rules = schema()
    if not rules.validate(root):
        raise InvalidIati(str(rules.error_log)[:2000])
    return root
