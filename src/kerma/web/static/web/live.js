/* Keeps an open list up to date: asks every second whether anything was stored, and if so takes
   the marked parts from the same address anew. Hidden pages ask for nothing. */
"use strict";

(() => {
  const parts = () => [...document.querySelectorAll("[data-live]")];
  const [first] = parts();
  if (!first) return;
  const said = document.createElement("p");
  said.className = "sr-only";
  said.setAttribute("role", "status");
  document.body.append(said);
  /* Whoever follows a link must get there: what is asked for meanwhile changes nothing any more. */
  let leaving = false;
  addEventListener("beforeunload", () => { leaving = true; setTimeout(() => { leaving = false; }, 10000); });
  let mark = null;
  let pause = 1000;

  /* Somebody marks words or chooses in a part: it waits. */
  function inUse() {
    if (getSelection().toString()) return true;
    const active = document.activeElement;
    return parts().some((part) => part.contains(active)) && active.matches("input, select, textarea");
  }

  const rows = () => new Set([...document.querySelectorAll("[data-live] a.main[href]")].map((a) => a.href));

  async function renew() {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return;
    const text = await answer.text();
    if (leaving) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const held = document.activeElement.closest("[data-live] a[href]")?.getAttribute("href");
    const before = rows();
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (!fresh) { location.reload(); return; }
      part.replaceWith(document.adoptNode(fresh));
      window.htmx?.process(fresh);
    }
    const added = [...document.querySelectorAll("[data-live] a.main[href]")].filter((a) => !before.has(a.href));
    added.forEach((link) => link.closest("tr")?.classList.add("fresh"));
    if (added.length) said.textContent = added.length === 1 ? "1 new study" : `${added.length} new studies`;
    if (held) document.querySelector(`[data-live] a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("htmx:afterSwap"));
  }

  async function look() {
    if (document.hidden || inUse()) return;
    const answer = await fetch(first.dataset.live, { redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = await answer.text();
    if (mark !== null && now !== mark) await renew();
    mark = now;
    pause = 1000;
  }

  /* A server that does not answer is asked ever more seldom. */
  async function go() {
    try { await look(); } catch { pause = Math.min(pause * 2, 60000); }
    setTimeout(go, pause);
  }
  mark = first.dataset.mark || null;
  go();
})();
