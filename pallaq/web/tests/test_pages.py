"""Pages answer without login, say what is missing, and refuse in words."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_home_says_what_to_do_while_nothing_is_loaded(client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert "No study has been diagnosed yet" in response.content.decode()
