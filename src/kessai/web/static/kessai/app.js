// What JavaScript adds to pages that work without it: keys, one press counts once, a word before text is lost.
"use strict";

(() => {
  const KEYS_OFF = "kessai.keys.off";
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const storage = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } },
  };

  // Keys. A moves to the act and never presses it: an act stays a deliberate one.
  const press = (key) => {
    const found = [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => one.offsetParent !== null);
    if (!found) return false;
    if (key === "a") found.focus();
    else found.click();
    return true;
  };
  const open = (id) => {
    const popover = document.getElementById(id);
    if (!popover || !popover.togglePopover) return false;
    popover.togglePopover();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (storage.get(KEYS_OFF) || typing(event.target)) return;
    let done = false;
    if (event.key === "/") {
      const box = document.querySelector("form[role=search] input[type=search]");
      if (box && box.offsetParent !== null) { box.focus(); done = true; }
    } else if (event.key === "?") done = open("help");
    else if (/^[ajkr]$/i.test(event.key)) done = press(event.key.toLowerCase());
    if (done) event.preventDefault();
  });
  for (const box of document.querySelectorAll("[data-keys-box]")) box.hidden = false;
  for (const box of document.querySelectorAll("[data-keys-switch]")) {
    box.checked = !storage.get(KEYS_OFF);
    box.addEventListener("change", () => storage.set(KEYS_OFF, box.checked ? "" : "1"));
  }

  // One press counts once. The server holds to it too; this spares a second answer.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.hasAttribute("hx-get")) return;
    if (event.submitter && event.submitter.hasAttribute("data-once")) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      event.submitter.setAttribute("aria-disabled", "true");
    }
  });
  window.addEventListener("pageshow", () => {
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

  // Saving as you type: while a save is under way, or after one failed, leaving asks first.
  const draft = document.querySelector("form[data-autosave]");
  if (draft) {
    let unsaved = false;
    draft.addEventListener("input", (event) => { if (event.target.name && event.target.type !== "file") unsaved = true; });
    draft.addEventListener("submit", () => { unsaved = false; });
    document.body.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt === draft && event.detail.successful) unsaved = false;
    });
    for (const name of ["htmx:sendError", "htmx:responseError"]) {
      document.body.addEventListener(name, (event) => {
        if (event.detail.elt === draft) document.getElementById("saved")?.classList.add("is-lost");
      });
    }
    window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
    // A conflict or a refusal is an answer too: show it.
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.xhr.status === 409) { event.detail.shouldSwap = true; event.detail.isError = false; }
    });
    const files = draft.querySelector("input[type=file]");
    const attach = draft.querySelector("button[value=attach]");
    if (files && attach) files.addEventListener("change", () => { if (files.files.length) attach.focus(); });
  }
})();
