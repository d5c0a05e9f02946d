/* Going through the findings of an import by keyboard: Alt+↓ and Alt+↑ to the next and the previous one, Enter on a finding
   opens its cell, Ctrl+Enter in the cell saves, Escape closes it. Without this file the links and buttons do the same. */
(() => {
  "use strict";

  const follow = (which) => document.querySelector(`#import-bar [data-key="${which}"]`)?.click();

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.altKey && !event.ctrlKey && ["ArrowDown", "ArrowUp"].includes(event.key) && !target.matches("select")) {
      event.preventDefault();
      follow(event.key === "ArrowDown" ? "next" : "previous");
    } else if (event.key === "Enter" && event.ctrlKey && target.matches(".cell-form textarea")) {
      event.preventDefault();
      target.form.requestSubmit();
    } else if (event.key === "Enter" && target.matches(".finding")) {
      target.closest(".import-cell")?.querySelector(".cell-edit > summary")?.click();
    } else if (event.key === "Escape" && target.closest?.(".cell-edit[open]")) {
      const fold = target.closest(".cell-edit");
      fold.removeAttribute("open");
      fold.querySelector("summary").focus();
    }
  });
})();
