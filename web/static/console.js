/* What the pages do beyond plain HTML. Everything works without this file, only with more clicks. */
(function () {
  "use strict";

  var messages = function () { return document.getElementById("messages"); };

  /* ---- what was swapped in: where the reader is taken -------------------------------------------------------- */

  var lastAnswer = null;

  document.addEventListener("htmx:beforeRequest", function (event) {
    document.documentElement.classList.add("is-loading");
    closeMenus(null);
    if (event.detail.boosted && event.detail.requestConfig.verb === "get") guards.leaving = false;
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.elt.id !== "nothing") document.documentElement.classList.remove("is-loading");
    release(event.detail.elt);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    lastAnswer = { refused: status >= 400, boosted: event.detail.boosted === true };
    if (status >= 400) {
      /* A refusal leaves the address alone: what was asked for has not happened. */
      event.detail.requestConfig.elt.setAttribute("hx-push-url", "false");
    } else {
      guards.leaving = true;
    }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    prepare(document);
    if (!lastAnswer) return;
    if (lastAnswer.refused && messages() && messages().textContent.trim()) showMessages();
    else if (lastAnswer.boosted && event.detail.target === document.body) focusHeading();
    lastAnswer = null;
  });
  document.addEventListener("htmx:sendError", function () { tell("网络不通，刚才的操作没有送达。您填写的内容还在，请稍后再试。"); });
  document.addEventListener("htmx:timeout", function () { tell("服务器迟迟没有回答，请稍后再试。"); });

  function focusHeading() {
    var heading = document.querySelector("main h1");
    if (!heading || document.querySelector("main [autofocus]")) return;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
  }

  function showMessages() {
    messages().scrollIntoView({ block: "center" });
    messages().focus({ preventScroll: true });
  }

  /** Say a sentence of our own in #messages, in the shape of a refusal. */
  function tell(sentence) {
    if (!messages()) return;
    var box = document.createElement("div");
    var body = document.createElement("div");
    box.className = "notice notice-refused";
    body.className = "notice-body";
    body.textContent = sentence;
    box.appendChild(body);
    messages().replaceChildren(box);
    showMessages();
  }

  /* ---- menus made of <details>: one open at a time, closed by Escape and by a click elsewhere ------------------ */

  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (!except || !menu.contains(except)) menu.removeAttribute("open");
    });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = event.target.closest ? event.target.closest("details[data-menu][open]") : null;
    closeMenus(null);
    if (menu) menu.querySelector("summary").focus();
  });

  /* ---- forms: sent once, and a word of warning before what was typed is lost ------------------------------------ */

  function release(element) {
    var form = element && element.closest ? element.closest("form") : null;
    if (!form) return;
    form.removeAttribute("data-sending");
    form.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method.toLowerCase() !== "post") return;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("data-sending", "");
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    guards.leaving = true;
  }, true);
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sending]").forEach(release);
  });

  var guards = { leaving: false };
  function hasUnsaved() {
    return Array.prototype.some.call(document.querySelectorAll("form[data-guard]"), function (form) {
      return Array.prototype.some.call(form.elements, function (field) {
        if (field.type === "hidden" || field.type === "file" || !field.name) return false;
        if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
        if (field.tagName === "SELECT") {
          return Array.prototype.some.call(field.options, function (option) { return option.selected !== option.defaultSelected && field.dataset.touched; });
        }
        return "defaultValue" in field && field.value !== field.defaultValue;
      });
    });
  }
  document.addEventListener("change", function (event) {
    if (event.target.tagName === "SELECT") event.target.dataset.touched = "1";
    if (event.target.hasAttribute("data-submit-on-change")) event.target.form.requestSubmit();
  });
  window.addEventListener("beforeunload", function (event) {
    if (!guards.leaving && hasUnsaved()) event.preventDefault();
    guards.leaving = false;
  });
  document.addEventListener("htmx:confirm", function (event) {
    if (event.detail.verb !== "get" || !event.detail.elt.matches("a[href]") || !hasUnsaved()) return;
    event.preventDefault();
    if (window.confirm("表单中有还没有提交的内容，离开后将丢失。确定离开吗？")) event.detail.issueRequest(true);
  });

  /* ---- ticking all rows of a table ------------------------------------------------------------------------------ */

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.matches("[data-select-all]")) {
      document.querySelectorAll("input[type=checkbox][name='" + box.dataset.selectAll + "']").forEach(function (each) { each.checked = box.checked; });
    }
    if (box.type === "checkbox") countPicked();
  });
  function countPicked() {
    document.querySelectorAll("[data-select-all]").forEach(function (all) {
      var boxes = document.querySelectorAll("input[type=checkbox][name='" + all.dataset.selectAll + "']");
      var picked = Array.prototype.filter.call(boxes, function (each) { return each.checked; });
      all.checked = boxes.length > 0 && picked.length === boxes.length;
      all.indeterminate = picked.length > 0 && picked.length < boxes.length;
      document.querySelectorAll("[data-picked-count='" + all.dataset.selectAll + "']").forEach(function (place) { place.textContent = String(picked.length); });
      boxes.forEach(function (each) {
        var row = each.closest("tr");
        if (row) row.classList.toggle("is-selected", each.checked);
      });
    });
  }

  /* ---- files: dropped or chosen, sent with progress ------------------------------------------------------------- */

  document.addEventListener("dragover", function (event) {
    var zone = event.target.closest ? event.target.closest("[data-dropzone]") : null;
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", function (event) {
    var zone = event.target.closest ? event.target.closest("[data-dropzone]") : null;
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", function (event) {
    var zone = event.target.closest ? event.target.closest("[data-dropzone]") : null;
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    var input = zone.querySelector("input[type=file]");
    if (!input || !event.dataTransfer.files.length) return;
    var files = new DataTransfer();
    Array.prototype.slice.call(event.dataTransfer.files, 0, input.multiple ? undefined : 1).forEach(function (file) { files.items.add(file); });
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function progressOf(form) { return form.matches("[data-upload]") ? form.querySelector("[data-progress]") : null; }
  document.addEventListener("htmx:xhr:progress", function (event) {
    var form = event.target.closest ? event.target.closest("form") : null;
    var box = form ? progressOf(form) : null;
    if (!box || !event.detail.lengthComputable) return;
    var percent = Math.floor(100 * event.detail.loaded / event.detail.total);
    box.hidden = false;
    box.querySelector("progress").value = percent;
    box.querySelector("[data-progress-text]").textContent = percent < 100 ? "已上传 " + percent + "%（" + size(event.detail.loaded) + " / " + size(event.detail.total) + "）" : "已上传，正在保存……";
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.elt.closest ? event.detail.elt.closest("form") : null;
    var box = form ? progressOf(form) : null;
    if (box) box.hidden = true;
  });
  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  /* ---- tables that become cards lose their roles with `display`: said again here -------------------------------- */

  var ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
  function prepare(root) {
    root.querySelectorAll(".table-cards .data-table:not([role])").forEach(function (table) {
      [table].concat(Array.prototype.slice.call(table.querySelectorAll("thead, tbody, tfoot, tr, td, th"))).forEach(function (part) {
        if (part.hasAttribute("role")) return;
        part.setAttribute("role", ROLES[part.tagName] || (part.scope === "row" ? "rowheader" : "columnheader"));
      });
    });
    root.querySelectorAll(".table-scroll").forEach(function (box) {
      /* what scrolls must be reachable by keyboard */
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    });
    countPicked();
  }

  prepare(document);
  window.addEventListener("resize", function () { prepare(document); });
  if (messages() && messages().querySelector(".notice-refused")) showMessages();
})();
