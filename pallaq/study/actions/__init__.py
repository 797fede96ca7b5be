"""What people do with studies, by noun: studies, releases, uploads, roles."""

from pallaq.study.actions.releases import freeze_release, publish_release, withdraw_release
from pallaq.study.actions.roles import give_role, make_demo_users, take_role
from pallaq.study.actions.studies import register_studies
from pallaq.study.actions.uploads import check_file, discard_upload, freeze_upload, gone, keep_upload

__all__ = [
    "check_file",
    "discard_upload",
    "freeze_release",
    "freeze_upload",
    "give_role",
    "gone",
    "keep_upload",
    "make_demo_users",
    "publish_release",
    "register_studies",
    "take_role",
    "withdraw_release",
]
