"""The law as data: what comes with Pallaq. The room `desks` adds to it; nothing that held is rewritten."""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from pallaq.registry.models import IdentifierKind, Norm, Scheme

DATA = Path(__file__).resolve().parents[1] / "data" / "law.yaml"


@transaction.atomic
def load_law(path: Path = DATA) -> None:
    """Add what comes with Pallaq and is not there yet; what somebody changed here since stays as it is."""
    read: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for position, row in enumerate(read["identifiers"]):
        IdentifierKind.objects.get_or_create(code=row["code"], defaults={**row, "position": position})
    for position, row in enumerate(read["schemes"]):
        Scheme.objects.get_or_create(code=row["code"], defaults={**row, "position": position})
    for row in read["norms"]:
        scheme = Scheme.objects.get(code=row["scheme"]) if row.get("scheme") else None
        valid_from = row.get("valid_from")
        if not Norm.objects.filter(code=row["code"], scheme=scheme, valid_from=valid_from).exists():
            Norm.objects.create(**{**row, "scheme": scheme})
