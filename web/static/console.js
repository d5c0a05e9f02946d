/* What the frame does beyond plain HTML: where the reader is taken after an answer, menus, tables on phones.
   Everything works without this file, only less smoothly. */
(() => {
  "use strict";

  const root = document.documentElement;
  const messages = () => document.getElementById("messages");
  const saysSomething = () => Boolean(messages() && messages().textContent.trim());

  /* ---- answers ------------------------------------------------------------------------------------------------- */

  let answer = null; // of the swap that is going on: was it refused, was it a whole page
  let kept = []; // folds that were open before it

  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.detail.elt;
    if (link.matches("a[download]")) {
      event.preventDefault();
      window.location.assign(link.href);
      return;
    }
    root.classList.add("is-loading");
    closeMenus(null);
  });
  document.addEventListener("htmx:afterRequest", () => root.classList.remove("is-loading"));

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, boosted, requestConfig } = event.detail;
    const disposition = xhr.getResponseHeader("Content-Disposition") || "";
    if (disposition.startsWith("attachment") && requestConfig.verb === "get") {
      event.detail.shouldSwap = false; // a file: fetched again by the browser itself, which knows how to keep it
      window.location.assign(xhr.responseURL);
      return;
    }
    answer = { refused: xhr.status >= 400, boosted: boosted === true };
    kept = [...document.querySelectorAll("details[data-keep][id][open]")].map((fold) => fold.id);
  });

  document.addEventListener("htmx:afterSettle", () => {
    kept.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    kept = [];
    prepare();
    if (!answer) return;
    if (saysSomething() && (answer.refused || answer.boosted)) showMessages();
    else if (answer.boosted) focusHeading();
    answer = null;
  });
  document.addEventListener("htmx:historyRestore", () => prepare());
  document.addEventListener("htmx:sendError", () => tell("网络不通，刚才的操作没有送达。您填写的内容还在，请稍后再试。"));
  document.addEventListener("htmx:timeout", () => tell("服务器迟迟没有回答，请稍后再试。您填写的内容还在。"));

  /** After a page came, whoever listens to it instead of looking hears its heading. */
  function focusHeading() {
    const heading = document.querySelector("main h1");
    if (!heading || document.querySelector("main [autofocus]")) return;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
  }

  /** Take the reader to what was said. */
  function showMessages() {
    messages().scrollIntoView({ block: "nearest" });
    messages().focus({ preventScroll: true });
  }

  /** Say a sentence of our own in #messages, in the shape of a refusal. */
  function tell(sentence) {
    if (!messages()) return;
    const box = document.createElement("div");
    const body = document.createElement("div");
    box.className = "notice notice-refused";
    body.className = "notice-body";
    body.textContent = sentence;
    box.append(body);
    messages().replaceChildren(box);
    showMessages();
  }

  /* ---- menus made of <details>: closed by a click elsewhere and by Escape ---------------------------------------- */

  function closeMenus(inside) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!inside || !menu.contains(inside)) menu.removeAttribute("open");
    });
  }
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    closeMenus(null);
    menu.querySelector("summary").focus();
  });

  /* ---- tables --------------------------------------------------------------------------------------------------- */

  const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };

  function prepare() {
    // a table whose rows are cards on a phone loses its roles with `display`: said again
    document.querySelectorAll(".table-cards .data-table:not([role])").forEach((table) => {
      [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, td, th")].forEach((part) => {
        if (part.hasAttribute("role")) return;
        part.setAttribute("role", ROLES[part.tagName] || (part.scope === "row" ? "rowheader" : "columnheader"));
      });
    });
    // what scrolls must be reached by keyboard
    document.querySelectorAll(".table-scroll, .track, .chart-box").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    });
  }

  prepare();
  window.addEventListener("resize", prepare);
  if (saysSomething() && !document.querySelector("[autofocus]")) showMessages();
})();
