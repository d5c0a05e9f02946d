"""What every test may ask for: databases, golden files, the real documents beside the checkout.

Fixtures never ask the time, so they behave the same in a test that froze it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

import notifications.models  # noqa: F401 (declares its tables)
import tracker.models  # noqa: F401 (declares its tables)
from tests.console import Console, opened_console
from tests.golden_files import Golden
from tests.postgresql_server import PostgreSQLServer, running_server
from tracker.database import create_engine_for

TEMPLATE_DATABASE = "dingban_template"
SEEDS_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "seeds"

# The same examples on every run: a test that fails for one of us fails for all. `thorough` looks for new ones.
settings.register_profile("office", derandomize=True, deadline=None, database=None, max_examples=50)
settings.register_profile("ci", settings.get_profile("office"), max_examples=100, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "office"))


# Settings of whoever runs the tests are none of the tests' business.
for _name in [name for name in os.environ if name.startswith("DINGBAN_")]:
    del os.environ[_name]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-golden",
        action="store_true",
        help="write the golden files instead of comparing with them; read the difference like code",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for golden files, so that `make golden` runs that and nothing else."""
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.golden)


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """A test that runs a command points the log at a stream that ends with it; the next one begins with the default."""
    yield
    structlog.reset_defaults()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `postgresql` on both engines, all others that ask for a database on SQLite."""
    if "database_kind" not in metafunc.fixturenames:
        return
    both = metafunc.definition.get_closest_marker("postgresql") is not None
    metafunc.parametrize(
        "database_kind", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True, scope="session"
    )


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, and in tests marked `postgresql` once more `postgresql`."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """A real PostgreSQL of this test process."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: PostgreSQLServer) -> str:
    """The maintenance database of a real PostgreSQL; tables belong into databases of their own."""
    return postgresql_server.url()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and nothing in them; tests work on copies."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgreSQLServer) -> str:
    """The name of a PostgreSQL database with every table and nothing in them."""
    postgresql_server.create_database(TEMPLATE_DATABASE)
    _create_tables(postgresql_server.url(TEMPLATE_DATABASE))
    return TEMPLATE_DATABASE


def _create_tables(url: str) -> None:
    engine = create_engine_for(url)
    try:
        SQLModel.metadata.create_all(engine)
    finally:
        engine.dispose()


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process keeps the SQLite file of the test at hand: each test finds its own at the same address."""
    return tmp_path_factory.mktemp("database")


@pytest.fixture(scope="session")
def engines() -> Callable[[str], Engine]:
    """Engines by address, so that a statement is put together once and not again in every test.

    A test gets an engine of its own that shares nothing else: whoever listens to it hears that test alone.
    """
    made = lru_cache(2)(create_engine_for)  # on PostgreSQL each has an address of its own
    return lambda url: made(url).execution_options()


@pytest.fixture
def database_url(database_kind: str, sqlite_folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with every table, this test's own."""
    if database_kind == "sqlite":
        for left in sqlite_folder.iterdir():
            left.unlink()  # never written over: what an earlier test forgot to close goes on with its own file
        path = shutil.copy(request.getfixturevalue("sqlite_template"), sqlite_folder / "dingban.db")
        yield f"sqlite:///{path}"
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.fresh_database(request.getfixturevalue("postgresql_template")) as url:
        yield url


@pytest.fixture
def engine(database_url: str, engines: Callable[[str], Engine]) -> Iterator[Engine]:
    """An engine on this test's own database."""
    engine = engines(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on this test's own database. What it does not commit is rolled back."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Comparison with `tests/golden`: `golden.check("notices/digest.txt", text)`."""
    return Golden(recording=bool(request.config.getoption("--record-golden")))


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of real documents beside the checkout. Tests that ask for it are marked `seeds`."""
    if not SEEDS_FOLDER.is_dir():
        pytest.skip("the real documents are not beside this checkout (../shared/seeds)")
    return SEEDS_FOLDER


@pytest.fixture
def console(engine: Engine, tmp_path: Path) -> Iterator[Console]:
    """The console on this test's own database: `console.as_("测试甲").get("/tasks")`."""
    with opened_console(engine, tmp_path) as console:
        yield console
