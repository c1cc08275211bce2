/* What the pages need of a script: rows as links, keys, relative times, appearance, filters.
   Every page works without it. */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const narrow = "input, select, textarea, [contenteditable]";

  /* ---------- Pop-ups in browsers without the popover attribute ---------- */
  function popovers() {
    if ("popover" in HTMLElement.prototype) return;
    document.documentElement.classList.add("no-popover");
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[popovertarget]");
      const wanted = button && document.getElementById(button.getAttribute("popovertarget"));
      all(".popped").forEach((pop) => {
        if (pop !== wanted && !pop.contains(event.target)) pop.classList.remove("popped");
      });
      if (wanted) wanted.classList.toggle("popped");
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") all(".popped").forEach((pop) => pop.classList.remove("popped"));
    });
  }

  /* A pop-up opens with the cursor in its first field. */
  document.addEventListener("toggle", (event) => {
    if (event.newState !== "open" || !event.target.matches(".pop")) return;
    event.target.querySelector("input:not([type=hidden], [type=radio], [type=checkbox]), select")?.focus();
  }, true);

  /* ---------- A click anywhere on a row does what its name does ---------- */
  const linkOf = (row) => row?.querySelector("a.main[href]");

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button) return;
    if (event.detail < 2 && getSelection().toString()) return; // words were marked, to copy them
    if (event.target.closest("a, button, input, label, select, summary, .pop")) return;
    const link = linkOf(event.target.closest("tbody tr, .rows > li"));
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href);
    else link.click();
  });
  document.addEventListener("auxclick", (event) => {
    if (event.button !== 1 || event.target.closest("a, button, input, label")) return;
    const link = linkOf(event.target.closest("tbody tr"));
    if (link) window.open(link.href);
  });

  /* ---------- Keys: / searches, j and k move along the rows, Enter opens ---------- */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(narrow)) return;
    if (event.key === "/") {
      const search = document.querySelector(".top input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "j" || event.key === "k") {
      const links = all("table a.main[href]").filter((link) => link.offsetParent);
      if (!links.length) return;
      event.preventDefault();
      const row = document.activeElement.closest("tr");
      const at = links.findIndex((link) => row && row.contains(link));
      const to = event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
      links[to].focus();
    }
  });

  /* ---------- Times such as "3 minutes ago" stay true ---------- */
  const day = 86400;
  const ages = [[60, 1, "second"], [3600, 60, "minute"], [day, 3600, "hour"], [14 * day, day, "day"],
    [61 * day, 7 * day, "week"], [730 * day, 30.44 * day, "month"], [Infinity, 365.25 * day, "year"]];
  const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });

  function relative(date) {
    const seconds = (date - Date.now()) / 1000;
    if (seconds > -60 && seconds <= 0) return "just now";
    const [, length, unit] = ages.find(([limit]) => Math.abs(seconds) < limit);
    return words.format(Math.round(seconds / length), unit);
  }
  function times() {
    all("time[data-relative]").forEach((time) => {
      const text = relative(new Date(time.dateTime));
      if (text && time.textContent !== text) time.textContent = text;
    });
  }

  /* ---------- Appearance and row height are kept with the user ---------- */
  function keep(form) {
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-theme-switch], [data-keep]");
    if (form?.matches("[data-theme-switch]")) {
      if (event.target.value === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = event.target.value;
      keep(form);
    } else if (form) {
      keep(form);
    } else if (event.target.matches("[data-submits]")) {
      event.target.form.requestSubmit();
    }
  });

  /* ---------- Filters: empty boxes stay out of the address, typing a name finds a filter ---------- */
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches(".filters")) return;
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-finds]")) return;
    const typed = event.target.value.trim().toLowerCase();
    const items = all("li", document.getElementById(event.target.dataset.finds));
    items.forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(typed); });
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-finds]") || event.key !== "Enter") return;
    event.preventDefault();
    const items = all("li", document.getElementById(event.target.dataset.finds));
    items.find((item) => !item.hidden)?.querySelector("button")?.click();
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-fills]");
    if (!choice) return;
    const field = document.getElementById(choice.dataset.fills);
    field.value = choice.dataset.value;
    field.form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  /* ---------- Parts that change by themselves: focus and open folds stay, marked words too ---------- */
  const polls = (part) => part?.getAttribute?.("hx-trigger")?.startsWith("every");
  const named = (part) => ["id", "href", "name", "value", "aria-label"].map((name) => part.getAttribute(name));
  const same = (part) => [part.tagName, ...named(part), part.href ? "" : part.textContent.trim()].join("\n");
  function rowOf(part) {
    const row = part.closest("tr, li")?.cloneNode(true);
    if (row) all("time", row).forEach((time) => time.remove());
    return row?.textContent;
  }
  let focused = null;
  let unfolded = [];

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (polls(event.detail.elt) && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (polls(part) && getSelection().toString()) event.detail.shouldSwap = false;
    const held = document.activeElement;
    focused = part.contains(held) ? { same: same(held), row: rowOf(held) } : null;
    unfolded = all("details[open]", part).map((fold) => fold.textContent);
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (unfolded.length) all("main details").forEach((fold) => { fold.open ||= unfolded.includes(fold.textContent); });
    if (!focused || document.activeElement !== document.body) return;
    const alike = all("main :is(a, button, summary, input, select)").filter((part) => same(part) === focused.same);
    (alike.find((part) => rowOf(part) === focused.row) ?? alike[0])?.focus({ preventScroll: true });
  });

  /* ---------- Start, and again for parts that htmx brings ---------- */
  popovers();
  times();
  setInterval(times, 30000);
  document.addEventListener("htmx:afterSwap", times);
})();
