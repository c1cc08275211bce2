/* Settings that are not saved yet are marked and counted; a head's box ticks all boxes of a table. */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const isChanged = (field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
    : field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.value !== field.defaultValue;

  function mark(form) {
    let count = 0;
    all(".setting", form).forEach((setting) => {
      const changed = all("input, select, textarea", setting).some(isChanged);
      setting.classList.toggle("changed", changed);
      count += changed;
    });
    const says = form.querySelector("[data-changes]");
    if (!says) return;
    says.dataset.first ??= says.textContent;
    says.textContent = count ? `${count} change${count > 1 ? "s" : ""} not saved` : says.dataset.first;
  }

  function picked(root) {
    const boxes = all("input[name=chosen]", root);
    const count = boxes.filter((box) => box.checked).length;
    all("[data-picked]", root).forEach((says) => { says.textContent = count; });
    all("[data-pick-all]", root).forEach((box) => {
      const own = all("input[name=chosen]", box.closest("table"));
      const ticked = own.filter((one) => one.checked).length;
      box.checked = ticked > 0 && ticked === own.length;
      box.indeterminate = ticked > 0 && ticked < own.length;
    });
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-settings]");
    if (form) mark(form);
  });
  document.addEventListener("reset", (event) => {
    if (event.target.matches("[data-settings]")) setTimeout(() => mark(event.target));
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-picks]");
    if (!form) return;
    if (event.target.matches("[data-pick-all]")) {
      const part = event.target.closest("table");
      all("input[name=chosen]", part).forEach((box) => { box.checked = event.target.checked; });
    }
    picked(form);
  });
  all("[data-picks]").forEach(picked);

  /* On a phone the side menu is one line: it shows where one is. */
  const nav = document.querySelector(".side-nav");
  const current = nav?.querySelector("[aria-current]");
  if (current && nav.scrollWidth > nav.clientWidth) {
    nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
  } else if (current && nav.scrollHeight > nav.clientHeight) {
    nav.scrollTop = current.offsetTop - (nav.clientHeight - current.offsetHeight) / 2;
  }
})();
