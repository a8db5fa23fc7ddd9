// Writing about a passage: what is selected, with the mouse, by keys or with a finger, is offered to be written about.
// Without scripts each item has a link of its own.
"use strict";

(() => {
  const box = document.querySelector("[data-pin-here]");
  if (!box) return;
  const link = box.querySelector("a");
  const words = link.querySelector("span");
  const offer = words.textContent;
  const AROUND = 40;

  // What is read of a stretch of the page: the text alone, without notes, links and what only a reader hears.
  const text = (range) => {
    const part = range.cloneContents();
    for (const besides of part.querySelectorAll(".notes, .pin-it, .pn-m, .vh")) besides.remove();
    return part.textContent;
  };
  const marked = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0).cloneRange();
    const from = range.startContainer;
    const field = (from.nodeType === Node.ELEMENT_NODE ? from : from.parentElement)?.closest("[data-pin]");
    if (!field) return null;
    if (!field.contains(range.endContainer)) range.setEnd(field, field.childNodes.length);
    const before = document.createRange();
    before.setStart(field, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const after = document.createRange();
    after.setStart(range.endContainer, range.endOffset);
    after.setEnd(field, field.childNodes.length);
    const quote = text(range);
    if (!quote.trim()) return null;
    return { field: field.dataset.pin, quote, prefix: text(before).slice(-AROUND), suffix: text(after).slice(0, AROUND), at: range.getBoundingClientRect() };
  };

  const show = () => {
    const found = marked();
    link.hidden = !found;
    if (!found) return;
    const { at, ...about } = found;
    const long = about.quote.length > Number(box.dataset.longest);
    words.textContent = long ? box.dataset.tooLong : offer;
    link.classList.toggle("is-off", long);
    if (long) link.removeAttribute("href");
    else link.href = `${box.dataset.pinHere}?${new URLSearchParams(about)}`;
    const room = document.querySelector(".acts")?.offsetHeight ?? 0;
    const top = Math.min(at.bottom + 12, innerHeight - room - box.offsetHeight - 8);
    box.style.top = `${Math.max(8, top)}px`;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  };
  let later = 0;
  document.addEventListener("selectionchange", () => { clearTimeout(later); later = setTimeout(show, 150); });
  document.addEventListener("scroll", () => { if (!link.hidden) show(); }, { capture: true, passive: true });

  // The way to the comments leads from one that is open to the next.
  const jump = document.querySelector(".pin-jump a");
  const open = [...document.querySelectorAll(".pn.is-open, .pin-files .is-open")].map((note) => `#${note.id}`);
  if (jump && open.length) {
    addEventListener("hashchange", () => { jump.hash = open[(open.indexOf(location.hash) + 1) % open.length]; });
  }
})();
