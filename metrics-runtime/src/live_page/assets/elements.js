
// Makes and changes elements. Texts of the program only ever become text.

const byId = (id) => document.getElementById(id);

// A kind is a name, perhaps with a class: `span.mono`. An object has attributes and listeners; all else is content.
function element(kind, ...parts) {
  const [name, look] = kind.split("."), isDrawing = /^(svg|path)$/.test(name);
  const node = document.createElementNS(`http://www.w3.org/${isDrawing ? "2000/svg" : "1999/xhtml"}`, name);
  if (look) mark(node, "class", look);
  for (const part of parts) {
    if (part?.constructor !== Object) node.append(part);
    else for (const [key, value] of Object.entries(part)) value.call ? node.addEventListener(key, value) : mark(node, key, value);
  }
  return node;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function mark(node, attribute, value) {
  if (node.getAttribute(attribute) !== String(value)) node.setAttribute(attribute, value);
}

const cut = (text) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

const sparkline = () =>
  element("svg", { viewBox: "0 0 110 26", preserveAspectRatio: "none", role: "img" }, element("path"), element("path.bad"));

// Draws lines through points of the last minutes: at each time the values of both lines.
function drawLines(svg, points, name) {
  const now = last().time, span = Math.max(20, now - points[0]?.time || 0), top = Math.max(...points.map((point) => point.values[0]), 1e-9);
  [...svg.children].forEach((path, line) => {
    const spot = ({ time, values }) => `${(110 - (110 * (now - time)) / span).toFixed(1)} ${(25 - (24 * Math.min(values[line], top)) / top).toFixed(1)}`;
    const isShown = points.length > 1 && points.some((point) => !line || point.values[line] > 0);
    mark(path, "d", isShown ? `M${points.map(spot).join("L")}` : "");
  });
  mark(svg, "aria-label", `${name} in the last minutes`);
}

// A table's head; with `sort` the headings are buttons.
function head(names, sort) {
  const cell = (name) => element("th", { scope: "col" }, sort ? element("button", { click: () => sort(name) }, name) : name);
  return element("thead", element("tr", ...names.map(cell)));
}

const row = (label, ...cells) =>
  element("tr", element("th.mono", { scope: "row" }, cut(label)), ...cells.map((cell) => element("td", cell)));
