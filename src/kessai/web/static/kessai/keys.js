// Keys. What a key leads to names it as data-key; a key goes there and presses links, never what sends: no act is
// done by one key. Keys of one character can be turned off, and rest in fields and while characters are composed.
"use strict";

(() => {
  const OFF = "kessai.keys.off";
  const storage = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } },
  };
  // What lies in a closed fold is not seen, although it has a place.
  const seen = (one) => one.offsetParent !== null && (one.checkVisibility?.() ?? true);
  const shown = (selector) => [...document.querySelectorAll(selector)].find(seen);
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [popover]");

  const go = (target, key) => {
    if (key === "a" && target.matches("a")) location.assign(`${target.href.split("#")[0]}#act`);
    else if (target.matches("summary")) {
      target.parentElement.open = true;
      (target.parentElement.querySelector("input:not([type=hidden]), select, textarea") ?? target).focus();
    } else if (target.matches("a, button[type=button], input[type=checkbox]")) target.click();
    else target.focus();
  };

  // A list: J and K walk its rows, A opens the row at its act, X chooses it.
  const rows = () => [...document.querySelectorAll("a[data-row]")].filter(seen);
  const row = () => {
    const here = document.activeElement?.closest("tr, li");
    return rows().find((one) => here?.contains(one));
  };
  const walk = (key) => {
    const all = rows();
    if (!all.length) return false;
    const nth = all.indexOf(row());
    if (key === "j") all[Math.min(nth + 1, all.length - 1)].focus();
    else if (key === "k") all[Math.max(nth - 1, 0)].focus();
    else if (key === "x") row()?.closest("tr")?.querySelector("input[type=checkbox]")?.click();
    else if (key === "a") location.assign(`${(row() ?? all[0]).href}#act`);
    else return false;
    return true;
  };

  const together = (event) => {
    const draft = document.querySelector("form[data-autosave]");
    if (!draft || event.altKey || event.shiftKey) return false;
    if (event.key.toLowerCase() === "s") window.htmx?.trigger(draft, "change");
    else if (event.key === "Enter") shown('[data-key="ctrl+enter"]')?.focus();
    else return false;
    return true;
  };
  const alone = (key) => {
    if (key === "/") return shown("#find-q") ?? shown(".find-link");
    if (key === "?") return shown("[popovertarget=help]");
    if (key === "c") return document.querySelector("[data-pin-here] a:not([hidden])") ?? shown('[data-key~="c"]');
    return shown(`[data-key~="${CSS.escape(key)}"]`);
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey) {
      if (together(event)) event.preventDefault();
      return;
    }
    if (event.altKey || storage.get(OFF) || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const target = key.length === 1 ? alone(key) : null;
    if (target && !event.repeat) go(target, key);
    else if (target || key.length > 1 || !walk(key)) return;
    event.preventDefault();
  });

  // Opened from a list by A: the act has the focus, and waits for Enter.
  if (location.hash === "#act") {
    history.replaceState(null, "", location.pathname + location.search);
    shown('#acts [data-key="a"]')?.focus({ preventScroll: true });
  }
  for (const box of document.querySelectorAll("[data-keys-box]")) box.hidden = false;
  for (const box of document.querySelectorAll("[data-keys-switch]")) {
    box.checked = !storage.get(OFF);
    box.addEventListener("change", () => storage.set(OFF, box.checked ? "" : "1"));
  }
})();
