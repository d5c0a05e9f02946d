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
    bringHome();
    const disposition = xhr.getResponseHeader("Content-Disposition") || "";
    if (disposition.startsWith("attachment") && requestConfig.verb === "get") {
      event.detail.shouldSwap = false; // a file: fetched again by the browser itself, which knows how to keep it
      window.location.assign(xhr.responseURL);
      return;
    }
    answer = { refused: xhr.status >= 400, boosted: boosted === true, form: requestConfig.verb === "post" ? requestConfig.elt.closest("form") : null, field: xhr.getResponseHeader("X-Refused-Field") };
    kept = [...document.querySelectorAll("details[data-keep][id][open]")].map((fold) => fold.id);
  });

  document.addEventListener("htmx:afterSettle", () => {
    kept.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    kept = [];
    prepare();
    if (!answer) return;
    if (saysSomething() && answer.refused) showRefusal(answer.form, answer.field);
    else if (saysSomething() && answer.boosted) showMessages();
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

  /** Say why beside the form that was refused, and take the reader to the field that is to blame, if one is.
      In a table there is no room for it. */
  function showRefusal(form, name) {
    const fits = form?.isConnected && !form.closest("table") && form.getClientRects().length > 0;
    if (!fits) return showMessages();
    const field = name ? [...form.elements].find((each) => each.name === decodeURIComponent(name) && each.type !== "hidden") : null;
    const home = document.createElement("span");
    home.hidden = true;
    home.id = "messages-home";
    messages().before(home);
    const place = field?.closest(".form-row, .field");
    const foot = form.querySelector(".form-acts");
    if (place) place.after(messages());
    else if (foot) foot.before(messages());
    else form.after(messages());
    if (!field) return showMessages();
    blame(field);
    messages().scrollIntoView({ block: "nearest" });
    (field.closest(".field") || field).scrollIntoView({ block: "nearest" });
    field.focus({ preventScroll: true });
  }

  /** Mark a field as wrong until it is changed, with what was said as its description. */
  function blame(field) {
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== "messages");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", ["messages", ...described].join(" "));
    field.classList.add("is-invalid");
    field.addEventListener("input", () => {
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", described.join(" "));
      field.classList.remove("is-invalid");
    }, { once: true });
  }

  /** Put the place of what is said back to the top of the page, where the next answer is looked for. */
  function bringHome() {
    const home = document.getElementById("messages-home");
    if (home && messages()) home.replaceWith(messages());
  }

  /** Say a sentence of our own in #messages, in the shape of a refusal. */
  function tell(sentence) {
    if (!messages()) return;
    bringHome();
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
