"""Who is compared: how each is started, where it answers the questions, and what with."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import PLACE, ROOT, BenchError
from .questions import RELEASE, SIZES, WIDE, Rows, of_service, question

PYTHON = str(PLACE / "venv" / "bin" / "python")
SERVED, IN_FRONT = "service", "behind nginx"
SAME_HEAD, SAME_HEAD_NGINX = "bare asgi (same head)", "nginx static (same head)"
HIT, MISS, NOT_MODIFIED = "hit", "miss", "304"
DEPLOYED = ROOT / "deploy" / "nginx" / "burdenshare.conf"


def in_data(body: bytes) -> Rows:
    rows: Rows = json.loads(body)["data"]
    return rows


def in_a_list(body: bytes) -> Rows:
    rows: Rows = json.loads(body)
    return rows


@dataclass(frozen=True)
class Scene:
    """What a candidate is started with.

    place: a folder of the run's own, with the rows in files.
    database: the PostgreSQL with the peers' table.
    service: variables of the service, which name its database and more.
    ports: of all candidates, by name.
    release: the newest, once the service was asked for it.
    """

    place: Path
    database: str
    service: Mapping[str, str]
    ports: Mapping[str, int]
    release: str = ""

    @property
    def answered(self) -> Path:
        """Return the folder with each answer of the service, and its head."""
        return self.place / "answered"


@dataclass(frozen=True, eq=False)
class Candidate:
    """One that is compared.

    about: a line for the table of who is who.
    kinds: how it is asked: `hit` the same question over and over, `miss` each time another one
        with the same rows, `304` the same with If-None-Match.
    paths: of the question of each size.
    command: what is run, the environment in BENCH_* and what else the scene has.
    rows: finds the rows in an answer.
    """

    name: str
    about: str
    kinds: tuple[str, ...]
    paths: Mapping[str, str]
    command: Callable[[Scene, int], list[str]]
    environment: Callable[[Scene], dict[str, str]]
    rows: Callable[[bytes], Rows] = in_data

    @property
    def has_rows(self) -> bool:
        """Whether it finds the rows itself, rather than being given the bytes of their answer."""
        return self.paths not in (CONSTANT, FILES)

    @property
    def visits(self) -> list[tuple[str, str]]:
        """Return how it is asked for what. A 304 has no rows, and so none that are wide."""
        return [
            (kind, size)
            for kind in self.kinds
            for size in self.paths
            if kind != NOT_MODIFIED or size not in WIDE
        ]

    def url(self, scene: Scene) -> str:
        return f"http://127.0.0.1:{scene.ports[self.name]}"

    def path(self, scene: Scene, size: str) -> str:
        return self.paths[size].replace(RELEASE, scene.release)


def asking(path: str, **names: str) -> dict[str, str]:
    return {size: question(path, size, release=RELEASE, **names) for size in SIZES}


CONSTANT = {"small": "/small", "big": "/big"}
FILES = {"small": "/small.json", "big": "/big.json"}


def surroundings(scene: Scene) -> dict[str, str]:
    """Return the environment of a peer: ours without what is meant for the service."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "BENCH_DATABASE": scene.database,
        "BENCH_ANSWERED": str(scene.answered),
        "RUST_LOG": "error",  # of ROAPI, which would log each request
    }


def serving(scene: Scene) -> dict[str, str]:
    port = {"HOST": "127.0.0.1", "PORT": str(scene.ports[SERVED]), "WORKERS": "1"}
    return surroundings(scene) | dict(scene.service) | port


def gunicorn(scene: Scene, port: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "service.asgi:create_asgi()"]


def bare(scene: Scene, port: int) -> list[str]:
    settings = ["--config", "bench/peers/bare_settings.py", "--worker-class", "asgi"]
    address = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", *settings, *address, "bench.peers.bare:asgi"]


def fastapi(scene: Scene, port: int) -> list[str]:
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    address = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    return [PYTHON, "-m", "uvicorn", "bench.peers.fastapi_app:app", *options, *address]


def drf(scene: Scene, port: int) -> list[str]:
    options = ["--config", "bench/peers/bare_settings.py", "--worker-class", "gthread"]
    address = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--threads", "4"]
    return [PYTHON, "-m", "gunicorn", *options, *address, "bench.peers.drf_app:application"]


def datasette(scene: Scene, port: int) -> list[str]:
    quick = ("allow_facet", "suggest_facets", "allow_download", "allow_csv_stream")
    settings = [word for name in quick for word in ("--setting", name, "off")]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    program = [PYTHON, "-m", "datasette", "serve", "--immutable", str(scene.place / "bench.db")]
    return [*program, *settings, "--setting", "max_returned_rows", "1000", *address]


def roapi(scene: Scene, port: int) -> list[str]:
    table = f"observations={scene.place / 'observations.ndjson'}"
    # It speaks two more protocols; on any ports, so as to meet nobody.
    others = ["--addr-postgres", "127.0.0.1:0", "--addr-flight-sql", "127.0.0.1:0"]
    program = str(PLACE / "venv" / "bin" / "roapi")
    return [program, "--addr-http", f"127.0.0.1:{port}", *others, "--table", table]


def json_server(scene: Scene, port: int) -> list[str]:
    program = str(PLACE / "node_modules" / ".bin" / "json-server")
    options = ["--host", "127.0.0.1", "--port", str(port), "--quiet", "--read-only", "--no-cors"]
    return [program, *options, "--no-gzip", str(scene.place / "db.json")]


