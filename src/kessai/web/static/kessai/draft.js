// Saving a draft as it is typed: nothing typed is lost with a connection, a session or a page, and no screen undoes another.
"use strict";

(() => {
  const draft = document.querySelector("form[data-autosave]");
  if (!draft) return;

  const FIRST_MS = 2000;
  const LONGEST_MS = 60000;
  const STILL_HERE_MS = 10000;
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
  // On a page that answers a refused save some fields show what is not stored.
  const refusedHere = draft.dataset.unsaved?.split(" ").filter(Boolean) ?? [];
  let saved = { ...all(), ...Object.fromEntries(refusedHere.map((key) => [key, null])) };
  const changed = () => Object.entries(all()).filter(([key, now]) => key in saved && now !== saved[key]);
  const forget = () => { for (const store of stores()) store.removeItem(`${name} ${screen.value}`); };
  // ``pressed``: the button with which the form is sent; what it gives up for the text of another is not kept.
  const keep = (store, pressed = null) => {
    const [act, given] = pressed?.value.split(":") ?? [];
    const typed = changed().filter(([key]) => act !== "theirs" || key !== given);
    forget();
    if (!typed.length || !store) return;
    const marked = marks();
    const kept = { at: Date.now(), sent: Boolean(pressed), typed: typed.map(([key, now]) => [key, now, marked[key]]) };
    try { store.setItem(`${name} ${screen.value}`, JSON.stringify(kept)); } catch { /* no room: the page still has it */ }
  };
  const label = (key) => {
    const said = document.querySelector(`label[for="f-${key}"]`) ?? fields(key)[0]?.closest("fieldset")?.querySelector("legend");
    return said?.firstChild?.textContent.trim() || key;
  };
  // A page that answers a form that was sent shows what the server has made of it: it is of the same screen, or the
  // form's own page has been redirected to it.
  const redirected = () => performance.getEntriesByType("navigation")[0]?.redirectCount > 0
    && document.referrer && new URL(document.referrer).pathname === location.pathname;
  const answered = (entry, kept) => kept.sent && (entry === `${name} ${screen.value}` || redirected());
  const restore = () => {
    const back = [];
    for (const store of stores()) {
      for (const entry of Object.keys(store).filter((each) => each.startsWith("kessai.draft "))) {
        const kept = JSON.parse(store.getItem(entry));
        const mine = entry.startsWith(`${name} `);
        if (mine || Date.now() - kept.at > KEPT_DAYS * 86400000) store.removeItem(entry);
        if (!mine || answered(entry, kept)) continue;
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
  let unsaved = refusedHere.length > 0;
  let refused = unsaved;
  let running = 0;
  let leaving = false;
  let waiting = null;
  let sent = saved;
  let stood = marks();
  let delay = 0;
  let timer = 0;
  const again = () => { clearTimeout(timer); if (unsaved && !refused && !running && !leaving) htmx.trigger(draft, "kessai:again"); };
  const say = (text) => {
    const line = document.getElementById("saved");
    line.classList.add("is-bad");
    line.setAttribute("role", "alert");
    line.textContent = text;
  };
  const failed = (status) => {
    // What is refused as it stands is not sent again as it stands; all else that came with it is saved, and marked anew.
    refused = status === 409;
    if (refused) {
      for (const [key, to] of Object.entries(marks())) if (key in sent && to !== stood[key]) saved[key] = sent[key];
    }
    unsaved = !refused || changed().length > 0;
    keep(lasting());
    if (status && status < 500) return;
    say(draft.dataset.offline);
    delay = Math.min(Math.max(delay * 2, FIRST_MS), LONGEST_MS);
    clearTimeout(timer);
    timer = setTimeout(again, delay);
  };
  const arrived = () => {
    saved = sent;
    refused = false;
    delay = 0;
    unsaved = changed().length > 0;
    if (unsaved) keep(lasting());
    else forget();
  };
  draft.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    if (!waiting) leaving = false;
    unsaved = true;
    refused = false;
  });
  // Parts of the form that ask for themselves again save nothing.
  // A button may be gone from the page once it is answered: whose request it was, its configuration says.
  const saves = ({ detail: { requestConfig: { elt } } }) => elt === draft || elt.matches("button[hx-post]");
  draft.addEventListener("htmx:beforeRequest", (event) => {
    if (!saves(event)) return;
    if (leaving) { event.preventDefault(); return; }
    clearTimeout(timer);
    running += 1;
    sent = all();
    stood = marks();
  });
  // The answer that was waited for may have put the pressed button anew, or away.
  const standing = (button) => {
    if (button.isConnected) return button;
    const anew = [...draft.elements].find((each) => each.type === "submit" && each.name === button.name && each.value === button.value);
    if (anew) return anew;
    button.hidden = true;
    draft.append(button);
    return button;
  };
  const go = () => {
    const button = waiting;
    leaving = false;
    waiting = null;
    if (button) draft.requestSubmit(standing(button));
  };
  draft.addEventListener("htmx:afterRequest", (event) => {
    if (!saves(event)) return;
    running = Math.max(0, running - 1);
    // A refusal that is shown counts as a success with htmx; saved is only what the server says is.
    const status = event.detail.xhr?.status ?? 0;
    if (status >= 200 && status < 400) arrived();
    else failed(status);
    if (!running && waiting) setTimeout(go, 40);
  });
  // What was brought back, or typed already, is saved once there is somebody to send it: the scripts come one by one.
  addEventListener("htmx:load", again, { once: true });
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

  // The page that was sent for an answer is still there: the sending was stopped, or another question kept it open.
  const stay = () => {
    if (!leaving || waiting) return;
    leaving = false;
    unsaved = changed().length > 0;
    again();
  };
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
    const pressed = event.submitter ?? draft.querySelector("[type=submit]");
    leaving = true;
    if (running) { event.preventDefault(); waiting = pressed; return; }
    keep(stores()[0], pressed);
    unsaved = false;
    setTimeout(stay, STILL_HERE_MS);
  }, true);
  addEventListener("pageshow", () => { leaving = false; waiting = null; });
  addEventListener("pagehide", () => { if (unsaved && (!leaving || waiting)) keep(lasting()); });
  addEventListener("beforeunload", (event) => { if (unsaved && (!leaving || waiting)) event.preventDefault(); });

  const back = restore();
  if (back.length) {
    unsaved = true;
    keep(lasting());
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = draft.dataset.restored + back.join("、");
    document.getElementById("restored").append(note);
  } else if (unsaved) keep(lasting());
})();
