// A letter with an official seal, compared by its hash in this browser: the file goes nowhere unless the form is sent.
"use strict";

(() => {
  const form = document.querySelector("form.drop");
  if (!form || !window.crypto?.subtle) return;
  const chooser = form.querySelector("input[type=file]");
  const says = form.querySelector("[data-says]");
  const live = document.getElementById("live");
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;

  const say = (what) => {
    says.textContent = form.querySelector(`template[data-when="${what}"]`).content.textContent;
    says.hidden = false;
    live.textContent = says.textContent;
  };

  const compare = async () => {
    const file = chooser.files[0];
    says.hidden = true;
    if (!file) return;
    if (file.size > form.dataset.limit * 1_000_000) { say("too_large"); return; }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === form.dataset.sha256) say("letter");
    else if (form.dataset.renewals.split(" ").includes(hex)) say("renewed");
    else say(form.dataset.enclosures.split(" ").includes(hex) ? "enclosure" : "other");
  };
  chooser.addEventListener("change", compare);

  for (const type of ["dragenter", "dragover"]) {
    form.addEventListener(type, (event) => { event.preventDefault(); form.classList.add("over"); });
  }
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) { chooser.files = event.dataTransfer.files; compare(); }
  });
})();