def nginx_in_front(scene: Scene, port: int) -> list[str]:
    service = {"server 127.0.0.1:8000;": f"server 127.0.0.1:{scene.ports[SERVED]};"}
    return nginx_shipped(scene.place / "front", port, service)


def nginx_same_head(scene: Scene, port: int) -> list[str]:
    passing = "    location / {\n        proxy_pass http://burdenshare;\n    }\n"
    files = "".join(location(scene.answered, size) for size in SIZES)
    return nginx_shipped(scene.place / "files", port, {passing: files})


def location(folder: Path, size: str) -> str:
    """Return what has nginx send a file with the head that the service sent."""
    lines = [f"root {folder};", "etag off;", "add_header X-Request-Id $burdenshare_request_id;"]
    for name, value in json.loads((folder / f"{size}.head").read_text("utf-8")):
        quoted = '"{}"'.format(value.replace("\\", r"\\").replace('"', r"\""))
        match name.lower():
            case "content-length" | "x-request-id":
                pass
            case "content-type":
                lines.append(f"default_type {quoted};")
            case _:
                lines.append(f"add_header {name} {quoted};")
    return "".join([f"location = /{size}.json {{\n", *(f"    {line}\n" for line in lines), "}\n"])


def nginx_shipped(place: Path, port: int, changed: Mapping[str, str]) -> list[str]:
    """Write the shipped configuration with its places filled in, and one worker.

    Raises BenchError where one of the places, or of what is to be changed, is not there.
    """
    place.mkdir(exist_ok=True)
    told = {
        **changed,
        "/var/cache/nginx/burdenshare": f"{place}/cache",
        "/var/log/nginx/": f"{place}/",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "/run/nginx.pid": f"{place}/nginx.pid",
        "worker_processes auto;": "worker_processes 1; daemon off;",
        "user www-data;": account(),
    }
    shipped = {path: path.read_text("utf-8") for path in DEPLOYED.parent.glob("*.conf")}
    for words, ours in told.items():
        if not any(words in text for text in shipped.values()):
            raise BenchError(f"deploy/nginx says {words} no more: bench/candidates.py is to follow")
        shipped = {path: text.replace(words, ours) for path, text in shipped.items()}
    for path, text in shipped.items():
        (place / path.name).write_text(text, "utf-8")
    return nginx(place / "nginx.conf")


def account() -> str:
    """Return as whom nginx is to run: as root it would become one that may not see the folder."""
    return "user root;" if os.geteuid() == 0 else ""


def nginx(conf: Path) -> list[str]:
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-e", "stderr", "-c", str(conf)]


OBSERVATIONS = asking("/observations")
V1 = {size: of_service(size) for size in SIZES}
V1_WIDE = {size: of_service(size) for size in WIDE}

CANDIDATES = (
    Candidate(
        SERVED,
        "this service as deployed: gunicorn.conf.py, WORKERS=1, a line of log for each request",
        (HIT, MISS, NOT_MODIFIED),
        V1 | V1_WIDE,
        gunicorn,
        serving,
    ),
    Candidate(
        IN_FRONT,
        "the same with deploy/nginx in front, on the same core, with its log too",
        (HIT, NOT_MODIFIED),
        V1,
        nginx_in_front,
        surroundings,
    ),
    Candidate(
        SAME_HEAD_NGINX,
        "deploy/nginx with the service's answers as files: its head and body, and the log",
        (HIT,),
        FILES,
        nginx_same_head,
        surroundings,
    ),
    Candidate(
        SAME_HEAD,
        "gunicorn's asgi worker with the service's answers as constant bytes: its head and body",
        (HIT,),
        CONSTANT,
        bare,
        surroundings,
    ),
    Candidate(
        "fastapi",
        "FastAPI with asyncpg and pydantic on uvicorn with uvloop and httptools, no log",
        (MISS,),
        OBSERVATIONS | {size: question("/spending-years", size) for size in WIDE},
        fastapi,
        surroundings,
        in_a_list,
    ),
    Candidate(
        "drf",
        "Django REST framework with a ModelSerializer, orjson and a pool, on gunicorn's gthread "
        "worker with 4 threads, no pager, no middleware, no log",
        (MISS,),
        OBSERVATIONS,
        drf,
        surroundings,
        in_a_list,
    ),
    Candidate(
        "datasette",
        "Datasette on an immutable SQLite file, counts and facets off",
        (MISS,),
        asking(
            "/bench/observations.json?_shape=array&_size=max&_nocount=1&_nofacet=1&_json=notes",
            equal="{}__exact={}",
            least="year__gte",
            most="year__lte",
        ),
        datasette,
        surroundings,
        in_a_list,
    ),
    Candidate(
        "roapi",
        "ROAPI (Rust, DataFusion) with the rows in memory, read from NDJSON",
        (MISS,),
        asking(
            "/api/tables/observations",
            equal="filter%5B{}%5D=%27{}%27",
            least="filter%5Byear%5Dgte",
            most="filter%5Byear%5Dlte",
        ),
        roapi,
        surroundings,
        in_a_list,
    ),
    Candidate(
        "json-server",
        "json-server with the rows in memory, quiet",
        (MISS,),
        OBSERVATIONS,
        json_server,
        surroundings,
        in_a_list,
    ),
)

PEERS = ("fastapi", "drf", "datasette", "roapi", "json-server")


def worker_class() -> str:
    """Return the kind of worker that the service is deployed with."""
    text = (ROOT / "gunicorn.conf.py").read_text("utf-8")
    found = re.search(r'^worker_class = "(\w+)"', text, re.MULTILINE)
    return found[1] if found else "sync"
