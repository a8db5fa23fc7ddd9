// What a form could not send stays with the browser, as a whole, until it is saved: for forms whose fields come and go.
"use strict";

(() => {
  const form = document.querySelector("form[data-unsent]");
  if (!form) return;

  const FIRST_MS = 2000;
  const LONGEST_MS = 60000;
  const STILL_HERE_MS = 10000;
  const KEPT_DAYS = 14;
  const says = form.dataset;
  const name = `kessai.form ${says.unsent}`;
  const store = (() => { try { return localStorage; } catch { return null; } })();
  const typed = () => [...new FormData(form)].filter(([key, value]) => key !== "csrfmiddlewaretoken" && typeof value === "string");
  const forget = () => store?.removeItem(name);
  const keep = () => { try { store?.setItem(name, JSON.stringify({ at: Date.now(), typed: typed() })); } catch { /* no room: the page still has it */ } };

  let unsaved = "unsaved" in says;
  let leaving = false;
  let since = 0;
  let delay = 0;
  let timer = 0;
  let edits = 0;
  const again = () => { clearTimeout(timer); if (unsaved && !leaving) htmx.trigger(form, "kessai:again"); };
  const failed = (status) => {
    unsaved = true;
    keep();
    if (status && status < 500) return;
    const line = document.getElementById("saved");
    line.classList.add("is-bad");
    line.setAttribute("role", "alert");
    line.textContent = says.offline;
    delay = Math.min(Math.max(delay * 2, FIRST_MS), LONGEST_MS);
    clearTimeout(timer);
    timer = setTimeout(again, delay);
  };
  form.addEventListener("input", () => { unsaved = true; leaving = false; edits += 1; });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form) return;
    if (leaving) event.preventDefault();
    since = edits;
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    // A refusal that is shown counts as a success with htmx; saved is only what the server says is.
    const status = event.detail.xhr?.status ?? 0;
    if (status < 200 || status >= 400) { failed(status); return; }
    delay = 0;
    unsaved = edits > since;
    if (unsaved) keep();
    else forget();
  });
  addEventListener("online", again);

  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) { event.preventDefault(); failed(0); return; }
    // What is sent is kept until the page that answers is there: the server may not be.
    keep();
    leaving = true;
    setTimeout(() => { leaving = false; again(); }, STILL_HERE_MS);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-forget]")) { forget(); unsaved = false; }
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("pagehide", () => { if (unsaved && !leaving) keep(); });
  addEventListener("beforeunload", (event) => { if (unsaved && !leaving) event.preventDefault(); });

  // A page that answers what was sent shows what the server has made of it; any other offers what is left.
  const answers = () => performance.getEntriesByType("navigation")[0]?.type === "navigate"
    && document.referrer && new URL(document.referrer).pathname === location.pathname;
  const left = JSON.parse(store?.getItem(name) ?? "null");
  if (unsaved) keep();
  else if (!left || answers() || Date.now() - left.at > KEPT_DAYS * 86400000) forget();
  else {
    const note = document.createElement("div");
    note.className = "note note-warn";
    const words = document.createElement("p");
    words.textContent = says.left;
    const row = document.createElement("p");
    row.className = "form-do";
    const button = (text, press) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: text });
      made.addEventListener("click", press);
      row.append(made);
    };
    button(says.send, () => {
      const back = Object.assign(document.createElement("form"), { method: "post", action: location.pathname, hidden: true });
      const token = form.elements.namedItem("csrfmiddlewaretoken").value;
      for (const [key, value] of [["csrfmiddlewaretoken", token], ...left.typed.filter(([key]) => key !== "do")]) {
        const field = document.createElement("textarea");
        field.name = key;
        field.value = value;
        back.append(field);
      }
      document.body.append(back);
      unsaved = false;
      back.submit();
    });
    button(says.drop, () => { forget(); note.remove(); });
    note.append(words, row);
    document.getElementById("form-refused").append(note);
  }
})();
