"""Files that pages load: their addresses, how they are served, and where those of others came from."""

from __future__ import annotations

import gzip
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web.assets import ASK_AGAIN, FOREVER, Assets, UnknownAsset

STATIC = Path(__file__).parents[3] / "web/static"
VENDOR = STATIC / "vendor"
STYLE = "body { color: #123456; }\n" * 40


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    folder = tmp_path / "static"
    (folder / "vendor").mkdir(parents=True)
    (folder / "console.css").write_text(STYLE)
    (folder / "vendor/drawing.svg").write_text("<svg/>")
    (folder / "notes.toml").write_text("not = 'served'")
    (tmp_path / "secret.txt").write_text("秘")
    return Assets(folder)


@pytest.fixture
def browser(assets: Assets) -> TestClient:
    app = Starlette(routes=[Mount("/static", assets.application())])
    return TestClient(app, headers={"Accept-Encoding": "identity"})


class TestAddress:
    def test_an_address_carries_the_fingerprint_of_the_content(self, assets: Assets) -> None:
        expected = sha256(STYLE.encode()).hexdigest()[:12]
        assert assets.url("console.css") == f"/static/console.css?v={expected}"

    def test_an_address_changes_with_the_content(self, assets: Assets, tmp_path: Path) -> None:
        before = assets.url("console.css")
        (tmp_path / "static/console.css").write_text("body { color: red; }")
        assert Assets(tmp_path / "static").url("console.css") != before

    @pytest.mark.parametrize("name", ["consol.css", "notes.toml", "../secret.txt", ""])
    def test_asking_for_what_is_no_asset_is_an_error_of_ours(self, assets: Assets, name: str) -> None:
        with pytest.raises(UnknownAsset):
            assets.url(name)


class TestServing:
    def test_what_is_asked_for_by_its_fingerprint_may_be_kept_for_ever(
        self, assets: Assets, browser: TestClient
    ) -> None:
        answer = browser.get(assets.url("console.css"))
        assert answer.status_code == 200
        assert answer.text == STYLE
        assert answer.headers["cache-control"] == FOREVER
        assert answer.headers["content-type"] == "text/css; charset=utf-8"

    @pytest.mark.parametrize("address", ["/static/console.css", "/static/console.css?v=000000000000"])
    def test_what_is_asked_for_without_its_fingerprint_is_checked_again(
        self, browser: TestClient, address: str
    ) -> None:
        assert browser.get(address).headers["cache-control"] == ASK_AGAIN

    def test_a_browser_that_has_it_is_not_sent_it_again(self, assets: Assets, browser: TestClient) -> None:
        tag = browser.get("/static/console.css").headers["etag"]
        answer = browser.get("/static/console.css", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")

    def test_a_browser_that_has_another_version_is_sent_this_one(self, browser: TestClient) -> None:
        answer = browser.get("/static/console.css", headers={"If-None-Match": '"abcdefabcdef"'})
        assert answer.status_code == 200

    @pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "gzip;q=1.0, identity; q=0.5"])
    def test_it_is_packed_for_browsers_that_unpack(
        self, assets: Assets, browser: TestClient, accepted: str
    ) -> None:
        with browser.stream(
            "GET", assets.url("console.css"), headers={"Accept-Encoding": accepted}
        ) as answer:
            packed = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert len(packed) < len(STYLE) / 4
        assert gzip.decompress(packed).decode() == STYLE

    @pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "gzip; q=0.0", ""])
    def test_it_is_plain_for_browsers_that_do_not(self, browser: TestClient, accepted: str) -> None:
        answer = browser.get("/static/console.css", headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in answer.headers
        assert answer.text == STYLE

    @pytest.mark.parametrize(
        "address",
        [
            "/static/../secret.txt",
            "/static/%2e%2e/secret.txt",
            "/static/..%2fsecret.txt",
            "/static/vendor/../../secret.txt",
            "/static//etc/passwd",
            "/static/notes.toml",
            "/static/vendor",
            "/static/",
            "/static/console.css/",
            "/static/console.css%00.svg",
        ],
    )
    def test_nothing_but_assets_is_served(self, browser: TestClient, address: str) -> None:
        assert browser.get(address).status_code == 404

    def test_files_are_only_read(self, browser: TestClient) -> None:
        assert browser.post("/static/console.css").status_code == 405
        answer = browser.head("/static/console.css")
        assert (answer.status_code, answer.content) == (200, b"")


def listed() -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads((VENDOR / "vendor.toml").read_text())["package"]
    return packages


class TestVendoredFiles:
    def test_every_file_is_the_one_that_was_listed(self) -> None:
        for package in listed():
            for file in package["files"]:
                found = sha256((VENDOR / file["path"]).read_bytes()).hexdigest()
                assert found == file["sha256"], file["path"]

    def test_every_file_of_others_is_listed(self) -> None:
        named = {file["path"] for package in listed() for file in package["files"]}
        there = {path.name for path in VENDOR.iterdir()} - {"vendor.toml"}
        assert there == named

    def test_every_package_says_its_version_its_licence_and_where_it_came_from(self) -> None:
        for package in listed():
            assert package["version"] in package["source"]
            assert package["source"].startswith("https://registry.npmjs.org/")
            texts = [file["path"] for file in package["files"] if file["path"].endswith("LICENSE.txt")]
            assert len(texts) == 1
            # both licences say that the text comes with the files
            assert package["licence"] in {"MIT", "0BSD"}

    def test_nothing_is_loaded_from_elsewhere(self) -> None:
        for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
            text = path.read_text()
            assert "@import" not in text, path.name
            assert "url(" not in text, path.name
            assert "http://" not in text, path.name
            assert "https://" not in text, path.name

    def test_all_that_a_page_loads_is_small_when_packed(self) -> None:
        assets = Assets(STATIC)
        loaded = [name for name in assets.names() if name.endswith((".css", ".js", ".svg"))]
        packed = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in loaded)
        assert packed < 100_000
