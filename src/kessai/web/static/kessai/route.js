// The route of a draft under the hand: what was added is dragged to its place, and what changed is said.
// The arrows and 外す are buttons of the page and need no script; dragging presses one of them with another value.
"use strict";

(() => {
  const said = document.getElementById("route-said");
  if (!said) return;

  // What the route asks, by step, to say what another amount or flag has brought and taken away.
  const read = () => new Map([...document.querySelectorAll("#answer [data-step]")].map((one) => [one.dataset.step, one]));
  let names = new Map();
  const keep = () => { names = new Map([...read()].map(([key, one]) => [key, one.dataset.name])); };
  keep();
  let pressed = null;
  const tell = () => {
    const now = read();
    const came = [...now.keys()].filter((key) => !names.has(key));
    const went = [...names.keys()].filter((key) => !now.has(key));
    for (const key of names.size ? came : []) now.get(key).classList.add("is-new");
    if (!pressed && names.size && now.size && came.length + went.length) {
      const parts = [];
      if (came.length) parts.push(said.dataset.came + came.map((key) => now.get(key).dataset.name).join("、"));
      if (went.length) parts.push(said.dataset.went + went.map((key) => names.get(key)).join("、"));
      said.textContent = parts.join("　");
    }
    keep();
  };
  const refocus = () => {
    if (!pressed || (document.activeElement && document.activeElement !== document.body)) return;
    document.getElementById("add-step")?.focus();
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.closest(".hand, .ad-ask") && event.target.matches("button")) pressed = event.target.id || "button";
  });
  document.addEventListener("htmx:afterSettle", () => { tell(); refocus(); grips(); pressed = null; });

  // Dragging, by mouse, pen or finger: the grip takes the pointer, the line shows where the step comes to stand.
  const EDGE = 48;
  const grips = () => { for (const grip of document.querySelectorAll("[data-grip]")) grip.hidden = false; };
  grips();
  const line = document.createElement("li");
  line.className = "drop-line";
  line.setAttribute("aria-hidden", "true");
  let drag = null;

  const scroller = () => {
    const side = said.closest("aside");
    return side.scrollHeight > side.clientHeight + 1 ? side : document.scrollingElement;
  };
  const scroll = (y) => {
    const at = scroller();
    const box = at === document.scrollingElement ? { top: 0, bottom: innerHeight } : at.getBoundingClientRect();
    if (y < box.top + EDGE) at.scrollBy(0, -12);
    else if (y > box.bottom - EDGE) at.scrollBy(0, 12);
  };
  const aim = (y) => {
    const route = document.querySelector("#answer [data-route]");
    const stages = [...route.querySelectorAll(":scope > .stage")];
    const mine = (stage) => stage.querySelector(":scope > .step")?.dataset.hand === drag.id;
    const others = stages.filter((stage) => !mine(stage));
    // Nothing stands behind the last, who decides.
    const nth = Math.min(
      others.findIndex((stage) => { const box = stage.getBoundingClientRect(); return y < box.top + box.height / 2; }) + 1 || others.length,
      others.length,
    ) - 1;
    const next = others[nth];
    const last = others[nth - 1];
    const before = next?.querySelector(":scope > .step")?.dataset.hand ?? "";
    const after = before ? next.dataset.after : last?.dataset.after ?? "0";
    drag.to = `move:${drag.id}:${after}:${before}`;
    route.insertBefore(line, next ?? null);
  };
  const end = (drop) => {
    if (!drag) return;
    const { step, to } = drag;
    drag = null;
    line.remove();
    step.classList.remove("is-held");
    if (!drop || !to) return;
    const button = step.querySelector(".hand button");
    button.value = to;
    button.removeAttribute("aria-disabled");
    button.click();
  };
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    const step = grip.closest("[data-hand]");
    drag = { id: step.dataset.hand, step, pointer: event.pointerId, to: "" };
    grip.setPointerCapture(event.pointerId);
    step.classList.add("is-held");
  });
  document.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    scroll(event.clientY);
    aim(event.clientY);
  });
  document.addEventListener("pointerup", (event) => { if (drag?.pointer === event.pointerId) end(true); });
  document.addEventListener("pointercancel", (event) => { if (drag?.pointer === event.pointerId) end(false); });
  document.addEventListener("keydown", (event) => { if (drag && event.key === "Escape") end(false); });
})();
