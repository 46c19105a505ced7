
// The table of functions. Its elements are made once, so that the focus stays where it is.

const COLUMNS = ["Function", "Calls", "Failures", "P50", "P95", "P99", "In flight"];

let functions = [];
let order = { name: "", sign: 1 };

function makeFunctionTable(catalog) {
  const open = functions.filter((fn) => fn.isOpen).map((fn) => fn.text);
  functions = describe(catalog);
  const table = byId("functions");
  for (const fn of functions) makeRow(fn);
  table.replaceChildren(head(COLUMNS, sortBy), ...functions.map((fn) => fn.body));
  functions.filter((fn) => open.includes(fn.text)).forEach(toggle);
  showOrder();
}

function makeRow(fn) {
  fn.button = element("button.name", { "aria-expanded": "false", click: () => toggle(fn) }, fn.name);
  const name = element("th", { scope: "row" }, fn.button, element("div.where", `${fn.module} · ${fn.file}:${fn.line}`));
  fn.cells = new Map(COLUMNS.slice(1).map((column) => [column, element("td", { "data-label": column }, element("span"))]));
  fn.cells.get("Calls").append((fn.lines = sparkline()));
  fn.cells.get("Failures").append((fn.chips = element("div.chips")));
  fn.cells.get("In flight").append((fn.oldestText = element("span.sub")));
  fn.row = element("tr", name, ...fn.cells.values());
  fn.details = element("td", { colspan: COLUMNS.length }, ...makeTraces(fn), (fn.tables = element("div")));
  fn.detailsRow = element("tr.details", { hidden: "" }, fn.details);
  fn.body = element("tbody", fn.row, fn.detailsRow);
  fn.values = { Function: `${fn.name} ${fn.module}` };
}

function toggle(fn) {
  fn.isOpen = fn.detailsRow.hidden;
  fn.detailsRow.hidden = !fn.isOpen;
  mark(fn.button, "aria-expanded", String(fn.isOpen));
  if (last()) showDetails(fn);
}

function sortBy(name) {
  const first = name === "Function" ? 1 : -1;
  order = { name, sign: order.name === name ? -order.sign : first };
  showOrder();
}

function showOrder() {
  const table = byId("functions");
  table.querySelectorAll("thead th").forEach((cell, at) => {
    mark(cell, "aria-sort", COLUMNS[at] !== order.name ? "none" : order.sign > 0 ? "ascending" : "descending");
  });
  const value = (fn) => fn.values[order.name] ?? -1;
  const compare = (a, b) => (value(a) < value(b) ? -order.sign : value(a) > value(b) ? order.sign : a.at - b.at);
  const sorted = [...functions].sort(compare);
  if (sorted.some((fn, at) => table.tBodies[at] !== fn.body)) {
    const focused = document.activeElement;
    table.append(...sorted.map((fn) => fn.body));
    if (table.contains(focused)) focused.focus({ preventScroll: true });
  }
  const words = byId("search").value.toLowerCase().split(/\s+/), wanted = byId("show").value;
  const isWanted = ({ values, never }) =>
    ({ failing: values.Failures > 0, flight: values["In flight"] > 0, never })[wanted] ?? wanted === "all";
  const shown = functions.filter((fn) => {
    fn.body.hidden = !(isWanted(fn) && words.every((word) => fn.text.includes(word)));
    return !fn.body.hidden;
  });
  const called = functions.filter((fn) => fn.never === "").length, all = functions.length;
  write(byId("functions-count"), `${called} of ${all} called` + (shown.length < all ? `, ${shown.length} shown` : ""));
  byId("functions-empty").hidden = shown.length > 0;
}

// After each page: what the function has done in the window.
function updateFunction(fn, from) {
  const to = last(), previous = snapshots.at(-2), seconds = to.time - from.time, { values } = fn;
  const { calls, ended, failed, reasons } = measure(fn, from, to), text = (column, text) => write(fn.cells.get(column).firstChild, text);
  const flight = gaugeNow(fn.flight, (a, b) => a + b), oldest = gaugeNow(fn.oldest, (a, b) => Math.max(a, b));
  if (previous && fn.past.at(-1)?.time !== to.time) {
    const recent = measure(fn, previous, to), passed = to.time - previous.time;
    fn.past.push({ time: to.time, values: [recent.calls / passed, (recent.failed ?? 0) / passed] });
    fn.past = fn.past.filter((point) => point.time > to.time - KEPT);
  }
  fn.never = neverText(fn, flight);
  mark(fn.row, "class", fn.never ? "never" : "");
  drawLines(fn.lines, fn.never ? [] : fn.past, `calls of ${fn.name}`);
  const whenKnown = (make) => (seconds > 0 ? make() : "…");
  values.Calls = calls / seconds;
  text("Calls", fn.never || whenKnown(() => rate(values.Calls)));
  values.Failures = failed > 0 ? failed / Math.max(ended ?? 0, failed) : failed;
  text("Failures", failed == null || fn.never ? "–" : whenKnown(() => share(values.Failures)));
  mark(fn.cells.get("Failures").firstChild, "class", failed > 0 ? "bad" : "");
  const chips = (reasons ?? []).map(([reason, count]) => `${cut(reason)} ${amount(count)}`);
  if (chips.join() !== Array.from(fn.chips.children, (chip) => chip.textContent).join()) {
    fn.chips.replaceChildren(...chips.map((chip) => element("span.chip", chip)));
  }
  const buckets = bucketsBetween(groupsOf(fn.duration), from, to);
  for (const [column, part] of Object.entries(QUANTILES)) {
    const found = quantile(part, buckets);
    values[column] = found?.value;
    text(column, quantileText(found));
  }
  values["In flight"] = flight;
  text("In flight", flight == null ? "–" : amount(flight));
  write(fn.oldestText, oldest > 0 ? `oldest ${duration(oldest)}` : "");
  if (fn.isOpen) showDetails(fn);
}

function showDetails(fn) {
  const from = since(byId("window").value), records = new Map(fn.records.map((record) => [record.metric, record]));
  showTraces(fn);
  fn.tables.replaceChildren(...Array.from(records.values(), (record) => metricTable(record, groupsOf(record), from, last())));
}
