// Saving a draft as it is typed: nothing typed is lost with a connection, a session or a page, and no screen undoes another.
"use strict";

(() => {
  const draft = document.querySelector("form[data-autosave]");
  if (!draft) return;

  const FIRST_MS = 2000;
  const LONGEST_MS = 60000;
  const KEPT_DAYS = 14;
  const name = `kessai.draft ${draft.dataset.keep}`;
  const screen = document.getElementById("screen");
  const stores = () => [() => sessionStorage, () => localStorage].flatMap((open) => { try { return [open()]; } catch { return []; } });
  const lasting = () => (draft.hasAttribute("data-keep-short") ? stores()[0] : stores().at(-1));

  const marks = () => Object.fromEntries([...draft.querySelectorAll("[name=stood]")].map((input) => input.value.split(" ")));
  const mark = (key, to) => {
    const input = [...draft.querySelectorAll("[name=stood]")].find((each) => each.value.startsWith(`${key} `));
    if (input) input.value = `${key} ${to}`;
  };
  const fields = (key) => [...draft.querySelectorAll(`[name="${key}"]:not([type=hidden])`)];
  const value = (key) => {
    const [first, ...rest] = fields(key);
    if (!first) return null;
    if (first.type !== "checkbox") return first.value;
    return [first, ...rest].filter((box) => box.checked).map((box) => box.value).join(" ");
  };
  const put = (key, to) => {
    for (const field of fields(key)) {
      if (field.type === "checkbox") field.checked = to.split(" ").includes(field.value);
      else field.value = to;
    }
  };
  const all = () => Object.fromEntries(Object.keys(marks()).map((key) => [key, value(key)]).filter(([, now]) => now !== null));

  // ── what could not be saved stays with the browser until it is ──
  let saved = all();
  const changed = () => Object.entries(all()).filter(([key, now]) => key in saved && now !== saved[key]);
  const forget = () => { for (const store of stores()) store.removeItem(`${name} ${screen.value}`); };
  const keep = (store) => {
    const typed = changed();
    forget();
    if (!typed.length || !store) return;
    const stood = marks();
    const kept = { at: Date.now(), typed: typed.map(([key, now]) => [key, now, stood[key]]) };
    try { store.setItem(`${name} ${screen.value}`, JSON.stringify(kept)); } catch { /* no room: the page still has it */ }
  };
  const label = (key) => {
    const said = document.querySelector(`label[for="f-${key}"]`) ?? fields(key)[0]?.closest("fieldset")?.querySelector("legend");
    return said?.firstChild?.textContent.trim() || key;
  };
  const restore = () => {
    const back = [];
    for (const store of stores()) {
      for (const entry of Object.keys(store).filter((each) => each.startsWith("kessai.draft "))) {
        const kept = JSON.parse(store.getItem(entry));
        const mine = entry.startsWith(`${name} `);
        if (mine || Date.now() - kept.at > KEPT_DAYS * 86400000) store.removeItem(entry);
        if (!mine) continue;
        for (const [key, was, stood] of kept.typed) {
          if (value(key) === null || value(key) === was) continue;
          put(key, was);
          mark(key, stood);
          back.push(label(key));
          screen.value = entry.slice(name.length + 1);
        }
      }
    }
    return back;
  };

  // ── saving, and saving again ──
  let unsaved = false;
  let running = 0;
  let leaving = false;
  let waiting = null;
  let sent = saved;
  let delay = 0;
  let timer = 0;
  const again = () => { clearTimeout(timer); if (unsaved && !running && !leaving) htmx.trigger(draft, "kessai:again"); };
  const say = (text) => {
    const line = document.getElementById("saved");
    line.classList.add("is-bad");
    line.setAttribute("role", "alert");
    line.textContent = text;
  };
  const failed = (status) => {
    unsaved = true;
    keep(lasting());
    if (status && status < 500) return;
    say(draft.dataset.offline);
    delay = Math.min(Math.max(delay * 2, FIRST_MS), LONGEST_MS);
    clearTimeout(timer);
    timer = setTimeout(again, delay);
  };
  const arrived = () => {
    saved = sent;
    delay = 0;
    unsaved = changed().length > 0;
    if (unsaved) keep(lasting());
    else forget();
  };
  draft.addEventListener("input", (event) => { if (event.target.type !== "file") unsaved = true; });
  // Parts of the form that ask for themselves again save nothing.
  // A button may be gone from the page once it is answered: whose request it was, its configuration says.
  const saves = ({ detail: { requestConfig: { elt } } }) => elt === draft || elt.matches("button[hx-post]");
  draft.addEventListener("htmx:beforeRequest", (event) => {
    if (!saves(event)) return;
    if (leaving) { event.preventDefault(); return; }
    clearTimeout(timer);
    running += 1;
    sent = all();
  });
  draft.addEventListener("htmx:afterRequest", (event) => {
    if (!saves(event)) return;
    running = Math.max(0, running - 1);
    if (event.detail.successful) arrived();
    else failed(event.detail.xhr?.status ?? 0);
    if (!running && waiting) setTimeout(() => draft.requestSubmit(waiting), 40);
  });
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });

  // What another screen has changed is shown here, unless something was typed there meanwhile.
  document.addEventListener("htmx:afterSettle", () => {
    for (const theirs of document.querySelectorAll("[data-taken]")) {
      const key = theirs.dataset.taken;
      if (value(key) === sent[key]) {
        put(key, theirs.value);
        mark(key, theirs.dataset.mark);
        saved[key] = theirs.value;
      }
      theirs.remove();
    }
    // Fields that a save has brought up.
    saved = { ...all(), ...saved };
    // Invalid fields are told to readers too, once the answer is on the page.
    for (const said of document.querySelectorAll(".err[id^='e-']")) {
      const field = document.getElementById(`f-${said.id.slice(2)}`);
      if (said.textContent.trim()) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
  });

  // Leaving asks first while something is not saved. A form that is sent waits for the save under way, so that it
  // carries the version that is in force; without a connection it is not sent, for the page would be gone.
  draft.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      unsaved = true;
      failed(0);
      return;
    }
    leaving = true;
    if (running) { event.preventDefault(); waiting = event.submitter; return; }
    keep(stores()[0]);
    unsaved = false;
  }, true);
  addEventListener("pageshow", () => { leaving = false; waiting = null; });
  addEventListener("pagehide", () => { if (unsaved && !leaving) keep(lasting()); });
  addEventListener("beforeunload", (event) => { if (unsaved && !leaving) event.preventDefault(); });

  const back = restore();
  if (back.length) {
    unsaved = true;
    keep(lasting());
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = draft.dataset.restored + back.join("、");
    document.getElementById("restored").append(note);
    setTimeout(again, 0);
  }
})();
