// What scripts add to pages that are complete without them: one press counts once.
"use strict";

(() => {
  // The page's policy refuses style attributes, so htmx must not carry them over.
  if (window.htmx) window.htmx.config.attributesToSettle = ["class"];

  // Signing in elsewhere changes the token: send the one in force, not the one of when the page was made.
  const token = () => document.cookie.match(/(?:^|; )kessai_csrf=([^;]+)/)?.[1] ?? "";
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get" && token()) event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("submit", (event) => {
    const field = event.target.elements.namedItem("csrfmiddlewaretoken");
    if (field && token()) field.value = token();
  });

  // What stands above each printed page; a text of its own in the style sheet, whatever it holds.
  const paper = document.querySelector("[data-paper]")?.dataset.paper;
  if (paper) document.documentElement.style.setProperty("--running-head", `"${paper.replace(/["\\\n\f]/g, "\\$&")}"`);

  // On a phone the row of pages is wider than the window: the page that is open is brought into sight.
  // So is the open page among those of a table of rules.
  for (const here of document.querySelectorAll(".top nav [aria-current], .tabs [aria-current]")) {
    const row = here.closest("ul, .tabs");
    row.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - row.offsetLeft - row.clientWidth / 2;
  }

  // One press counts once. The server holds to it too; this spares a second answer.
  document.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-once]")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    event.submitter.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
    }
  });

  // The opinion has a place in the bar and, on a phone, one in a sheet: what is typed in one stands in both.
  const [bar, sheet] = [document.getElementById("op"), document.getElementById("op2")];
  if (bar && sheet) {
    sheet.value = sheet.value || bar.value;
    bar.addEventListener("input", () => { sheet.value = bar.value; });
    sheet.addEventListener("input", () => { bar.value = sheet.value; });
  }

  // The opinion goes along with any other act of the page: where that is refused, it stands there again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!bar || !form.closest(".more, .pop") || form.elements.namedItem("opinion")) return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "opinion", value: bar.value }));
  });

  // What was done is said aloud too: a reader hears only what comes into a page that is there already.
  const live = document.getElementById("live");
  const told = [...document.querySelectorAll(".told")].map((one) => one.textContent.trim()).join(" ");
  if (live && told) setTimeout(() => { live.textContent = told; }, 400);

  // A refusal is an answer to be shown: the session has ended, or another screen was faster.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (![401, 403, 409].includes(event.detail.xhr.status)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  // All tasks of one kind of matter at once: set if one of them is not, else taken off again.
  for (const button of document.querySelectorAll("[data-pick]")) {
    const boxes = [...document.querySelectorAll("[data-kind]")].filter((box) => box.dataset.kind === button.dataset.pick);
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = boxes.some((box) => !box.checked);
      for (const box of boxes) box.checked = all;
    });
  }
})();
