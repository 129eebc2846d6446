"use strict";
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const rules = new Map(report.rules.map((rule) => [rule.code, rule]));
  const at = (id) => document.getElementById(id);
  const AT_ONCE = 60; // groups that are shown at once

  /** An element with a class and text; everything from the vault is text. */
  function element(name, kind, text) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function counted(number, noun) {
    return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  }

  // --- figures ---

  function showFigures() {
    const { summary } = report;
    const figures = [
      ["", summary.notes, "notes read"],
      ["error", summary.severities.error ?? 0, "errors"],
      ["warning", summary.severities.warning ?? 0, "warnings"],
      ["info", summary.severities.info ?? 0, "info"],
      ["", summary.noted, "notes with findings"],
      ["", summary.safe, "fixable with --fix"],
    ];
    if (summary.old !== null) figures.push(["", summary.old, "old, in the baseline"]);
    for (const [kind, number, what] of figures) {
      const figure = element("div", `figure ${kind}`);
      figure.append(element("b", "", number.toLocaleString("en")), element("span", "", what));
      at("figures").append(figure);
    }
    if (!summary.complete) {
      at("figures").after(element("p", "", "The run is incomplete: something could not be read or checked."));
    }
  }

  // --- findings ---

  let note = null; // the one note that was chosen in the picture
  let groups = [];
  let shownGroups = 0;

  function matching() {
    const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const rule = at("rule").value;
    const fixable = at("fixable").checked;
    return report.findings.filter((one) => {
      if (note !== null && one.path !== note) return false;
      if (rule && one.code !== rule) return false;
      if (!at(one.severity).checked) return false;
      if (fixable && !(one.fixes ?? []).some((fix) => fix.safety !== "manual")) return false;
      const text = `${one.path} ${one.code} ${one.message}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  function filter() {
    const found = matching();
    const byRule = at("group").value === "rule";
    const grouped = new Map();
    for (const one of found) {
      const key = byRule ? one.code : one.path;
      if (!grouped.has(key)) grouped.set(key, []);
      grouped.get(key).push(one);
    }
    groups = [...grouped];
    shownGroups = 0;
    at("findings").replaceChildren();
    const all = report.summary.diagnostics;
    let text = `${counted(found.length, "finding")} shown of ${all.toLocaleString("en")}`;
    if (report.findings.length < all) text += "; of each rule and note only the first are in this page";
    at("shown").textContent = note === null ? text : `${text}, in ${note} — `;
    if (note !== null) {
      const back = element("button", "", "all notes");
      back.type = "button";
      back.addEventListener("click", () => choose(null));
      at("shown").append(back);
    }
    if (all === 0) at("shown").textContent = "All good: nothing found.";
    showMore();
  }

  function showMore() {
    const byRule = at("group").value === "rule";
    for (const [key, found] of groups.slice(shownGroups, shownGroups + AT_ONCE)) {
      at("findings").append(group(key, found, byRule));
    }
    shownGroups = Math.min(groups.length, shownGroups + AT_ONCE);
    at("more").hidden = shownGroups === groups.length;
  }

  function group(key, found, byRule) {
    const made = element("details", "group");
    const rule = byRule ? rules.get(key) : undefined;
    const title = element("summary", "", rule ? `${key} ${rule.name} ` : `${key} `);
    const count = rule && rule.count > rule.listed ? `${found.length} of ${rule.count}` : `${found.length}`;
    title.append(element("span", "count", count));
    if (rule) title.append(element("span", "sentence", rule.sentence));
    made.append(title);
    const fill = () => {
      if (made.open && made.childElementCount === 1) made.append(...found.map((one) => finding(one, byRule)));
    };
    made.addEventListener("toggle", fill);
    made.open = !byRule || groups.length === 1;
    fill();
    return made;
  }

  function finding(one, byRule) {
    const made = element("div", `finding ${one.severity}`);
    const rule = rules.get(one.code);
    made.append(element("p", "message", one.message));
    const place = byRule ? `${one.path}:${one.line}:${one.column}` : `${one.line}:${one.column}`;
    made.append(element("p", "rule", `${place} · ${one.severity} · ${one.code} ${rule ? rule.name : ""}`));
    if (one.source) {
      const [before, about, behind] = one.source;
      const source = element("pre");
      source.append(element("span", "number", `${one.line}  `), before, element("mark", "", about), behind);
      made.append(source);
    }
    for (const related of one.related ?? []) made.append(element("p", "related", `see ${related}`));
    for (const fix of one.fixes ?? []) made.append(change(fix));
    return made;
  }

  function change(fix) {
    const made = element("div", "fix", `${fix.title} `);
    made.append(element("span", "safety", `(${fix.safety === "manual" ? "by hand" : `${fix.safety} fix`})`));
    if (fix.old) {
      const lines = element("pre");
      for (const line of fix.old) lines.append(element("span", "old", `- ${line}`));
      for (const line of fix.new) lines.append(element("span", "new", `+ ${line}`));
      made.append(lines);
    }
    return made;
  }

  function choose(path) {
    note = path;
    filter();
    if (path !== null) at("findings-section").scrollIntoView({ block: "nearest" });
  }

  // --- missing notes ---

  function showMissing() {
    for (const [name, count] of report.missing) {
      const item = element("li", "", `${name} `);
      item.append(element("span", "", `in ${counted(count, "note")}`));
      at("missing").append(item);
    }
    at("missing-section").hidden = report.missing.length === 0;
  }

  // --- the picture ---

  const KINDS = ["main", "island", "alone"];
  const WORDS = { error: "with errors", warning: "with warnings", main: "in the largest group", island: "in islands", orphan: "orphans" };

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  function showGraph() {
    const { paths, x, y, kinds, links } = report.graph;
    const orphans = new Set(report.graph.orphans); // no note links to them
    const state = new Map(report.notes.map(([path, severity, count]) => [path, { severity, count }]));
    const degree = new Uint32Array(paths.length);
    for (const number of links) degree[number] += 1;
    const what = paths.map((path, number) => {
      const severity = state.get(path)?.severity;
      if (severity === "error" || severity === "warning") return severity;
      if (orphans.has(number)) return "orphan";
      return KINDS[kinds[number]];
    });
    const graph = new graphology.Graph({ type: "undirected", multi: false });
    const thin = links.length > 20000 ? 0.4 : 1;
    const dot = paths.length > 5000 ? 1.1 : paths.length > 300 ? 2 : 4; // in pixels, as long as nobody zooms
    paths.forEach((path, number) => {
      graph.addNode(number, {
        x: x[number],
        y: -y[number],
        size: dot * Math.min(3, 1 + 0.25 * Math.log2(1 + degree[number])),
        label: path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/i, ""),
        zIndex: what[number] === "error" ? 2 : what[number] === "warning" ? 1 : 0,
      });
    });
    for (let at = 0; at < links.length; at += 2) graph.addEdge(links[at], links[at + 1]);

    let chosen = null; // a kind of notes
    let near = null; // the note under the pointer, and those that it hangs together with
    const colours = {};
    function readColours() {
      for (const name of [...Object.keys(WORDS), "edge", "text", "card", "line", "accent"]) colours[name] = colour(name);
    }
    readColours();
    const belongs = (number) => {
      if (chosen === null) return true;
      if (chosen === "orphan") return orphans.has(number);
      return chosen === what[number] || chosen === KINDS[kinds[number]];
    };
    const sigma = new Sigma(graph, at("graph"), {
      allowInvalidContainer: true,
      zIndex: true,
      labelDensity: 0.5,
      labelGridCellSize: 140,
      labelRenderedSizeThreshold: paths.length < 60 ? 0 : dot * 2,
      labelFont: "system-ui, sans-serif",
      labelSize: 12,
      labelColor: { color: colours.text },
      minCameraRatio: 0.002,
      maxCameraRatio: 3,
      hideEdgesOnMove: links.length > 60000,
      nodeReducer: (key, given) => {
        const number = Number(key);
        const bright = belongs(number) && (near === null || near.has(number));
        return { ...given, color: bright ? colours[what[number]] : colours.line, label: bright ? given.label : "" };
      },
      edgeReducer: (key, given) => {
        if (near === null && chosen === null) return { ...given, color: colours.edge, size: thin };
        const [one, other] = graph.extremities(key).map(Number);
        if (near !== null) {
          const close = one === near.centre || other === near.centre;
          return { ...given, hidden: !close, color: colours.accent, size: 1 };
        }
        return { ...given, hidden: !(belongs(one) || belongs(other)), color: colours.edge, size: thin };
      },
      defaultDrawNodeHover: (context, data) => {
        if (!data.label) return;
        context.font = "600 13px system-ui, sans-serif";
        const width = context.measureText(data.label).width;
        context.fillStyle = colours.card;
        context.strokeStyle = colours.accent;
        context.beginPath();
        context.rect(data.x + data.size + 3, data.y - 12, width + 10, 24);
        context.fill();
        context.stroke();
        context.fillStyle = colours.text;
        context.fillText(data.label, data.x + data.size + 8, data.y + 5);
      },
    });
    sigma.on("enterNode", ({ node }) => {
      near = new Set([Number(node), ...graph.neighbors(node).map(Number)]);
      near.centre = Number(node);
      const found = state.get(paths[node])?.count ?? 0;
      at("note").textContent = `${paths[node]}: ${counted(degree[node], "link")}, ${counted(found, "finding")}`;
      sigma.refresh({ skipIndexation: true });
    });
    sigma.on("leaveNode", () => {
      near = null;
      sigma.refresh({ skipIndexation: true });
    });
    sigma.on("clickNode", ({ node }) => choose(paths[node]));
    sigma.on("clickStage", () => note !== null && choose(null));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      readColours();
      sigma.setSetting("labelColor", { color: colours.text });
    });

    const counts = Object.fromEntries(Object.keys(WORDS).map((name) => [name, 0]));
    what.forEach((name, number) => {
      if (name === "error" || name === "warning") counts[name] += 1;
      if (orphans.has(number)) counts.orphan += 1;
      if (KINDS[kinds[number]] in counts) counts[KINDS[kinds[number]]] += 1;
    });
    const buttons = Object.keys(WORDS).map((name) => {
      const button = element("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.append(element("span", `dot ${name}`), `${counts[name].toLocaleString("en")} ${WORDS[name]}`);
      button.addEventListener("click", () => {
        chosen = chosen === name ? null : name;
        buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button && chosen !== null)));
        sigma.refresh({ skipIndexation: true });
      });
      return button;
    });
    at("legend").append(...buttons);
    return sigma;
  }

  // --- all of it ---

  showFigures();
  for (const rule of report.rules) {
    const option = element("option", "", `${rule.code} ${rule.name} (${rule.count})`);
    option.value = rule.code;
    at("rule").append(option);
  }
  for (const id of ["search", "rule", "group", "error", "warning", "info", "fixable"]) {
    at(id).addEventListener("input", filter);
  }
  at("more").addEventListener("click", showMore);
  for (const [id, value] of new URLSearchParams(location.hash.slice(1))) {
    if (["search", "rule", "group"].includes(id)) at(id).value = value; // `#rule=VL201&group=rule`
  }
  filter();
  if (report.missing) showMissing();
  if (report.graph && report.graph.paths.length > 1) {
    at("graph-section").hidden = false;
    try {
      showGraph();
    } catch (error) {
      at("graph").hidden = true;
      at("note").textContent = `The picture needs WebGL, which this browser does not give (${error.message}).`;
    }
  }
  document.documentElement.dataset.ready = "true";
})();
