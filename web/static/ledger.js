/* What the lists do beyond plain HTML: on a phone the filters are folded, the bar of acts waits until a row is ticked,
   and a year begins at today. Everything works without this file. */
(() => {
  "use strict";

  const phone = window.matchMedia("(max-width: 767.98px)");

  function fold() {
    document.querySelectorAll("details.filter-fold:not([data-folded])").forEach((fold) => {
      fold.setAttribute("data-folded", "");
      if (phone.matches && !fold.querySelector("[aria-invalid]")) fold.removeAttribute("open");
    });
  }
  // On a wider screen the fold has no head to open it by.
  phone.addEventListener("change", () => {
    if (!phone.matches) document.querySelectorAll("details.filter-fold").forEach((fold) => fold.setAttribute("open", ""));
  });

  function idle() {
    document.querySelectorAll(".bulk-bar").forEach((bar) => {
      const count = bar.querySelector("[data-picked-count]");
      bar.classList.toggle("is-idle", !count || count.textContent === "0");
    });
  }

  // A year is wider than a phone: begin where we are in it.
  function findToday() {
    document.querySelectorAll(".gantt[data-today]:not([data-found])").forEach((gantt) => {
      gantt.setAttribute("data-found", "");
      const line = gantt.querySelector(".gantt-line");
      const names = gantt.clientWidth - line.offsetLeft;
      gantt.scrollLeft = (line.offsetWidth * gantt.dataset.today) / 100 - names / 2;
    });
  }

  function prepare() {
    findToday();
    fold();
    idle();
  }
  document.addEventListener("htmx:afterSettle", prepare);
  document.addEventListener("change", () => window.requestAnimationFrame(idle));
  prepare();
})();
