// The proposal text, and that of letters: numbers at a press, the next item by Enter, and what is pasted from Word without its rubbish.
// The text area stays one: what is not there without scripts is only the ease of it.
"use strict";

document.querySelectorAll("[data-editor]").forEach((tools) => {
  const area = document.getElementById(tools.dataset.editor);
  if (!area) return;
  const KANA = [..."アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"];
  const MARK = new RegExp(`^([ \u3000\t]*)(第[0-9０-９]+(?=[ \u3000])|[（(](?:[0-9０-９]{1,2}|[${KANA.join("")}])[）)]|[0-9０-９]{1,2}[.．]?(?=[ \u3000\t])|[0-9０-９]{1,2}[.．](?![0-9０-９])|[${KANA.join("")}][.．]?(?=[ \u3000\t]))[ \u3000\t]*`);
  const number = (level, nth) => {
    const kana = KANA[(nth - 1) % KANA.length];
    return [`第${nth}`, `${nth}`, `(${nth})`, kana, `(${kana})`][level];
  };
  const levelOf = (mark) => {
    if (mark.startsWith("第")) return 0;
    const inner = mark.replace(/[()（）.．]/g, "");
    const kana = KANA.includes(inner);
    if (/^[(（]/.test(mark)) return kana ? 4 : 2;
    return kana ? 3 : 1;
  };
  const read = (line) => {
    const found = line.match(MARK);
    return found && { level: levelOf(found[2]), rest: line.slice(found[0].length) };
  };

  // Writing through the document keeps the browser's own undo.
  const write = (start, end, text) => {
    area.focus();
    area.setSelectionRange(start, end);
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (!done && area.value.slice(start, end) !== text) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const lineAt = (place) => {
    const start = area.value.lastIndexOf("\n", place - 1) + 1;
    const end = area.value.indexOf("\n", place);
    return { start, end: end < 0 ? area.value.length : end };
  };
  // The next number of a level: one more than the last above, unless an item further out or 記 came between.
  const next = (level, above) => {
    let nth = 1;
    for (const line of above.split("\n").reverse()) {
      if (line.replace(/[ \u3000]/g, "") === "記") break;
      const item = read(line);
      if (item && item.level < level) break;
      if (item && item.level === level) nth += 1;
    }
    return nth;
  };
  const indent = (level) => "\u3000".repeat(Math.max(0, level - 1));

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.type === "submit") return;
    const { start, end } = lineAt(area.selectionStart);
    if ("table" in button.dataset) {
      const lead = start === end ? "" : "\n";
      write(end, end, `${lead}｜項目｜内容｜\n｜｜｜\n`);
      return;
    }
    const level = Number(button.dataset.level);
    const line = area.value.slice(start, end);
    const item = read(line);
    const rest = item ? item.rest : line.replace(/^[ \u3000\t]+/, "");
    const same = item && item.level === level;
    write(start, end, same ? rest : `${indent(level)}${number(level, next(level, area.value.slice(0, start)))}\u3000${rest}`);
  });
  const picker = tools.querySelector("[data-files]");
  // Files come and go without the page being loaded again: the list that is there is what can be referred to.
  document.addEventListener("htmx:afterSwap", () => {
    const titles = [...document.querySelectorAll("#file-list .file-l:not(.on-way) > li > p > a")].map((one) => one.textContent.trim());
    if (titles.length === picker.options.length - 1 && titles.every((title, at) => picker.options[at + 1].title === title)) return;
    picker.replaceChildren(picker.options[0], ...titles.map((title, at) => {
      const short = title.length > 24 ? `${title.slice(0, 23)}…` : title;
      const option = new Option(`${at + 1} ${short}`, `${at + 1}`);
      option.title = title;
      return option;
    }));
    picker.hidden = !titles.length;
  });
  picker.addEventListener("change", (event) => {
    const place = event.target.value;
    if (place) write(area.selectionStart, area.selectionEnd, `（${tools.dataset.file}${place}）`);
    event.target.value = "";
  });

  // Enter goes on with the items; on an empty item it ends them. Nothing is caught while a word is being composed.
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
    if (area.selectionStart !== area.selectionEnd) return;
    const { start, end } = lineAt(area.selectionStart);
    const line = area.value.slice(start, end);
    const item = read(line);
    const isTable = /^\s*[｜|]/.test(line);
    if (isTable && area.selectionStart === end) {
      event.preventDefault();
      if (/^[\s｜|]*$/.test(line)) write(start, end, "");
      else write(end, end, `\n${"｜".repeat(Math.max(2, (line.match(/[｜|]/g) ?? []).length))}`);
      return;
    }
    if (!item || area.selectionStart < end - item.rest.length) return;
    event.preventDefault();
    if (!item.rest.trim()) write(start, end, "");
    else write(area.selectionStart, area.selectionStart, `\n${indent(item.level)}${number(item.level, next(item.level, area.value.slice(0, end)))}\u3000`);
  });

  // From Word and Excel comes text: items with their numbers, tables with bars, nothing of how it looked.
  const cell = (node) => node.textContent.replace(/[|｜]/g, "／").replace(/[ \t\r\n\u00a0]+/g, " ").trim();
  const table = (node) => [...node.rows].map((row) => `｜${[...row.cells].map(cell).join("｜")}｜`).join("\n");
  const add = (lines, text) => {
    if (lines[lines.length - 1]) lines.push(text);
    else lines[lines.length - 1] = text;
  };
  const plain = (node, depth, lines) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        const text = child.textContent.replace(/[ \t\r\n\u00a0]+/g, " ");
        if (text.trim()) lines[lines.length - 1] += text;
        continue;
      }
      if (child.nodeType !== Node.ELEMENT_NODE || /^(STYLE|SCRIPT|META|LINK|TITLE|XML|O:P)$/i.test(child.tagName)) continue;
      if (child.tagName === "TABLE") { add(lines, table(child)); lines.push(""); }
      else if (child.tagName === "BR") lines.push("");
      else if (/^(OL|UL)$/.test(child.tagName)) {
        [...child.children].forEach((item, place) => {
          const level = Math.min(4, depth + 1);
          add(lines, `${indent(level)}${child.tagName === "OL" ? number(level, place + 1) : "・"}${child.tagName === "OL" ? "\u3000" : ""}`);
          plain(item, depth + 1, lines);
        });
        lines.push("");
      } else {
        const block = /^(P|DIV|H[1-6]|LI|SECTION|ARTICLE|BLOCKQUOTE|TR)$/.test(child.tagName);
        if (block && lines[lines.length - 1]) lines.push("");
        plain(child, depth, lines);
        if (block && lines[lines.length - 1]) lines.push("");
      }
    }
    return lines;
  };
  area.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    const html = data?.getData("text/html");
    const text = data?.getData("text/plain") ?? "";
    if (!html && !text.includes("\t")) return;
    let found;
    if (html) {
      // The page's policy refuses styles even in what is only read.
      const bare = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "");
      const parsed = new DOMParser().parseFromString(bare, "text/html");
      found = plain(parsed.body, 0, [""]).map((line) => line.trimEnd()).join("\n").replace(/\n{3,}/g, "\n\n").trim();
    } else {
      found = text.trimEnd().split(/\r?\n/).map((line) => (line.includes("\t") ? `｜${line.split("\t").join("｜")}｜` : line)).join("\n");
    }
    if (!found) return;
    event.preventDefault();
    write(area.selectionStart, area.selectionEnd, found);
  });
  tools.querySelector("[data-tools]").hidden = false;
});

// The pages of a letter that are in sight are made anew after a save.
document.querySelector("form[data-autosave]")?.addEventListener("htmx:afterRequest", (event) => {
  // A refusal that is shown counts as a success with htmx.
  const status = event.detail.xhr?.status ?? 0;
  if (event.target !== event.currentTarget || status < 200 || status >= 400) return;
  document.querySelectorAll("[data-letter-pages]").forEach((pages) => {
    if (pages.offsetParent) htmx.trigger(pages, "renew");
  });
});
