"""Addresses of the room."""

from django.urls import URLPattern, path

from pallaq.credentials.views import cards, keys, verify

app_name = "credentials"
urlpatterns: list[URLPattern] = [
    # for anybody, the verifier and its two lists
    path("verify/", verify.page, {"language": "es-pe"}, name="verify"),
    path("verify/en/", verify.page, {"language": "en"}, name="verify_en"),
    path("verify/worker.js", verify.worker, name="verify_worker"),
    path("verify/files/<path:name>", verify.file, name="verify_file"),
    path("verify/keys.cbor", verify.keys, name="verify_keys"),
    path("verify/keys.json", verify.keys_in_words, name="verify_keys_json"),
    path("verify/status.cbor", verify.status, name="verify_status"),
    # keys, for administrators
    path("registry/keys/", keys.keys, name="keys"),
    path("registry/keys/<slug:kid>/withdraw/", keys.withdraw, name="key_withdraw"),
    # cards, for desks
    path("registry/cards/", cards.waiting, name="waiting"),
    path("registry/people/<uuid:key>/card/", cards.card, name="card"),
    path("registry/people/<uuid:key>/card/issue/", cards.issue, name="card_issue"),
    path("registry/people/<uuid:key>/card/<uuid:card_key>/reissue/", cards.reissue, name="card_reissue"),
    path("registry/people/<uuid:key>/card/<uuid:card_key>/revoke/", cards.revoke, name="card_revoke"),
    path("registry/people/<uuid:key>/card/<uuid:card_key>/pdf/", cards.paper, name="card_pdf"),
]
