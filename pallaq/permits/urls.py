"""Addresses of the room."""

from django.urls import URLPattern, path

from pallaq.permits.views import certificates, deciding, lists, signing

app_name = "permits"
HERS = "registry/people/<uuid:key>/authorisations/"
LIST = "registry/authorisations/"
ONE = "registry/authorisations/<uuid:key>/"
CERTIFICATES = "registry/certificates/"
CERTIFICATE = "registry/certificates/<uuid:key>/"
urlpatterns: list[URLPattern] = [
    path(HERS, lists.of_person, name="person"),
    path(f"{HERS}new/", deciding.request_new, name="request"),
    path(LIST, lists.authorisations, name="list"),
    path(ONE, lists.authorisation, name="one"),
    path(f"{ONE}authorisation.pdf", lists.authorisation_file, name="pdf"),
    path(f"{ONE}offer/", deciding.offer_terms, name="offer"),
    path(f"{ONE}refuse/", deciding.refuse, name="refuse"),
    path(f"{ONE}withdraw/", deciding.withdraw, name="withdraw"),
    path(f"{ONE}end/", deciding.end, name="end"),
    path(f"{ONE}renew/", deciding.renew_it, name="renew"),
    path(f"{ONE}sign/", signing.sign_it, name="sign"),
    path(f"{ONE}paper/", signing.paper, name="paper"),
    path(f"{ONE}certificates/new/", certificates.issue_new, name="issue"),
    path(CERTIFICATES, certificates.register, name="certificates"),
    path(f"{CERTIFICATES}export/", certificates.export, name="export"),
    path(CERTIFICATE, certificates.certificate, name="certificate"),
    path(f"{CERTIFICATE}certificate.pdf", certificates.certificate_file, name="certificate_pdf"),
    path(f"{CERTIFICATE}cancel/", certificates.cancel_it, name="cancel"),
]
