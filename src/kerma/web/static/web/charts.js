/* Draws the charts that the page loads one by one, and makes their legends, tables, downloads and
   links work. Colours that begin with "@" are tokens of the style sheet. */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panelOf = (part) => part.closest("[data-chart]");
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  /* ---------- Colours and look ---------- */
  function token(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }
  const painted = (value) => (typeof value === "string" && value.startsWith("@") ? token(value.slice(1)) : value);
  function paint(part) {
    for (const [key, value] of Object.entries(part)) {
      if (/color$/i.test(key)) part[key] = Array.isArray(value) ? value.map(painted) : painted(value);
      else if (value && typeof value === "object") paint(value);
    }
    return part;
  }

  const template = JSON.parse(document.getElementById("chart-template")?.textContent ?? "null");
  const isNarrow = () => matchMedia("(width < 48rem)").matches;

  function look() {
    const line = token("line");
    const axis = { gridcolor: line, linecolor: token("line-strong"), zerolinecolor: token("line-strong"), tickcolor: line };
    return {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: token("muted"), family: getComputedStyle(document.body).fontFamily, size: 12 },
      hoverlabel: { bgcolor: token("surface"), bordercolor: token("line-strong"), font: { color: token("text"), size: 12 }, align: "left" },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: token("muted"), activecolor: token("accent") },
      xaxis: axis,
      yaxis: axis,
      yaxis2: axis,
    };
  }

  function merged(base, over) {
    const found = { ...base };
    for (const [key, value] of Object.entries(over)) {
      const plain = value && typeof value === "object" && !Array.isArray(value);
      found[key] = plain && found[key] && typeof found[key] === "object" ? merged(found[key], value) : value;
    }
    return found;
  }

  function layoutOf(chart) {
    const layout = paint(structuredClone(chart.data.layout));
    const narrow = isNarrow();
    const numbers = { exponentformat: "none", separatethousands: true };
    const common = {
      separators: ".\u202f",
      xaxis: numbers,
      yaxis: numbers,
      height: chart.data.height,
      margin: { l: narrow ? 36 : 56, r: narrow ? 8 : 16, t: 24, b: 56 },
      dragmode: narrow ? false : "zoom",
      showlegend: false,
      hoverlabel: { namelength: -1 },
    };
    const own = template ? { template } : look();
    const found = merged(merged(own, common), layout);
    if (!("yaxis2" in layout)) delete found.yaxis2;
    return found;
  }

  /* Traces carry things of our own, which plotly need not see. */
  function tracesOf(chart) {
    return paint(structuredClone(chart.data.traces)).map((trace, at) => {
      const visible = chart.hidden.has(trace.legend_entry) ? false : true;
      for (const name of ["legend_entry", "role", "study_ids", "counts"]) delete trace[name];
      return { ...trace, visible, uid: `t${at}` };
    });
  }

  const config = {
    responsive: true,
    displaylogo: false,
    modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d"],
    doubleClickDelay: 400,
    showTips: false,
  };

  /* ---------- Drawing ---------- */
  const charts = new Map(); // the element drawn in -> what is drawn there

  async function draw(room) {
    const chart = charts.get(room);
    const bar = isNarrow() ? false : undefined;
    await Plotly.react(room, tracesOf(chart), layoutOf(chart), { ...config, displayModeBar: bar });
    room.dataset.drawn = "yes";
    all("[data-picture]", panelOf(room)).forEach((button) => { button.disabled = false; });
    all(".modebar-btn", room).forEach((button) => {
      button.tabIndex = 0;
      button.setAttribute("role", "button");
      button.setAttribute("aria-label", button.dataset.title ?? "");
    });
  }

  async function begin(room) {
    const data = JSON.parse(panelOf(room).querySelector("script[type='application/json']").textContent);
    const hidden = new Set(data.traces.filter((t) => t.visible === false).map((t) => t.legend_entry));
    charts.set(room, { data, hidden });
    swatches(room);
    await draw(room);
    room.on("plotly_click", (event) => open(room, event));
  }

  function swatches(room) {
    all("[data-series]", panelOf(room)).forEach((button) => {
      button.querySelector("rect").style.fill = painted(button.dataset.colour);
    });
  }

  /* ---------- The studies behind a part ---------- */
  function addressOf(room, point) {
    const { data } = charts.get(room);
    const trace = data.traces[point.curveNumber];
    const study = trace.study_ids?.[point.pointNumber];
    if (study !== undefined) return document.getElementById("charts").dataset.study.replace("0", study);
    const part = trace.customdata?.[point.pointNumber];
    return part === undefined ? null : data.base + part;
  }
  function open(room, event) {
    const address = event.points.map((point) => addressOf(room, point)).find(Boolean);
    if (!address) return;
    if (event.event?.ctrlKey || event.event?.metaKey) window.open(address);
    else location.href = address;
  }

  /* ---------- Legends ---------- */
  const roomOf = (part) => panelOf(part).querySelector("[data-plot]");

  function showSeries(room) {
    const { hidden } = charts.get(room);
    all("[data-series]", panelOf(room)).forEach((button) => {
      button.setAttribute("aria-pressed", String(!hidden.has(Number(button.dataset.series))));
    });
    return draw(room);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-series]");
    if (!button) return;
    const room = roomOf(button);
    const { hidden } = charts.get(room);
    const series = Number(button.dataset.series);
    if (event.detail > 1) {
      // The second click of two: this one alone, or all again.
      const others = all("[data-series]", panelOf(button)).map((one) => Number(one.dataset.series)).filter((one) => one !== series);
      const alone = others.every((one) => hidden.has(one));
      hidden.clear();
      if (!alone) others.forEach((one) => hidden.add(one));
    } else if (!hidden.delete(series)) {
      hidden.add(series);
    }
    showSeries(room);
  });

  /* ---------- Tables in another order ---------- */
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (!("value" in cell.dataset)) return cell.textContent.toLowerCase();
    return cell.dataset.value === "" ? -Infinity : Number(cell.dataset.value);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sort]");
    if (!button) return;
    const head = button.closest("th");
    const body = head.closest("table").tBodies[0];
    const column = Number(button.dataset.sort);
    const number = head.classList.contains("num");
    const before = head.getAttribute("aria-sort");
    const rising = before ? before === "descending" : !number;
    all("th[aria-sort]", head.parentElement).forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const sign = rising ? 1 : -1;
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [valueOf(a, column), valueOf(b, column)];
      return sign * (typeof x === "string" ? x.localeCompare(y) : x - y || 0);
    });
    body.append(...rows);
  });

  /* ---------- Downloads ---------- */
  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  async function picture(room, format) {
    const { data } = charts.get(room);
    const title = panelOf(room).querySelector("h2").textContent;
    const layout = merged(layoutOf(charts.get(room)), {
      paper_bgcolor: template ? undefined : token("surface"),
      title: { text: title.replaceAll("<", "&lt;"), x: 0.02, font: { color: token("text"), size: 15 } },
      margin: { t: 60 },
      showlegend: true,
    });
    if (template) delete layout.paper_bgcolor;
    const seen = new Set();
    const traces = tracesOf(charts.get(room)).map((trace, at) => {
      const entry = data.traces[at].legend_entry;
      const first = entry !== undefined && !seen.has(entry);
      seen.add(entry);
      return { ...trace, showlegend: first };
    });
    const width = Math.max(room.clientWidth, 600);
    const address = await Plotly.toImage({ data: traces, layout, config }, { format: "svg", width, height: data.height + 40 });
    const svg = new Blob([decodeURIComponent(address.slice(address.indexOf(",") + 1))], { type: "image/svg+xml" });
    if (format === "svg") return save(svg, `${data.name}.svg`);
    const image = new Image();
    image.src = URL.createObjectURL(svg);
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * 2;
    canvas.height = (data.height + 40) * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    canvas.toBlob((blob) => save(blob, `${data.name}.png`));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture]");
    if (!button) return;
    const room = roomOf(button);
    button.closest("[popover]")?.hidePopover?.();
    if (room) picture(room, button.dataset.picture);
  });

  /* ---------- Parts that come, fail, are stopped, and are asked for again ---------- */
  const partOf = (element) => element.closest("[data-part]");
  const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

  function done(part) {
    panelOf(part).removeAttribute("aria-busy");
  }
  function fail(part, reason) {
    const trouble = copyOf("chart-trouble");
    if (reason) trouble.querySelector("[data-reason]").textContent = reason;
    part.replaceChildren(trouble);
    done(part);
  }
  document.addEventListener("htmx:afterSwap", async (event) => {
    const part = event.detail.target;
    if (!part.matches("[data-part]")) return;
    done(part);
    panelOf(part).querySelector("[data-counted]").textContent = part.querySelector("[data-is-counted]")?.textContent ?? "";
    const room = part.querySelector("[data-plot]");
    if (!room) return;
    try {
      await begin(room);
    } catch (error) {
      room.remove();
      part.prepend(copyOf("chart-trouble"));
      part.querySelector("[data-reason]").textContent = "This browser could not draw it. The table below holds the values.";
      console.error(error);
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if ("stopped" in event.detail.elt.dataset) event.preventDefault();
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.target.matches("[data-part]")) fail(event.detail.target, `The server met a fault (${event.detail.xhr.status}); its log says which.`);
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.target.matches("[data-part]")) fail(event.detail.target, "The server could not be reached.");
  });
  document.addEventListener("click", (event) => {
    const stop = event.target.closest("[data-stop]");
    const again = event.target.closest("[data-again]");
    if (stop) {
      const part = partOf(stop);
      part.dataset.stopped = "";
      // The request is kept by the element that the charts wait for one another at.
      if (part.classList.contains("htmx-request")) htmx.trigger(document.getElementById("charts"), "htmx:abort");
      fail(part, "You stopped it.");
    } else if (again) {
      const part = partOf(again);
      delete part.dataset.stopped;
      panelOf(part).setAttribute("aria-busy", "true");
      part.replaceChildren(copyOf("chart-wait"));
      htmx.trigger(part, "again");
    }
  });

  /* ---------- The chooser: typing finds, one button unticks ---------- */
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-finds-rows]")) return;
    const typed = event.target.value.trim().toLowerCase();
    const groups = document.getElementById(event.target.dataset.findsRows);
    all("[data-row]", groups).forEach((row) => {
      const words = `${row.dataset.row} ${row.textContent}`.toLowerCase();
      row.hidden = !typed.split(/\s+/).every((word) => words.includes(word));
    });
    all("fieldset", groups).forEach((group) => { group.hidden = !group.querySelector("[data-row]:not([hidden])"); });
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-finds-rows]") && event.key === "Enter") event.preventDefault();
    if (event.target.matches(".modebar-btn") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unticks]");
    if (button) all("input:checked", document.getElementById(button.dataset.unticks)).forEach((box) => { box.checked = false; });
  });

  /* ---------- Light and dark, and paper ---------- */
  const redraw = () => [...charts.keys()].filter((room) => room.isConnected).forEach((room) => { swatches(room); draw(room); });
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-theme-switch]")) requestAnimationFrame(redraw);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  let themeBefore = null;
  addEventListener("beforeprint", () => {
    themeBefore = document.documentElement.dataset.theme ?? "";
    document.documentElement.dataset.theme = "light";
    document.documentElement.classList.add("on-paper");
    redraw();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("on-paper");
    if (themeBefore) document.documentElement.dataset.theme = themeBefore;
    else delete document.documentElement.dataset.theme;
    redraw();
  });
})();
