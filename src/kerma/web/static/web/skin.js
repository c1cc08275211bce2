/* Skin dose: draws the unrolled map and the body of a study, and reads doses from them. */
"use strict";

(() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* A token may be light-dark(…): let the browser work it out. */
  function colour(token) {
    const probe = document.createElement("i");
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found || css(token);
  }

  const unpack = {
    f: (text) => new Float32Array(bytes(text).buffer),
    h: (text) => new Int16Array(bytes(text).buffer),
    b: (text) => new Int8Array(bytes(text).buffer),
  };
  function bytes(text) {
    const raw = atob(text), found = new Uint8Array(raw.length);
    for (let n = 0; n < raw.length; n++) found[n] = raw.charCodeAt(n);
    return found;
  }

  /* 0.00172 is "1.72 mGy". */
  function words(dose) {
    const [factor, unit] = dose >= 1 || dose === 0 ? [1, "Gy"] : dose >= 1e-4 ? [1e3, "mGy"] : [1e6, "µGy"];
    return `${Number((dose * factor).toPrecision(3))} ${unit}`;
  }

  /* The numbers of a map, and how they are shown. */
  class Shown {
    constructor(raw) {
      Object.assign(this, raw);
      this.dose = unpack.f(raw.doses);
      for (const name of ["row", "column", "points", "around", "along"]) this[name] = unpack.h(raw[name]);
      for (const name of ["region", "part", "normals"]) this[name] = unpack.b(raw[name]);
      this.count = this.dose.length;
      this.at = new Int32Array(this.rows * this.columns).fill(-1);
      for (let n = 0; n < this.count; n++) this.at[this.row[n] * this.columns + this.column[n]] = n;
      [this.unit, this.factor] = this.peak.dose >= 1 ? ["Gy", 1] : this.peak.dose >= 1e-4 ? ["mGy", 1e3] : ["µGy", 1e6];
      this.ramp = this.colours.cividis;
      this.whole();
    }

    whole() { this.low = 0; this.high = this.peak.dose || 1; }

    /* Colour of a dose as [r, g, b], null where there is none. */
    of(dose) {
      if (dose <= 0) return null;
      const share = (dose - this.low) / (this.high - this.low);
      return this.ramp[Math.max(0, Math.min(255, Math.round(share * 255)))];
    }

    place(cell) {
      const x = this.points[3 * cell] / 100, below = -this.points[3 * cell + 2] / 100;
      const side = Math.abs(x) < 0.75 ? "on the midline" : `${Math.abs(x).toFixed(0)} cm to the ${x > 0 ? "left" : "right"}`;
      return `${this.regions[this.region[cell]]} of the ${this.parts[this.part[cell]]}, ${below.toFixed(0)} cm below the crown, ${side}`;
    }
  }

  function fit(canvas, ratio) {
    const scale = window.devicePixelRatio || 1;
    const wide = Math.max(canvas.clientWidth, 40);
    const high = ratio ? wide * ratio : Math.max(canvas.clientHeight, 30);
    if (ratio) canvas.style.height = `${high}px`;
    canvas.width = Math.round(wide * scale);
    canvas.height = Math.round(high * scale);
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    return [pen, wide, high];
  }

  /* The nearest edge of a pixel of the screen, so that cells meet without a seam. */
  function pixel(place) {
    const scale = window.devicePixelRatio || 1;
    return Math.round(place * scale) / scale;
  }

  /* ---------- The unrolled map ---------- */
  class Plan {
    constructor(canvas, shown, more) {
      Object.assign(this, { canvas, shown, regions: true, cell: -1, ...more });
      if (!this.brief) this.listen();
    }

    draw() {
      const { shown, canvas } = this;
      const [pen, wide, high] = fit(canvas, shown.rows / shown.columns);
      this.size = wide / shown.columns;
      pen.clearRect(0, 0, wide, high);
      const skin = colour("--skin-bare");
      for (let n = 0; n < shown.count; n++) {
        const rgb = shown.of(shown.dose[n]);
        pen.fillStyle = rgb ? `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]})` : skin;
        const [x, y] = [pixel(shown.column[n] * this.size), pixel(shown.row[n] * this.size)];
        pen.fillRect(x, y, pixel((shown.column[n] + 1) * this.size) - x, pixel((shown.row[n] + 1) * this.size) - y);
      }
      if (this.regions) this.drawRegions(pen);
      this.ring(pen, shown.peak.column, shown.peak.row, colour("--text"), 2);
      if (this.cell >= 0) this.ring(pen, shown.column[this.cell], shown.row[this.cell], colour("--accent"), 1.2);
    }

    drawRegions(pen) {
      const { shown, size } = this;
      pen.strokeStyle = colour("--line-strong");
      pen.lineWidth = 1;
      pen.setLineDash([4, 3]);
      pen.beginPath();
      for (let n = 0; n < shown.count; n++) {
        const row = shown.row[n], column = shown.column[n];
        const next = column + 1 < shown.columns ? shown.at[row * shown.columns + column + 1] : -1;
        if (next >= 0 && (shown.parts[shown.part[n]] === "trunk" ? shown.region[next] !== shown.region[n] : shown.part[next] !== shown.part[n])) {
          pen.moveTo((column + 1) * size, row * size);
          pen.lineTo((column + 1) * size, (row + 1) * size);
        }
        const below = row + 1 < shown.rows ? shown.at[(row + 1) * shown.columns + column] : -1;
        if (below >= 0 && shown.part[below] !== shown.part[n]) {
          pen.moveTo(column * size, (row + 1) * size);
          pen.lineTo((column + 1) * size, (row + 1) * size);
        }
      }
      pen.stroke();
      pen.setLineDash([]);
      pen.font = `500 ${this.brief ? 10 : 12}px system-ui, sans-serif`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.lineWidth = 3;
      pen.lineJoin = "round";
      for (const label of shown.labels) {
        if (pen.measureText(label.words).width > label.wide * size - 4) continue;
        const row = label.row + (shown.regions.includes(label.words) ? -2.5 : 2.5);
        pen.strokeStyle = colour("--surface");
        pen.fillStyle = colour("--text");
        pen.strokeText(label.words, label.column * size, row * size);
        pen.fillText(label.words, label.column * size, row * size);
      }
    }

    ring(pen, column, row, ink, cells) {
      const x = (column + 0.5) * this.size, y = (row + 0.5) * this.size, radius = Math.max(cells * this.size, 6);
      for (const [style, width] of [[colour("--surface"), 4], [ink, 2]]) {
        pen.strokeStyle = style;
        pen.lineWidth = width;
        pen.beginPath();
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        pen.stroke();
      }
    }

    cellAt(event) {
      const box = this.canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left) / this.size), row = Math.floor((event.clientY - box.top) / this.size);
      const inside = row >= 0 && row < this.shown.rows && column >= 0 && column < this.shown.columns;
      return inside ? this.shown.at[row * this.shown.columns + column] : -1;
    }

    listen() {
      const { canvas } = this;
      canvas.addEventListener("pointerdown", (event) => {
        this.from = { x: event.clientX, y: event.clientY, low: this.shown.low, high: this.shown.high };
        canvas.setPointerCapture(event.pointerId);
        this.read(event);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (this.from && Math.hypot(event.clientX - this.from.x, event.clientY - this.from.y) > 4) this.window(event);
        else this.read(event);
      });
      for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { this.from = null; });
      canvas.addEventListener("pointerleave", () => { this.cell = -1; this.tell(null); this.draw(); });
      canvas.addEventListener("keydown", (event) => this.key(event));
    }

    /* Sideways the range grows wider or narrower, up and down it moves. */
    window(event) {
      const { shown, from } = this;
      const width = Math.max((from.high - from.low) * Math.exp((event.clientX - from.x) / 200), shown.peak.dose / 1000);
      const middle = (from.high + from.low) / 2 + ((event.clientY - from.y) / 300) * (from.high - from.low);
      shown.low = Math.max(0, middle - width / 2);
      shown.high = shown.low + width;
      this.tell(null);
      this.changed();
    }

    read(event) {
      const cell = this.cellAt(event);
      if (cell === this.cell) return;
      this.cell = cell;
      this.draw();
      this.tell(cell < 0 ? null : cell);
    }

    key(event) {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!step) return;
      event.preventDefault();
      const { shown } = this;
      const start = this.cell >= 0 ? [shown.row[this.cell], shown.column[this.cell]] : [shown.peak.row - step[0], shown.peak.column - step[1]];
      const row = start[0] + step[0], column = start[1] + step[1];
      if (row < 0 || column < 0 || row >= shown.rows || column >= shown.columns) return;
      const cell = shown.at[row * shown.columns + column];
      if (cell < 0) return;
      this.cell = cell;
      this.draw();
      this.tell(cell, true);
    }

    tell(cell, aloud = false) {
      const { tip, shown, said } = this;
      tip.hidden = cell === null;
      if (cell === null) return;
      const text = shown.place(cell);
      tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: words(shown.dose[cell]) }), text);
      const x = (shown.column[cell] + 1.5) * this.size, y = (shown.row[cell] + 1.5) * this.size;
      const room = this.canvas.clientWidth - tip.offsetWidth;
      tip.style.left = `${Math.max(0, Math.min(x, room))}px`;
      tip.style.top = `${y + tip.offsetHeight > this.canvas.clientHeight ? y - tip.offsetHeight - 2 * this.size - 8 : y}px`;
      if (aloud) said.textContent = `${words(shown.dose[cell])}, ${text}`;
    }
  }

  /* ---------- The body ---------- */
  class Body {
    constructor(canvas, shown) {
      Object.assign(this, { canvas, shown, turn: 25, tip: 12, zoom: 1 });
      this.middle = this.extent();
      this.listen();
    }

    extent() {
      const { points, count } = this.shown, low = [1e9, 1e9, 1e9], high = [-1e9, -1e9, -1e9];
      for (let n = 0; n < count; n++) for (let k = 0; k < 3; k++) {
        low[k] = Math.min(low[k], points[3 * n + k]);
        high[k] = Math.max(high[k], points[3 * n + k]);
      }
      this.tall = high[2] - low[2];
      this.broad = Math.hypot(high[0] - low[0], high[1] - low[1]);
      return low.map((value, k) => (value + high[k]) / 2);
    }

    /* Seen from behind at 0°: left is left, the head up. */
    axes() {
      const turn = (this.turn * Math.PI) / 180, tip = (this.tip * Math.PI) / 180;
      const [st, ct, sp, cp] = [Math.sin(turn), Math.cos(turn), Math.sin(tip), Math.cos(tip)];
      return { right: [-ct, -st, 0], up: [-st * sp, ct * sp, cp], near: [st * cp, -ct * cp, sp] };
    }

    draw() {
      const { shown, canvas } = this;
      const [pen, wide, high] = fit(canvas, Math.min(1.25, Math.max(0.9, this.tall / this.broad)));
      const scale = this.zoom * 0.94 * Math.min(high / this.tall, wide / this.broad);
      const { right, up, near } = this.axes(), dot = (axis, list, n) => axis[0] * list[3 * n] + axis[1] * list[3 * n + 1] + axis[2] * list[3 * n + 2];
      const seen = [];
      for (let n = 0; n < shown.count; n++) if (dot(near, shown.normals, n) > 0) seen.push([dot(near, shown.points, n), n]);
      seen.sort((one, other) => one[0] - other[0]);
      pen.clearRect(0, 0, wide, high);
      const bare = colour("--skin-bare").match(/[\d.]+/g)?.map(Number) ?? [220, 224, 228];
      const centre = [dot(right, this.middle, 0), dot(up, this.middle, 0)];
      for (const [, n] of seen) {
        const light = 0.72 + 0.28 * (dot(near, shown.normals, n) / 127);
        const rgb = shown.of(shown.dose[n]) ?? bare;
        pen.fillStyle = pen.strokeStyle = `rgb(${rgb.slice(0, 3).map((part) => Math.round(part * light)).join(" ")})`;
        const x = wide / 2 + (dot(right, shown.points, n) - centre[0]) * scale, y = high / 2 - (dot(up, shown.points, n) - centre[1]) * scale;
        const ax = (dot(right, shown.around, n) * scale) / 2, ay = (-dot(up, shown.around, n) * scale) / 2;
        const bx = (dot(right, shown.along, n) * scale) / 2, by = (-dot(up, shown.along, n) * scale) / 2;
        pen.beginPath();
        pen.moveTo(x - ax - bx, y - ay - by);
        pen.lineTo(x + ax - bx, y + ay - by);
        pen.lineTo(x + ax + bx, y + ay + by);
        pen.lineTo(x - ax + bx, y - ay + by);
        pen.closePath();
        pen.fill();
        pen.lineWidth = 0.7;
        pen.stroke();
      }
      this.drawSides(pen, wide, high);
    }

    /* Which side is where. */
    drawSides(pen, wide, high) {
      const { right, near } = this.axes();
      const names = [["Left", [1, 0, 0]], ["Right", [-1, 0, 0]], ["Front", [0, 1, 0]], ["Back", [0, -1, 0]]];
      pen.font = "500 12px system-ui, sans-serif";
      pen.fillStyle = colour("--muted");
      pen.textBaseline = "bottom";
      for (const [name, axis] of names) {
        const across = axis[0] * right[0] + axis[1] * right[1], toward = axis[0] * near[0] + axis[1] * near[1];
        if (Math.abs(across) > 0.5) {
          pen.textAlign = across > 0 ? "right" : "left";
          pen.fillText(name, across > 0 ? wide - 6 : 6, high - 4);
        } else if (toward > 0.5) {
          pen.textAlign = "center";
          pen.fillText(name, wide / 2, high - 4);
        }
      }
    }

    later() {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.draw());
    }

    listen() {
      const { canvas } = this;
      canvas.addEventListener("pointerdown", (event) => {
        this.from = { x: event.clientX, y: event.clientY, turn: this.turn, tip: this.tip };
        canvas.setPointerCapture(event.pointerId);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (!this.from) return;
        this.turn = this.from.turn + (event.clientX - this.from.x) / 2;
        this.tip = Math.max(-89, Math.min(89, this.from.tip + (event.clientY - this.from.y) / 2));
        this.later();
      });
      for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { this.from = null; });
      canvas.addEventListener("wheel", (event) => {
        if (document.activeElement !== canvas) return; // the page scrolls
        event.preventDefault();
        this.larger(Math.exp(-event.deltaY / 500));
      }, { passive: false });
      canvas.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key];
        if (step) {
          this.turn += step[0];
          this.tip = Math.max(-89, Math.min(89, this.tip + step[1]));
          this.later();
        } else if (event.key === "+" || event.key === "=") this.larger(1.2);
        else if (event.key === "-") this.larger(1 / 1.2);
        else return;
        event.preventDefault();
      });
    }

    larger(factor) {
      this.zoom = Math.max(0.5, Math.min(8, this.zoom * factor));
      this.later();
    }
  }

  /* ---------- The bar of colours ---------- */
  function drawBar(canvas, shown) {
    const [pen, wide, high] = fit(canvas, 0);
    const level = wide > 2 * high, length = level ? wide : high;
    const pad = level ? 24 : 8, run = length - 2 * pad;
    pen.clearRect(0, 0, wide, high);
    for (let n = 0; n < run; n++) {
      const rgb = shown.ramp[Math.round((n / (run - 1)) * 255)];
      pen.fillStyle = `rgb(${rgb.join(" ")})`;
      if (level) pen.fillRect(pad + n, 4, 1.5, 16);
      else pen.fillRect(0, high - pad - n, 16, 1.5);
    }
    pen.fillStyle = colour("--text");
    pen.font = "12px system-ui, sans-serif";
    for (let n = 0; n <= 4; n++) {
      const text = words(shown.low + (n / 4) * (shown.high - shown.low));
      pen.textAlign = level ? "center" : "left";
      pen.textBaseline = level ? "top" : "middle";
      if (level) pen.fillText(text, pad + (n / 4) * run, 26);
      else pen.fillText(text, 22, high - pad - (n / 4) * run);
    }
  }

  /* ---------- One view of map, body and tools ---------- */
  async function open(root) {
    const answer = await fetch(root.dataset.skin, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const shown = new Shown(await answer.json());
    const one = (name) => root.querySelector(`[data-skin-${name}]`);
    const brief = "skinBrief" in root.dataset;
    const plan = new Plan(one("map"), shown, { brief, tip: one("tip"), said: one("said"), changed: () => everything() });
    const body = one("body") && new Body(one("body"), shown);
    const bar = one("bar"), low = one("low"), high = one("high");

    function everything() {
      plan.draw();
      body?.draw();
      if (bar) drawBar(bar, shown);
      if (low && document.activeElement !== low) low.value = Number((shown.low * shown.factor).toPrecision(4));
      if (high && document.activeElement !== high) high.value = Number((shown.high * shown.factor).toPrecision(4));
      if (!brief) keep();
    }

    /* The address tells what is seen. */
    function keep() {
      const address = new URL(location.href), name = one("colours").value, whole = shown.low === 0 && shown.high === (shown.peak.dose || 1);
      const set = (key, value) => (value ? address.searchParams.set(key, value) : address.searchParams.delete(key));
      set("colours", name === "cividis" ? "" : name);
      set("from", whole ? "" : shown.low.toPrecision(4));
      set("to", whole ? "" : shown.high.toPrecision(4));
      set("regions", plan.regions ? "" : "no");
      if (address.href !== location.href) history.replaceState(history.state, "", address);
      const picture = document.querySelector("[data-skin-picture]");
      if (picture) {
        const saved = new URL(picture.href);
        saved.searchParams.set("colours", name);
        picture.href = saved;
      }
    }

    if (!brief) {
      const asked = new URL(location.href).searchParams;
      one("unit").textContent = shown.unit;
      if (shown.colours[asked.get("colours")]) one("colours").value = asked.get("colours");
      shown.ramp = shown.colours[one("colours").value];
      const from = Number(asked.get("from")), to = Number(asked.get("to"));
      if (to > from && from >= 0) [shown.low, shown.high] = [from, to];
      plan.regions = asked.get("regions") !== "no";
      one("regions").checked = plan.regions;
      one("colours").addEventListener("change", (event) => { shown.ramp = shown.colours[event.target.value]; everything(); });
      one("reset").addEventListener("click", () => { shown.whole(); everything(); });
      one("regions").addEventListener("change", (event) => { plan.regions = event.target.checked; everything(); });
      for (const field of [low, high]) field.addEventListener("input", () => {
        const [start, end] = [Number(low.value) / shown.factor, Number(high.value) / shown.factor];
        if (end > start && start >= 0) { [shown.low, shown.high] = [start, end]; everything(); }
      });
      one("full").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.()));
      document.addEventListener("fullscreenchange", () => {
        const full = document.fullscreenElement === root;
        one("full").setAttribute("aria-pressed", String(full));
        one("full").textContent = full ? "Leave full screen" : "Full screen";
        everything();
      });
      for (const button of root.querySelectorAll("[data-skin-from]")) button.addEventListener("click", () => {
        [body.turn, body.tip] = [Number(button.dataset.skinFrom), 0];
        body.later();
      });
    }
    new ResizeObserver(() => everything()).observe(root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", everything);
    document.addEventListener("change", (event) => { if (event.target.name === "theme") requestAnimationFrame(everything); });
    everything();
    root.dataset.skinReady = "";
  }

  document.querySelectorAll("[data-skin]").forEach(open);
})();
