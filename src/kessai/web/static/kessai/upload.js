// Files for a draft: dropped, pasted or chosen, sent in parts (tus 1.0.0) that go on after a lost connection or a reload.
"use strict";

(() => {
  const section = document.querySelector("[data-uploads]");
  const form = section?.closest("form");
  if (!section) return;
  const says = section.dataset;
  const PART = 8_000_000;
  // In the order in which they were chosen: one after the other.
  const AT_ONCE = 1;
  const LONGEST_WAIT = 30_000;
  const VERSION = { "Tus-Resumable": "1.0.0" };
  const sending = document.getElementById("sending");
  const chooser = document.getElementById("f-files");
  const queue = [];
  let running = 0;
  let pressed = null;

  // The files go by themselves as soon as they are there: no button, and their titles are changed in the list.
  for (const part of section.querySelectorAll("[data-without-script]")) part.remove();
  for (const part of section.querySelectorAll("[data-with-script]")) part.hidden = false;
  chooser.removeAttribute("name");
  chooser.addEventListener("change", () => { add(chooser.files); chooser.value = ""; });

  const token = () => document.cookie.match(/(?:^|; )kessai_csrf=([^;]+)/)?.[1] ?? "";
  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const text64 = (text) => base64(new TextEncoder().encode(text));
  const pause = (time) => new Promise((done) => {
    const go = () => { clearTimeout(timer); removeEventListener("online", go); done(); };
    const timer = setTimeout(go, time);
    addEventListener("online", go);
  });

  class Refused extends Error {}
  // What is no text of ours is the page that asks to sign in.
  const refusal = (answer) => new Refused(
    answer.getResponseHeader("Content-Type")?.startsWith("text/plain") && answer.responseText ? answer.responseText : says.ended);

  // A request that reports how much has gone; it fails where no answer comes.
  const ask = (one, method, address, headers = {}, body = null, gone = null) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    one.request = request;
    request.open(method, address);
    for (const [name, value] of Object.entries({ ...VERSION, "X-CSRFToken": token(), ...headers })) request.setRequestHeader(name, value);
    if (gone) request.upload.addEventListener("progress", (event) => gone(event.loaded));
    request.addEventListener("load", () => {
      if (request.responseURL && new URL(request.responseURL).pathname !== new URL(address, location.href).pathname) failed(new Refused(says.ended));
      else done(request);
    });
    for (const name of ["error", "timeout", "abort"]) request.addEventListener(name, () => failed(new Error(name)));
    request.send(body);
  });

  const add = (files) => {
    for (const file of files) queue.push(line(file));
    next();
  };

  const next = () => {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      const one = queue.shift();
      (one.gone ? Promise.resolve() : send(one)).finally(() => { running -= 1; next(); });
    }
    section.setAttribute("aria-busy", String(running > 0 || queue.length > 0));
    if (!running && !queue.length && pressed) { const button = pressed; pressed = null; form.requestSubmit(button); }
  };

  // A line of the list: the name, how far it is, a way out.
  const line = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    const cancel = document.createElement("button");
    name.textContent = file.name;
    Object.assign(bar, { max: file.size || 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    state.className = "sub";
    Object.assign(cancel, { type: "button", className: "btn btn-text", textContent: says.cancel });
    cancel.setAttribute("aria-label", `${says.cancel} ${file.name}`);
    item.append(name, bar, state, cancel);
    sending.append(item);
    const one = { file, item, bar, state, gone: false, address: "" };
    cancel.addEventListener("click", () => {
      one.gone = true;
      one.request?.abort();
      item.remove();
      if (one.address) ask({}, "DELETE", one.address).then(renew, () => {});
    });
    return one;
  };

  const show = (one, offset) => {
    one.bar.value = offset;
    one.state.textContent = offset >= one.file.size ? says.closing : `${Math.floor(offset * 100 / one.file.size)}%`;
  };

  const renew = () => window.htmx.ajax("GET", says.list, { source: section, target: "#file-list", swap: "outerHTML" });

  const send = async (one) => {
    for (let wait = 1_000; !one.gone; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        await announce(one);
        while (!one.gone && !(await part(one))) wait = 1_000;
        one.item.remove();
        return renew();
      } catch (error) {
        if (one.gone) return null;
        if (error instanceof Refused) { refuse(one, error.message); return null; }
        one.state.textContent = says.again;
        await pause(wait);
      }
    }
    return null;
  };

  const refuse = (one, words) => {
    one.item.classList.add("is-refused");
    one.bar.remove();
    one.state.textContent = words;
    one.item.setAttribute("role", "alert");
    pressed = null;
  };

  const announce = async (one) => {
    const { file } = one;
    const mark = `${file.name}/${file.size}/${file.lastModified}`;
    const said = `filename ${text64(file.name)},mark ${text64(mark)}`;
    const answer = await ask(one, "POST", says.uploads, { "Upload-Length": String(file.size), "Upload-Metadata": said });
    if (answer.status >= 500) throw new Error(answer.status);
    if (answer.status !== 201) throw refusal(answer);
    one.address = answer.getResponseHeader("Location");
    one.offset = Number(answer.getResponseHeader("Upload-Offset"));
    document.querySelector(`[data-upload="${one.address}"]`)?.remove();
    show(one, one.offset);
  };

  // Sends one part; true once all has come.
  const part = async (one) => {
    const { file, offset } = one;
    const body = await file.slice(offset, offset + PART).arrayBuffer();
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    if (crypto.subtle) headers["Upload-Checksum"] = `sha256 ${base64(await crypto.subtle.digest("SHA-256", body))}`;
    const answer = await ask(one, "PATCH", one.address, headers, body, (gone) => show(one, offset + gone));
    if ([409, 423, 460].includes(answer.status) || answer.status >= 500) throw new Error(answer.status);
    if (answer.status !== 204) throw refusal(answer);
    one.offset = Number(answer.getResponseHeader("Upload-Offset"));
    show(one, one.offset);
    return one.offset >= file.size;
  };

  // Dropped anywhere on the page, so that a near miss opens nothing; pasted where no text is meant.
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => { if (holds(event)) { event.preventDefault(); section.classList.add("is-over"); } });
  }
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) section.classList.remove("is-over"); });
  addEventListener("drop", (event) => {
    section.classList.remove("is-over");
    if (!holds(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || (types.includes("text/plain") && event.target.closest("input, textarea, [contenteditable]"))) return;
    event.preventDefault();
    const now = new Date().toLocaleString("sv").replace(/\D/g, "");
    add([...files].map((file, place) => /^image\.\w+$/.test(file.name)
      ? new File([file], `${says.pasted}${now}${place ? `-${place + 1}` : ""}.${file.name.split(".").pop()}`, { type: file.type })
      : file));
  });

  // The form waits for files that are on their way; leaving the page asks.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || (!running && !queue.length)) return;
    if (event.submitter?.value === "discard") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter;
    const saved = document.getElementById("saved");
    if (saved) saved.textContent = says.waits;
  }, true);
  addEventListener("beforeunload", (event) => { if (running || queue.length) event.preventDefault(); });
})();
