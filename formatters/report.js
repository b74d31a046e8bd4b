// SPDX-License-Identifier: Apache-2.0
//
// report.js - search, filters and order for the html report
//
// The page is whole without it. Every finding is a tbody that is moved or hidden in one piece. What a browser is slow
// at is laying out rows: so of what matches only the first are shown, and more on demand, and all changes of one action
// are made before the page is laid out again. What is filtered by stands in the tbody's classes. No text of the report
// becomes markup here.
(() => {
  "use strict";
  const id = (name) => document.getElementById(name);
  const controls = id("controls");
  if (!controls) return;

  const STEP = 500; // rows that are shown at first, and added on demand
  const ranks = ["unknown", "negligible", "low", "medium", "high", "critical"];
  const collator = new Intl.Collator("en", { numeric: true });
  const tables = ["findings", "settled"].map(joined).filter(Boolean).map((table) => {
    const bodies = [...table.tBodies]; // in their first order, with the packages' lines
    const findings = bodies.filter((body) => body.classList.contains("finding")); // in the order of now
    return { table, bodies, findings, sorted: null, falling: false, limit: STEP, more: moreButton(table),
      noun: table.closest("#settled") ? "set aside" : findings.length === 1 ? "row" : "rows" };
  });

  // A section's table, of the several that it comes in so that the page loads sooner; null if it has none.
  function joined(section) {
    const [table, ...others] = id(section)?.querySelectorAll("table.findings") ?? [];
    for (const other of others) {
      const bodies = document.createDocumentFragment();
      for (const body of [...other.tBodies]) bodies.appendChild(body);
      table.appendChild(bodies);
      other.remove();
    }
    return table ?? null;
  }

  // Behind the table, hidden until there is more.
  function moreButton(table) {
    const button = document.createElement("button");
    const line = document.createElement("p");
    button.type = "button";
    line.className = "buttons";
    line.hidden = true;
    line.appendChild(button);
    table.after(line);
    return button;
  }

  const boxes = (name) => [...id(name).querySelectorAll("input")];
  const buttons = { group: id("group"), unfold: id("unfold"), reset: id("reset") };
  const texts = new Map(); // of a finding, made when it is first searched

  function textOf(finding) {
    let text = texts.get(finding);
    if (text === undefined) {
      text = finding.textContent.toLowerCase();
      texts.set(finding, text);
    }
    return text;
  }

  // ---- What is shown ----

  function isMatch(finding, words, severities, only) {
    const classes = finding.classList;
    return severities.some((s) => classes.contains(s)) && only.every((o) => classes.contains(o)) &&
      words.every((word) => textOf(finding).includes(word));
  }

  // A package's line is shown over its findings alone, and in their first order.
  function showGroups(t) {
    let group = null;
    for (const body of t.bodies) {
      if (body.classList.contains("group")) {
        group = body;
        group.hidden = true;
      } else if (group && !body.hidden && !t.sorted) {
        group.hidden = false;
      }
    }
  }

  // Shows the first that match, and says how many there are.
  function show(t, words, severities, only) {
    let matching = 0;
    for (const finding of t.findings) {
      const hidden = !isMatch(finding, words, severities, only) || ++matching > t.limit;
      if (hidden !== finding.hidden) finding.hidden = hidden;
    }
    showGroups(t);
    t.more.parentNode.hidden = matching <= t.limit;
    t.more.textContent = `Show ${Math.min(STEP, matching - t.limit)} more of ${matching - t.limit}`;
    const all = `${t.findings.length} ${t.noun}`;
    const shown = matching > t.limit ? `, ${t.limit} shown` : "";
    return matching === t.findings.length ? `${all}${shown}` : `${matching} of ${all} match${shown}`;
  }

  function filter() {
    const words = id("query").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = boxes("severities").filter((box) => box.checked).map((box) => box.value);
    const only = boxes("only").filter((box) => box.checked).map((box) => box.value);
    id("shown").textContent = tables.map((t) => show(t, words, severities, only)).join(", ");
  }

  // What was asked for anew begins at the top again.
  function refilter() {
    for (const t of tables) t.limit = STEP;
    filter();
  }

  // ---- Order ----

  function keyOf(finding, column, kind) {
    const cell = finding.rows[0].cells[column];
    if (kind === "by-severity") return ranks.findIndex((s) => finding.classList.contains(s));
    if (kind === "by-number") return parseFloat(cell.textContent);
    return cell.textContent;
  }

  // What has no number comes last, whichever way the others go.
  function compare(a, b, falling) {
    if (typeof a === "string") return falling ? collator.compare(b, a) : collator.compare(a, b);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return falling ? b - a : a - b;
  }

  function place(t, bodies) {
    const all = document.createDocumentFragment();
    for (const body of bodies) all.appendChild(body);
    t.table.appendChild(all);
  }

  function mark(t) {
    for (const th of t.table.tHead.rows[0].cells) {
      if (th === t.sorted) th.setAttribute("aria-sort", t.falling ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
    buttons.group.setAttribute("aria-pressed", String(tables.every((each) => !each.sorted)));
  }

  function sort(t, th) {
    const kind = ["by-severity", "by-number", "by-text"].find((k) => th.classList.contains(k));
    t.falling = t.sorted === th ? !t.falling : kind !== "by-text";
    t.sorted = th;
    const keys = t.findings.map((finding) => [keyOf(finding, th.cellIndex, kind), finding]);
    keys.sort((a, b) => compare(a[0], b[0], t.falling));
    t.findings = keys.map((key) => key[1]);
    place(t, t.findings);
    mark(t);
    refilter();
  }

  function group() {
    for (const t of tables) {
      if (!t.sorted) continue;
      t.sorted = null;
      t.findings = t.bodies.filter((body) => body.classList.contains("finding"));
      place(t, t.bodies);
      mark(t);
    }
    refilter();
  }

  for (const t of tables) {
    for (const th of t.table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = th.textContent;
      button.addEventListener("click", () => sort(t, th));
      th.replaceChildren(button);
    }
    t.more.addEventListener("click", () => {
      t.limit += STEP;
      filter();
    });
    mark(t);
  }

  // ---- Details ----

  const details = [...document.querySelectorAll(".finding details")];
  const visible = () => details.filter((d) => !d.closest("tbody").hidden);

  function unfold() {
    const open = visible().some((d) => !d.open);
    for (const d of visible()) d.open = open;
    buttons.unfold.textContent = open ? "Close all details" : "Open all details";
  }

  // ---- Controls ----

  function reset() {
    id("query").value = "";
    for (const box of boxes("severities")) box.checked = true;
    for (const box of boxes("only")) box.checked = false;
    group();
  }

  let waiting = 0;
  id("query").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refilter, 120);
  });
  controls.addEventListener("change", (event) => {
    if (event.target.type === "checkbox") refilter();
  });
  buttons.group.addEventListener("click", group);
  buttons.unfold.addEventListener("click", unfold);
  buttons.reset.addEventListener("click", reset);
  // The way to a package leads to its line, which may be hidden.
  document.addEventListener("click", (event) => {
    const link = event.target.closest ? event.target.closest('a[href^="#package-"]') : null;
    const target = link && id(link.hash.slice(1));
    if (!target || !target.hidden) return;
    reset();
    for (const t of tables) if (target.hidden && t.table.contains(target)) t.limit = Infinity;
    filter();
  });

  controls.hidden = false;
  filter();
})();
