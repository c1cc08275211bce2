/* Upload with progress: files and folders dropped or chosen are sent one at a time. Each object's
   outcome comes back as soon as it is known. Without this script the form sends all at once. */
"use strict";

(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const panel = document.querySelector("[data-outcomes]");
  const body = panel.querySelector("tbody");
  const summary = panel.querySelector("[data-summary]");
  const counts = new Map();
  const waiting = [];
  let sending = false;

  form.querySelectorAll("[data-plain]").forEach((part) => { part.hidden = true; });
  form.querySelectorAll("[data-script]").forEach((part) => { part.hidden = false; });
  input.required = false;

  /* ---------- What there is to send ---------- */
  function add(file) {
    const row = body.insertRow();
    const name = document.createElement("th");
    name.scope = "row";
    name.className = "full";
    const main = document.createElement("span");
    main.className = "main";
    main.textContent = file.name;
    name.append(main);
    const state = document.createElement("td");
    state.className = "two muted";
    state.textContent = "Waiting";
    row.append(name, state, document.createElement("td"));
    waiting.push({ file, row, state });
    panel.hidden = false;
  }

  async function walk(entry) {
    if (entry.isFile) {
      add(await new Promise((done, failed) => entry.file(done, failed)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const found = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!found.length) return;
      for (const one of found) if (!one.name.startsWith(".")) await walk(one);
    }
  }

  /* ---------- Sending, one file at a time ---------- */
  function tell() {
    const parts = [...counts].map(([words, count]) => `${words.toLowerCase()}: ${count}`);
    const left = waiting.length + (sending ? 1 : 0);
    if (left) parts.push(`${left} file${left > 1 ? "s" : ""} to go`);
    summary.textContent = parts.join(", ");
  }

  function count(words) {
    counts.set(words, (counts.get(words) || 0) + 1);
    tell();
  }

  function fail(state, text) {
    state.className = "two";
    state.innerHTML = "<span class=\"state over\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-over\"/></svg></span>";
    state.firstChild.append(text);
    count("Not sent");
  }

  function send({ file, row, state }) {
    return new Promise((done) => {
      const data = new FormData();
      data.append("files", file);
      const request = new XMLHttpRequest();
      const bar = document.createElement("progress");
      bar.max = file.size || 1;
      bar.setAttribute("aria-label", `Sending ${file.name}`);
      state.textContent = "Sending";
      state.append(bar);
      let read = 0;
      let objects = 0;

      const take = () => {
        const end = request.responseText.lastIndexOf("\n") + 1;
        if (request.status !== 200) return;
        for (const line of request.responseText.slice(read, end).split("\n")) {
          if (!line) continue;
          const answer = JSON.parse(line);
          row.insertAdjacentHTML("beforebegin", answer.html);
          objects += 1;
          count(answer.words);
        }
        read = end;
      };
      request.upload.onprogress = (event) => {
        bar.value = event.loaded;
        if (event.loaded === event.total) { state.textContent = "Importing"; }
      };
      request.onprogress = take;
      request.onload = () => {
        take();
        if (request.status !== 200) fail(state, request.status === 413 ? "Too large" : `Not taken (${request.status})`);
        else if (!objects) fail(state, "Nothing in it");
        else row.remove();
        done();
      };
      request.onerror = () => { fail(state, "Connection lost"); done(); };
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/jsonl");
      request.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      request.send(data);
    });
  }

  async function start() {
    if (sending) return;
    while (waiting.length) {
      const next = waiting.shift();
      sending = true;
      tell();
      await send(next);
      sending = false;
    }
    tell();
  }

  /* ---------- Choosing and dropping ---------- */
  input.addEventListener("change", () => {
    [...input.files].forEach(add);
    input.value = "";
    start();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); start(); });
  ["dragenter", "dragover"].forEach((name) => form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over-it");
  }));
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over-it");
  });
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over-it");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    if (entries.some(Boolean)) for (const entry of entries.filter(Boolean)) await walk(entry);
    else [...event.dataTransfer.files].forEach(add);
    start();
  });
  addEventListener("beforeunload", (event) => { if (sending || waiting.length) event.preventDefault(); });
})();
