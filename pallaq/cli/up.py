"""`pallaq up`: one command from a fresh machine to a page."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import click
import psutil
import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection as database
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress

from pallaq.cli import children, field_keys, place, postgres, production
from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.environment import key_path, make_secret_key, socket_folder
from pallaq.shared.errors import Refusal

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = {"127.0.0.1", "localhost", "::1"}
PATIENCE = 120  # seconds until the page must answer
Processes = dict[str, psutil.Process]
console = Console(highlight=False)


@click.command()
@click.option("--host", default="127.0.0.1", envvar="PALLAQ_HOST", show_default=True, help="Address to serve on.")
@click.option(
    "--port", default=8000, envvar="PALLAQ_PORT", show_default=True, type=click.IntRange(1, 65535), help="Port."
)
def command(host: str, port: int) -> None:
    """Start Pallaq here: its database, its demo study, its page. Ctrl-C stops everything."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupt)
    with ExitStack() as stack:
        try:
            with plainly():
                start(stack, host, port)
        except KeyboardInterrupt:
            console.print(_("Stopping ..."))


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Stop in order, once: further signals wait until that is done."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def start(stack: ExitStack, host: str, port: int) -> None:
    """Start everything in order, wait, and leave to the stack what has to be stopped."""
    start_django()
    check_port(host, port)
    data = settings.DATA
    place.prepare(data)
    if not stack.enter_context(place.claimed(data)):
        raise Refusal(_("Pallaq already uses the data folder %(data)s.") % {"data": data}, code="data-folder")
    make_secret_key(data)
    production.check(production.mode_problems(os.environ.get("PALLAQ_ENV", "")))
    if settings.PRODUCTION:
        production.check([*production.host_problems(settings.ALLOWED_HOSTS), *production.key_problems(key_path(data))])
    console.print(_("Data folder: %(data)s") % {"data": data})
    running = {} if os.environ.get("DATABASE_URL") else start_database(stack, data)
    check_database()
    prepare_site()
    running |= start_site(stack, host, port)
    wait_for_page(running, host, port)
    greet(host, port)
    wait(running)


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be served on, before anything is started."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = _(
            "Port %(port)d of %(host)s is not free (%(reason)s). Stop what uses it, or take another: "
            "PALLAQ_PORT=%(next)d."
        ) % {"port": port, "host": host, "reason": error.strerror, "next": port % 65535 + 1}
        raise Refusal(message, code="port-taken") from error


def start_database(stack: ExitStack, data: Path) -> Processes:
    """Start the embedded PostgreSQL, to be stopped last."""
    server = postgres.start(data)
    stack.callback(server.stop)
    # Settings were read before the server chose a short folder for its socket, where the data path is long.
    database.settings_dict["HOST"] = str(socket_folder(data))
    return {"PostgreSQL": server.process}


def check_database() -> None:
    """Refuse a DATABASE_URL that leads nowhere, in PostgreSQL's own words, which never hold the password."""
    if not (url := os.environ.get("DATABASE_URL")):
        return
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        message = _("DATABASE_URL does not work: %(reason)s. Check its host, port, name, user and password.")
        reason = " ".join(str(error).split()).rstrip(".")
        raise Refusal(message % {"reason": reason}, code="database-url") from error


def prepare_site() -> None:
    """Bring tables, translations, static files and the demo study up to date."""
    from pallaq.cli import demo  # tables can be imported only once Django is loaded
    from pallaq.diagnosis.actions import renew_outdated
    from pallaq.figures.actions.totals import load_totals
    from pallaq.registry.actions.law import load_law
    from pallaq.study.actions import register_studies

    call_command("migrate", verbosity=0, interactive=False)
    field_keys.prepare(settings.DATA, strict=settings.PRODUCTION)
    load_law()
    load_totals()
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    catalogues = list(settings.PACKAGE.rglob("django.po"))
    if not all(path.with_suffix(".mo").exists() for path in catalogues):
        subprocess.run([sys.executable, CHECKOUT / "tools" / "messages.py", "compile"], check=True)
    renew_outdated()
    if settings.PRODUCTION:
        emails = [email for email, _role, _password in demo.DEMO_LOGINS]
        people = get_user_model().objects.filter(email__in=emails)
        production.check(production.login_problems(people, demo.DEMO_LOGINS))
        register_studies(folder=settings.STUDIES, featured=demo.FEATURED)
        return
    with Progress(console=console) as progress:
        demo.load(progress)


def start_site(stack: ExitStack, host: str, port: int) -> Processes:
    """Start the worker of long tasks and the web server; what is left of yesterday is cleared or taken up first."""
    from pallaq.diagnosis.tasks import resume
    from pallaq.rights.tasks import run_retention
    from pallaq.rolls.tasks import resume as resume_rolls
    from pallaq.study.actions.uploads import clear_expired

    clear_expired()
    resume()
    resume_rolls()
    run_retention.enqueue()
    options = ["--no-reload", "--verbosity", "0", "--skip-checks"]
    worker = children.spawn([sys.executable, "-m", "django", "db_worker", *options])
    stack.callback(children.stop, worker, signal.SIGTERM, signal.SIGKILL)
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--blocking-threads", "4"]
    quiet = ["--log-level", "warning", "--workers-kill-timeout", "5"]
    web = children.spawn([sys.executable, "-m", "granian", *options, *quiet, "pallaq.cli.server:application"])
    stack.callback(children.stop, web, signal.SIGTERM, signal.SIGKILL)
    return {"db_worker": worker, "granian": web}


def wait_for_page(running: Processes, host: str, port: int) -> None:
    """Wait until a page is answered: the address we print is then ready to be opened."""
    own_name = settings.ALLOWED_HOSTS[0].lstrip(".")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        check_alive(running)
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        try:
            connection.request("HEAD", "/", headers={"Host": own_name})
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise Refusal(_("The page does not answer after %(seconds)d seconds.") % {"seconds": PATIENCE}, code="no-page")


def greet(host: str, port: int) -> None:
    """Say where the page is and who may log in."""
    shown = f"[{host}]" if ":" in host else host
    console.print(_("Pallaq is here: %(address)s") % {"address": f"http://{shown}:{port}"}, style="bold")
    if settings.PRODUCTION:
        return
    from pallaq.cli import demo
    from pallaq.cli.showing import gap_table

    if document := demo.newest_document():
        console.print(gap_table(document))
    for email, role, password in demo.DEMO_LOGINS:
        console.print(f"  {email}  {password}  ({role})")
    if host not in LOCAL:
        console.print(_("Careful: others can reach this address, and everybody knows the demo passwords."))
    console.print(_("Ctrl-C stops it."))


def wait(running: Processes) -> None:
    """Wait until a signal comes, or one of the processes ends of itself."""
    while True:
        check_alive(running)
        time.sleep(0.5)


def check_alive(running: Processes) -> None:
    """Refuse to go on without one of the processes."""
    for name, process in running.items():
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            message = _("%(name)s ended unexpectedly, so the rest of Pallaq was stopped too. Start it again.")
            raise Refusal(message % {"name": name}, code="part-ended")
