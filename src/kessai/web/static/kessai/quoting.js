// A comment on a draft is about what is selected, with the mouse, by keys or with a finger.
"use strict";

(() => {
  const form = document.getElementById("cm-quote")?.form;
  if (!form) return;
  const AROUND = 40;
  const take = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0).cloneRange();
    const from = range.startContainer;
    const field = (from.nodeType === Node.ELEMENT_NODE ? from : from.parentElement)?.closest("[data-pin]");
    if (!field || !range.toString().trim()) return;
    if (!field.contains(range.endContainer)) range.setEnd(field, field.childNodes.length);
    const [before, after] = [document.createRange(), document.createRange()];
    before.setStart(field, 0);
    before.setEnd(range.startContainer, range.startOffset);
    after.setStart(range.endContainer, range.endOffset);
    after.setEnd(field, field.childNodes.length);
    form.elements.field.value = field.dataset.pin;
    form.elements.quote.value = range.toString();
    form.elements.prefix.value = before.toString().slice(-AROUND);
    form.elements.suffix.value = after.toString().slice(0, AROUND);
  };
  let later = 0;
  document.addEventListener("selectionchange", () => { clearTimeout(later); later = setTimeout(take, 150); });
  form.elements.quote.addEventListener("input", () => {
    form.elements.prefix.value = "";
    form.elements.suffix.value = "";
  });
})();
