"""Addresses of plans as files, and of a plan's public page."""

from django.urls import URLPattern, path

from pallaq.exchange.views import files_in, files_out, public, workbook

app_name = "exchange"
urlpatterns: list[URLPattern] = [
    # files in, and workbooks read back
    path("plans/import/", files_in.import_plan, name="import_plan"),
    path("plans/<slug:plan>/files/", files_in.files, name="files"),
    path("plans/<slug:plan>/workbook.xlsx", workbook.workbook, name="workbook"),
    path("plans/<slug:plan>/plan.yaml", workbook.yaml, name="yaml"),
    path("plans/<slug:plan>/workbook/", workbook.workbook_in, name="workbook_in"),
    path("plans/<slug:plan>/workbook/<uuid:upload>/", workbook.workbook_changes, name="workbook_changes"),
    path("plans/<slug:plan>/workbook/<uuid:upload>/discard/", workbook.workbook_discard, name="workbook_discard"),
    # files out, and the public page
    path("plans/<slug:plan>/iati.xml", files_out.iati, name="iati"),
    path("p/<slug:plan>/", public.public, name="public"),
    path("plans/<slug:plan>/iati/", files_out.publisher, name="publisher"),
    path("plans/<slug:plan>/plan.pdf", files_out.plan_file, {"form": "pdf"}, name="plan_pdf"),
    path("plans/<slug:plan>/plan.docx", files_out.plan_file, {"form": "docx"}, name="plan_docx"),
    path("plans/<slug:plan>/progress.pdf", files_out.progress_file, {"form": "pdf"}, name="progress_pdf"),
    path("plans/<slug:plan>/progress.docx", files_out.progress_file, {"form": "docx"}, name="progress_docx"),
]
