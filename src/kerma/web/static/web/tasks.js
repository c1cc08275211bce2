/* Running tasks as they go on: parts of the pages about tasks, and the user's own in the top bar with
   a notice at their end. Asks often while something changes, seldom while nothing does, and never
   while the page is hidden. */
"use strict";

(() => {
  const quick = 700;
  const slow = 10000;

  /* Calls `look` for ever; it says whether anything changed. */
  function keep(look, first) {
    let pause = first;
    let timer = 0;

    async function go() {
      clearTimeout(timer);
      if (!document.hidden) {
        try {
          pause = await look() ? quick : Math.min(pause * 1.5, slow);
        } catch {
          pause = Math.min(pause * 2, 60000);
        }
      }
      timer = setTimeout(go, pause);
    }
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { pause = quick; go(); } });
    go();
  }

  async function ask(address) {
    const answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  /* ---------- A part of the page ---------- */
  const anyToken = /name="csrfmiddlewaretoken" value="[^"]*"/g; // another one in every answer

  function put(part, fresh) {
    const held = document.activeElement?.id;
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const ticked = [...part.querySelectorAll("input[type=checkbox][id]:checked")].map((box) => box.id);
    part.innerHTML = fresh;
    ticked.forEach((id) => { part.querySelector(`#${CSS.escape(id)}`)?.toggleAttribute("checked", true); });
    part.querySelectorAll("form > input[type=hidden]:not([name])").forEach((field) => {
      field.name = "csrfmiddlewaretoken";
      field.value = token;
    });
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("htmx:afterSwap"));
  }

  /* As the browser writes it, so that what the page came with and what is fetched can be compared. */
  function plain(markup) {
    const made = document.createElement("template");
    made.innerHTML = markup;
    return made.innerHTML.replace(anyToken, "").trim();
  }

  document.querySelectorAll("[data-follows]").forEach((part) => {
    let shown = plain(part.innerHTML);
    keep(async () => {
      if (getSelection().toString()) return false;
      const fresh = (await ask(part.dataset.follows)).replace(anyToken, "");
      const before = shown;
      shown = plain(fresh);
      if (shown !== before) put(part, fresh);
      return shown !== before;
    }, quick);
  });

  /* ---------- The user's own tasks, wherever the user is ---------- */
  const own = document.querySelector("[data-own-tasks]");
  const count = document.querySelector("[data-task-count]");
  const toasts = document.querySelector("[data-toasts]");

  function tell(toast) {
    toasts.append(toast);
    toast.querySelector("[data-hides]").addEventListener("click", () => toast.remove());
    if (!toast.querySelector(".over")) setTimeout(() => toast.remove(), 10000);
  }

  if (own) {
    let watched = JSON.parse(sessionStorage.getItem("tasks") || "[]");
    keep(async () => {
      const asked = watched.map((number) => `watched=${number}`).join("&");
      const page = new DOMParser().parseFromString(await ask(`${own.dataset.ownTasks}?${asked}`), "text/html");
      const list = page.querySelector("[data-running]");
      const running = list.dataset.running.split(" ").filter(Boolean);
      own.replaceChildren(document.adoptNode(list));
      count.textContent = running.length;
      count.hidden = !running.length;
      page.querySelectorAll("[data-ended]").forEach((toast) => tell(document.adoptNode(toast)));
      watched = running;
      sessionStorage.setItem("tasks", JSON.stringify(running));
      return running.length > 0;
    }, 3000);
  }
})();
