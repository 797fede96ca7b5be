"""Photos: made small and kept encrypted, and removed."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.accounts.models import User
from pallaq.registry.actions.people import SCOPE, locked, touch
from pallaq.registry.models import Person, Photo
from pallaq.registry.rules.photos import LEAST_SIDE, MOST_BYTES, MOST_PIXELS, NotAPhoto, small_photo
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

WHY: dict[str, Promise] = {
    "empty": lazy("The file is empty. Choose it again, or take the photo again."),
    "bytes": lazy("The photo is larger than %(megabytes)d MB. Take it with a smaller size, or cut it."),
    "kind": lazy("This file is no photo that can be read. Choose a JPEG, PNG or WebP; a phone's camera makes one."),
    "pixels": lazy("The photo has more than %(megapixels)d million pixels. Take it with a smaller size, or cut it."),
    "small": lazy("The photo is less than %(side)d pixels wide or high: nobody is known by it. Take a larger one."),
    "broken": lazy("The photo is damaged or incomplete. Choose it again, or take it again."),
}


@transaction.atomic
def set_photo(*, person: Person, content: bytes, by: User | None) -> Photo:
    """Keep her photo in place of the one before, if any."""
    try:
        image = small_photo(content)
    except NotAPhoto as fault:
        values = {"megabytes": MOST_BYTES // 2**20, "megapixels": MOST_PIXELS // 10**6, "side": LEAST_SIDE}
        raise Refusal(str(WHY[fault.why]) % values, code=f"photo-{fault.why}") from fault
    person = locked(person, None)
    kept = {"image": image, "sha256": hashlib.sha256(image).hexdigest(), "made_at": timezone.now()}
    photo, _made = Photo.objects.update_or_create(person=person, defaults=kept)
    touch(person, by)
    record(by=by, action="photo.set", scope=SCOPE, about=f"person {person.number}")
    return photo


@transaction.atomic
def remove_photo(*, person: Person, by: User | None) -> None:
    """Delete her photo."""
    person = locked(person, None)
    deleted, _rows = Photo.objects.filter(person=person).delete()
    if not deleted:
        raise Refusal(_("There is no photo any more: somebody removed it already."), code="no-photo", status=404)
    touch(person, by)
    record(by=by, action="photo.remove", scope=SCOPE, about=f"person {person.number}")
