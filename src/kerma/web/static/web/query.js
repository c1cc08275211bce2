/* Days, warnings and the grid of hours. Every page works without it. */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* ---------- Ready-made days, and a warning before a wide range is asked for ---------- */
  function warn(form) {
    const says = form.querySelector("[data-wide-warning]");
    if (!says) return;
    const first = form.elements.date_from.value;
    const last = form.elements.date_until.value;
    const until = last ? new Date(last) : new Date();
    says.hidden = !first || (until - new Date(first)) / 86400000 <= Number(form.dataset.wide);
  }
  all("[data-query]").forEach((form) => {
    all("[data-script]", form).forEach((part) => { part.hidden = false; });
    warn(form);
    closeModalities(form);
  });
  document.addEventListener("click", (event) => {
    const preset = event.target.closest("[data-from]");
    if (!preset) return;
    preset.form.elements.date_from.value = preset.dataset.from;
    preset.form.elements.date_until.value = preset.dataset.until;
    warn(preset.form);
  });

  function closeModalities(form) {
    const only = form.elements.sr_only;
    if (only) all("[data-modalities] input", form).forEach((box) => { box.disabled = only.checked; });
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-query]");
    if (!form) return;
    warn(form);
    closeModalities(form);
  });

  /* ---------- The grid of hours: drag paints, heads fill, arrow keys move ---------- */
  const grid = document.querySelector("[data-hours]");
  if (!grid) return;
  const boxes = all("input", grid);
  let paint = null;
  let pressed = false;

  function changed() {
    boxes[0].dispatchEvent(new Event("input", { bubbles: true }));
    document.body.dispatchEvent(new Event("hours-changed"));
  }
  function set(some, value) {
    some.forEach((box) => { box.checked = value; });
    changed();
  }
  const boxAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-hours] label")?.querySelector("input");

  grid.addEventListener("pointerdown", (event) => {
    const box = event.target.closest("label")?.querySelector("input");
    if (!box || event.button || event.pointerType === "touch") return; // a finger scrolls, or taps
    event.preventDefault();
    box.focus();
    pressed = true;
    paint = !box.checked;
    set([box], paint);
  });
  document.addEventListener("pointermove", (event) => {
    const box = paint === null ? null : boxAt(event);
    if (box && box.checked !== paint) set([box], paint);
  });
  ["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, () => { paint = null; }));
  grid.addEventListener("click", (event) => {
    if (pressed && event.target.closest("label")) event.preventDefault(); // the press has switched it
    if (event.detail) pressed = false;
  });

  all("th[scope=row], thead th", grid).forEach((head) => {
    const column = head.closest("thead") ? head.cellIndex - 1 : -1;
    if (column === -1 && head.closest("thead")) return;
    const some = column >= 0 ? boxes.filter((_, n) => n % 24 === column) : all("input", head.parentElement);
    head.title = "Switch all of them";
    head.addEventListener("click", () => set(some, !some.every((box) => box.checked)));
  });

  all("button[name=preset]").forEach((button) => button.addEventListener("click", (event) => {
    const night = (n) => n % 24 >= 19 || n % 24 < 6;
    const weekend = (n) => n >= 120;
    const rule = {
      night, weekend, always: () => true, never: () => false, "night-weekend": (n) => night(n) || weekend(n),
    }[button.value];
    if (!rule) return;
    event.preventDefault();
    boxes.forEach((box, n) => { box.checked = rule(n); });
    changed();
  }));

  boxes.forEach((box, n) => { box.tabIndex = n ? -1 : 0; });
  grid.addEventListener("focusin", (event) => {
    if (!boxes.includes(event.target)) return;
    boxes.forEach((box) => { box.tabIndex = box === event.target ? 0 : -1; });
  });
  grid.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -24, ArrowDown: 24 }[event.key];
    const at = boxes.indexOf(event.target);
    if (!move || at < 0) return;
    event.preventDefault();
    const turned = matchMedia("(width < 48rem)").matches;
    const by = turned ? { [-1]: -24, 1: 24, [-24]: -1, 24: 1 }[move] : move;
    boxes[at + by]?.focus();
  });
})();
