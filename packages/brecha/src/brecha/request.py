"""What was asked for: all that it takes to ask for it again elsewhere."""

from dataclasses import dataclass

from brecha.design import Design
from brecha.items import Item


@dataclass(frozen=True)
class Request:
    """The items, design and domains of an estimation, as `brecha.estimate` takes them.

    - `source`: the path of the file that the rows came from; None if they came from no file.
    - `separator`: what stands between the values of a CSV.

    >>> from brecha import Share
    >>> Request((Share(name="yes", variable="a", counted=("1",)),), Design(kind="quota"), source="a.csv").by
    ((),)
    """

    items: tuple[Item, ...]
    design: Design
    by: tuple[tuple[str, ...], ...] = ((),)
    source: str | None = None
    separator: str = ","
