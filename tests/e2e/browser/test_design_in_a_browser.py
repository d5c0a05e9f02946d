"""The parts of the design system in a real browser: what axe-core says of them, and what the scripts do with forms."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from tests.e2e.browser.driving import DESK, PHONE, Browsers, inspect
from tests.e2e.browser.serving import Serving
from tests.styleguide import ASSETS, render, workshop
from web.guarding import CONTENT_SECURITY_POLICY

FORMS = """
{% extends "layout.html" %}
{% import "_macros.html" as ui %}
{% block title %}表单{% endblock %}
{% block content %}
<h1>表单</h1>
<a href="/elsewhere">别的页面</a>
<a href="/file">一个文件</a>
{% call ui.act_with("/refuse", "申请延期", csrf(), "提交申请") %}{{ ui.area_field("reason", "理由") }}{% endcall %}
{{ ui.act("/done", "签收", csrf()) }}
<form method="post" action="/slow">{{ csrf() }}<button type="submit">催办</button></form>
<form method="post" action="/upload" enctype="multipart/form-data" data-upload>{{ csrf() }}
{{ ui.drop_zone("file", multiple=True) }}<button type="submit">上传</button></form>
<p>已选 <b data-picked-count="task_id">0</b> 项</p>
<div class="table-scroll table-cards"><table class="data-table"><thead><tr>
<th scope="col" class="pick"><input type="checkbox" data-select-all="task_id" aria-label="全选"></th><th scope="col">任务</th></tr></thead><tbody>
{% for n in (1, 2, 3) %}<tr><td class="pick"><input type="checkbox" name="task_id" value="{{ n }}" aria-label="选 {{ n }}"></td>
<th scope="row" class="row-head">任务 {{ n }}</th></tr>{% endfor %}</tbody></table></div>
{% endblock %}
"""
ELSEWHERE = '{% extends "layout.html" %}{% block content %}<h1 id="top">别处</h1>{% endblock %}'
REFUSED = {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}


@dataclass
class Workshop:
    """A server of pages that do nothing but try the parts; it counts what reaches it."""

    url: str = ""
    posted: list[str] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def app(self) -> Starlette:
        environment = workshop({"forms.html": FORMS, "elsewhere.html": ELSEWHERE})

        def show(request: Request) -> Response:
            name, query = request.path_params["name"], request.query_params
            text = render(
                environment,
                f"{name}.html",
                theme=query.get("theme", "light"),
                message=query.get("message"),
            )
            return HTMLResponse(text, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})

        def download(_request: Request) -> Response:
            return Response(b"1,2\n", headers={"Content-Disposition": 'attachment; filename="rows.csv"'})

        def refuse(_request: Request) -> Response:
            text = environment.get_template("_refusal.html").render(
                title="现在不能办理", detail="节点已经报告，不能再延期。", unmet=()
            )
            return HTMLResponse(text, 409, headers=REFUSED)

        def finish(_request: Request) -> Response:
            return RedirectResponse("/forms?message=已签收。", status_code=303)

        def dawdle(_request: Request) -> Response:
            self.posted.append("slow")
            assert self.may_answer.wait(20)
            return RedirectResponse("/forms?message=已催办。", status_code=303)

        async def take(request: Request) -> Response:
            async with request.form() as form:
                self.posted += [
                    str(each.filename) for each in form.getlist("file") if not isinstance(each, str)
                ]
            return RedirectResponse("/forms?message=已上传。", status_code=303)

        return Starlette(
            routes=[
                Mount("/static", ASSETS.application()),
                Route("/file", download),
                Route("/refuse", refuse, methods=["POST"]),
                Route("/done", finish, methods=["POST"]),
                Route("/slow", dawdle, methods=["POST"]),
                Route("/upload", take, methods=["POST"]),
                Route("/{name}", show),
            ]
        )


@pytest.fixture
def shop(serving: Serving) -> Iterator[Workshop]:
    shop = Workshop()
    with serving.lent(shop.app()) as shop.url:
        yield shop
        shop.may_answer.set()


def opened_page(browsers: Browsers, address: str, size: tuple[int, int] = DESK) -> Page:
    page = browsers.open(size=size)
    page.goto(address)
    return page


@pytest.fixture
def forms(browsers: Browsers, shop: Workshop) -> Iterator[Page]:
    yield opened_page(browsers, f"{shop.url}/forms")
    browsers.close_pages()


def test_axe_finds_nothing_in_any_part_and_nothing_is_wider_than_the_screen(
    browsers: Browsers, shop: Workshop, axe_script: str
) -> None:
    page = opened_page(browsers, f"{shop.url}/styleguide", PHONE)

    assert inspect(page, axe_script) == []


class TestAnswers:
    def test_a_refusal_leaves_what_was_typed_and_takes_the_reader_to_the_reasons(
        self, forms: Page, browsers: Browsers
    ) -> None:
        forms.locator("summary", has_text="申请延期").click()
        forms.get_by_label("理由").fill("连日大雨，\n没法施工。")
        forms.get_by_role("button", name="提交申请").click()

        expect(forms.locator("#messages")).to_contain_text("节点已经报告，不能再延期。")
        expect(forms.locator("#messages")).to_be_focused()
        expect(forms.get_by_label("理由")).to_have_value("连日大雨，\n没法施工。")
        assert forms.url.endswith("/forms")
        # and the form can be sent again
        expect(forms.locator("form[data-sending]")).to_have_count(0)
        browsers.forget("status of 409")

    def test_what_was_done_is_said_at_the_top_of_the_next_page(self, forms: Page) -> None:
        forms.get_by_role("button", name="签收").click()
        expect(forms.locator("#messages")).to_have_text("已签收。")
        expect(forms.locator("#messages")).to_be_focused()

    def test_going_elsewhere_leads_to_the_heading_and_back_again(self, forms: Page) -> None:
        forms.get_by_role("link", name="别的页面").click()
        expect(forms.get_by_role("heading", level=1)).to_have_text("别处")
        expect(forms.get_by_role("heading", level=1)).to_be_focused()
        forms.go_back()
        expect(forms.get_by_role("heading", level=1)).to_have_text("表单")
        expect(forms).to_have_title("表单")

    def test_no_page_stays_in_the_store_of_the_browser(self, forms: Page) -> None:
        forms.get_by_role("link", name="别的页面").click()
        expect(forms.get_by_role("heading", level=1)).to_have_text("别处")
        assert forms.evaluate("localStorage.length") == 0
        assert forms.evaluate("Object.values(sessionStorage)") == [
            "/elsewhere"
        ]  # where one is, for going back

    def test_a_link_to_a_file_is_a_download_and_the_page_stays(self, forms: Page) -> None:
        with forms.expect_download() as download:
            forms.get_by_role("link", name="一个文件").click()
        assert download.value.suggested_filename == "rows.csv"
        expect(forms.get_by_role("heading", level=1)).to_have_text("表单")

    def test_a_lost_connection_is_said_and_the_text_stays(self, browsers: Browsers, shop: Workshop) -> None:
        page = opened_page(browsers, f"{shop.url}/forms")
        page.locator("summary", has_text="申请延期").click()
        page.get_by_label("理由").fill("连日大雨")
        page.route("**/refuse", lambda route: route.abort())
        page.get_by_role("button", name="提交申请").click()
        expect(page.locator("#messages")).to_contain_text("网络不通")
        expect(page.get_by_label("理由")).to_have_value("连日大雨")
        browsers.forget("ERR_FAILED", "^htmx:")


class TestForms:
    def test_a_form_is_sent_once_however_often_it_is_pressed(self, forms: Page, shop: Workshop) -> None:
        button = forms.get_by_role("button", name="催办")
        button.click()
        expect(button).to_have_attribute("aria-busy", "true")
        button.dispatch_event("click")
        button.dispatch_event("click")
        shop.may_answer.set()
        expect(forms.locator("#messages")).to_have_text("已催办。")
        assert shop.posted == ["slow"]

    def test_leaving_a_form_that_was_begun_is_asked_about(self, forms: Page) -> None:
        forms.locator("summary", has_text="申请延期").click()
        forms.get_by_label("理由").fill("写了一半")
        asked: list[str] = []

        def answer(dialog: object) -> None:
            asked.append(dialog.message)  # type: ignore[attr-defined]
            (dialog.accept if len(asked) > 1 else dialog.dismiss)()  # type: ignore[attr-defined]

        forms.on("dialog", answer)
        forms.get_by_role("link", name="别的页面").click()
        expect(forms.get_by_label("理由")).to_have_value("写了一半")
        forms.get_by_role("link", name="别的页面").click()
        expect(forms.get_by_role("heading", level=1)).to_have_text("别处")
        assert len(asked) == 2
        assert "还没有提交" in asked[0]

    def test_all_rows_are_ticked_at_once_and_counted(self, forms: Page) -> None:
        forms.get_by_label("全选").check()
        expect(forms.locator("[data-picked-count]")).to_have_text("3")
        expect(forms.locator("tr.is-selected")).to_have_count(3)
        forms.get_by_label("选 2").uncheck()
        expect(forms.locator("[data-picked-count]")).to_have_text("2")
        assert forms.get_by_label("全选").evaluate("box => box.indeterminate")

    def test_files_are_sent_with_progress(self, forms: Page, shop: Workshop, tmp_path: Path) -> None:
        for name in ("合同.pdf", "照片.jpg"):
            (tmp_path / name).write_bytes(b"x" * 300_000)
        seen = forms.evaluate_handle(
            "() => { const seen = []; document.addEventListener('htmx:xhr:progress', () =>"
            " seen.push(document.querySelector('[data-progress-text]')?.textContent)); return seen; }"
        )
        forms.locator("input[type=file]").set_input_files([tmp_path / "合同.pdf", tmp_path / "照片.jpg"])
        forms.get_by_role("button", name="上传").click()
        expect(forms.locator("#messages")).to_have_text("已上传。")
        assert shop.posted == ["合同.pdf", "照片.jpg"]
        assert any("已上传" in (text or "") for text in seen.json_value())

    def test_a_file_that_is_dropped_is_chosen(self, forms: Page) -> None:
        dropped = forms.evaluate_handle(
            "() => { const taken = new DataTransfer(); taken.items.add(new File(['x'], '方案.docx')); return taken; }"
        )
        forms.dispatch_event("[data-dropzone]", "dragover", {"dataTransfer": dropped})
        expect(forms.locator("[data-dropzone]")).to_have_class("drop-zone is-over")
        forms.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": dropped})
        expect(forms.locator("[data-dropzone]")).to_have_class("drop-zone")
        names = forms.locator("input[type=file]").evaluate("input => [...input.files].map(file => file.name)")
        assert names == ["方案.docx"]


class TestFrame:
    def test_a_menu_is_closed_by_escape_and_gives_the_focus_back(self, forms: Page) -> None:
        summary = forms.locator(".menu > summary")
        summary.focus()
        forms.keyboard.press("Enter")
        expect(forms.get_by_role("link", name="我的设置")).to_be_visible()
        forms.keyboard.press("Tab")
        forms.keyboard.press("Escape")
        expect(forms.get_by_role("link", name="我的设置")).to_be_hidden()
        expect(summary).to_be_focused()

    def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(self, forms: Page) -> None:
        forms.keyboard.press("Tab")
        expect(forms.get_by_role("link", name="跳到正文")).to_be_focused()
        forms.keyboard.press("Enter")
        forms.keyboard.press("Tab")
        expect(forms.get_by_role("link", name="别的页面")).to_be_focused()

    def test_following_the_system_turns_dark_with_it(self, browsers: Browsers, shop: Workshop) -> None:
        page = opened_page(browsers, f"{shop.url}/forms?theme=auto")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    def test_a_table_is_still_a_table_to_who_listens_when_its_rows_are_cards(
        self, browsers: Browsers, shop: Workshop
    ) -> None:
        page = opened_page(browsers, f"{shop.url}/forms", PHONE)
        assert page.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "grid"
        expect(page.get_by_role("row")).to_have_count(4)
        expect(page.get_by_role("rowheader")).to_have_count(3)

    def test_paper_shows_neither_navigation_nor_buttons(self, browsers: Browsers, shop: Workshop) -> None:
        page = opened_page(browsers, f"{shop.url}/styleguide?theme=dark")
        page.emulate_media(media="print")
        for hidden in (
            ".side",
            ".top",
            ".tab-bar",
            ".demo-bar",
            ".page-acts",
            ".bulk-bar",
            ".acts-column",
        ):
            expect(page.locator(hidden).first).to_be_hidden()
        assert (
            page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
            == "rgb(255, 255, 255)"
        )
        assert (
            page.locator("thead").first.evaluate("head => getComputedStyle(head).display")
            == "table-header-group"
        )
