/* Dose screens: a field and its place on the picture are shown together; the next shape is ready to be typed. */
"use strict";

(() => {
  const named = (name) => [...document.querySelectorAll(`[data-cell="${CSS.escape(name)}"], [data-lights="${CSS.escape(name)}"]`)];
  const nameOf = (part) => part?.dataset?.lights || part?.dataset?.cell || "";
  let lit = "";

  /* Only what scrolls by itself is scrolled: the page stays where it is. */
  function reveal(mark) {
    const pane = mark.closest(".screens-pictures");
    if (!pane || pane.scrollHeight <= pane.clientHeight) return;
    const [outer, inner] = [pane.getBoundingClientRect(), mark.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) pane.scrollTop += inner.top - outer.top - outer.height / 2;
  }

  function light(name) {
    if (name === lit) return;
    if (lit) named(lit).forEach((part) => part.classList.remove("lit"));
    lit = name;
    if (!name) return;
    named(name).forEach((part) => {
      part.classList.add("lit");
      if (part.matches(".place")) reveal(part);
    });
  }

  const under = (event) => nameOf(event.target.closest?.("[data-lights], .place[data-cell]"));
  document.addEventListener("pointerover", (event) => {
    const name = under(event);
    if (name) light(name);
    else light(nameOf(document.activeElement));
  });
  document.addEventListener("focusin", (event) => light(nameOf(event.target)));
  document.addEventListener("focusout", () => light(""));
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".place[data-cell], .screens-cell[data-lights]");
    const field = mark && named(nameOf(mark)).find((part) => part.matches(".input"));
    if (!field) return;
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.select?.();
  });

  /* Enter in a field of the table goes to the one below, as in a spreadsheet; it never stores. */
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !field.matches?.("[data-review] input[data-lights]")) return;
    event.preventDefault();
    const [row, column] = field.name.split(/-(.*)/);
    const below = field.form.elements[`${Number(row) + 1}-${column}`] ?? field.form.elements[`total-total_${column}`];
    (below ?? field.form.elements.reason)?.focus();
    below?.select?.();
  });

  document.addEventListener("htmx:afterSwap", () => {
    const next = document.querySelector("#trainer [autofocus]");
    if (next) next.focus();
    light("");
  });
})();
