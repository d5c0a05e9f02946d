/* What forms do beyond plain HTML: they are sent once, warn before something typed is lost, tick all rows, and show
   how far a file has come. Everything works without this file. */
(() => {
  "use strict";

  /* ---- sent once ------------------------------------------------------------------------------------------------ */

  let leaving = false; // a form is on its way: the browser need not ask

  function release(form) {
    form.removeAttribute("data-sending");
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("data-sending", "");
    event.submitter?.setAttribute("aria-busy", "true");
    leaving = true;
    // an answer that is a file leaves the page where it is, and nobody says so
    if (form.getAttribute("hx-boost") === "false") window.setTimeout(() => { release(form); leaving = false; }, 4000);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    leaving = false;
    if (!form) return;
    release(form);
    const box = form.querySelector("[data-progress]");
    if (box) box.hidden = true;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    document.querySelectorAll("form[data-sending]").forEach(release);
  });

  /* ---- what was typed is not lost by mistake: forms with data-guard ----------------------------------------------- */

  function wasChanged(field) {
    if (!field.name || field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "file") return field.files.length > 0;
    if (field.tagName === "SELECT") return field.dataset.touched === "yes";
    return "defaultValue" in field && field.value !== field.defaultValue;
  }
  const hasUnsaved = () => [...document.querySelectorAll("form[data-guard]")].some((form) => [...form.elements].some(wasChanged));

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && hasUnsaved()) event.preventDefault();
  });
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, issueRequest } = event.detail;
    if (verb !== "get" || !elt.matches("a[href]") || !hasUnsaved()) return;
    event.preventDefault();
    if (window.confirm("表单中有还没有提交的内容，离开后将丢失。确定离开吗？")) issueRequest(true);
  });

  /* ---- rows that are ticked: data-select-all="task_id", data-picked-count="task_id" -------------------------------- */

  const boxesOf = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];

  function countPicked() {
    document.querySelectorAll("[data-select-all]").forEach((all) => {
      const boxes = boxesOf(all.dataset.selectAll);
      const picked = boxes.filter((box) => box.checked).length;
      all.checked = boxes.length > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
      boxes.forEach((box) => box.closest("tr")?.classList.toggle("is-selected", box.checked));
      document.querySelectorAll(`[data-picked-count="${all.dataset.selectAll}"]`).forEach((place) => { place.textContent = picked; });
    });
  }
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.tagName === "SELECT") field.dataset.touched = "yes";
    if (field.dataset.selectAll) boxesOf(field.dataset.selectAll).forEach((box) => { box.checked = field.checked; });
    if (field.type === "checkbox") countPicked();
  });
  document.addEventListener("htmx:afterSettle", countPicked);
  window.addEventListener("pageshow", countPicked);

  /* ---- a reviewer who has looked at everything: data-all-good picks what is marked data-verdict -------------------- */

  const showWhatNeedsScripts = () => document.querySelectorAll(".only-scripts[hidden]").forEach((part) => part.removeAttribute("hidden"));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-all-good]");
    button?.closest(".card-box").querySelectorAll("[data-verdict]").forEach((choice) => { choice.checked = true; });
  });
  document.addEventListener("htmx:afterSettle", showWhatNeedsScripts);

  /* ---- files: dropped on data-dropzone, sent by a form with data-upload --------------------------------------------- */

  const zoneOf = (event) => event.target.closest?.("[data-dropzone]");

  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const input = zoneOf(event)?.querySelector("input[type=file]");
    if (!input) return;
    event.preventDefault();
    zoneOf(event).classList.remove("is-over");
    const taken = new DataTransfer();
    [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => taken.items.add(file));
    if (!taken.files.length) return;
    input.files = taken.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  const size = (bytes) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`);

  document.addEventListener("htmx:xhr:progress", (event) => {
    const box = event.target.closest?.("form[data-upload]")?.querySelector("[data-progress]");
    const { lengthComputable, loaded, total } = event.detail;
    if (!box || !lengthComputable || total < Number(box.dataset.total || 0)) return; // the answer's own progress is none
    const percent = Math.floor((100 * loaded) / total);
    box.dataset.total = total;
    box.hidden = false;
    box.querySelector("progress").value = percent;
    box.querySelector("[data-progress-text]").textContent =
      percent < 100 ? `已上传 ${percent}%（${size(loaded)} / ${size(total)}）` : "已上传，正在保存……";
  });

  countPicked();
  showWhatNeedsScripts();
})();
