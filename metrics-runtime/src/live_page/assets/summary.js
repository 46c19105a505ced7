
// The numbers at the top.

function updateTiles(from) {
  const to = last(), seconds = to.time - from.time;
  const total = (name, from) => groupsNamed(name).reduce((all, group) => all + difference(group.number, from, to), 0);
  const gauge = (name, show) => groupsNamed(`process_${name}`).map((group) => show(valueNow(group.number)))[0];
  const spans = functions.map((fn) => measure(fn, from, to));
  const [calls, failed] = spans.reduce(([calls, failed], span) => [calls + span.calls, failed + (span.failed ?? 0)], [0, 0]);
  const waiting = groupsNamed("queue_depth").map((group) => valueNow(group.number)), lost = total("metrics_values_refused_total", ZERO);
  const known = waiting.filter((depth) => depth >= 0), unknown = waiting.length - known.length;
  const whenKnown = (text) => (seconds > 0 ? text : "…");
  const tiles = [
    ["Calls", whenKnown(rate(calls / seconds)), whenKnown(`over ${duration(Math.round(seconds))}`)],
    ["Failed", whenKnown(amount(failed)), calls > 0 ? `${share(failed / Math.max(calls, failed))} of the calls` : "", failed > 0 && "bad"],
    ["In flight", amount(functions.reduce((all, fn) => all + (fn.values["In flight"] || 0), 0))],
    ["Queued", waiting.length ? amount(known.reduce((a, b) => a + b, 0)) : undefined, unknown && `${unknown} unknown`, unknown && "warn"],
    ["CPU", gauge("cpu_seconds_total", () => whenKnown(share(total("process_cpu_seconds_total", from) / seconds))), "of one core"],
    ["Memory", gauge("resident_memory_bytes", bytes)],
    ["Open files", gauge("open_fds", amount), gauge("max_fds", (most) => `of ${amount(most)}`)],
    ["Running for", gauge("start_time_seconds", (start) => duration(Math.max(0, Math.round(to.time - start))))],
    ["Refused values", lost > 0 ? amount(lost) : undefined, "the log says why", "warn"],
  ].filter((tile) => tile[1] != null);
  byId("tiles").replaceChildren(...tiles.map(([name, value, note, mood]) =>
    element("div", element("dt", name), element("dd", { class: mood || "" }, value, element("small", note || "\u00a0")))));
}

// What the program is, from the catalog and the page.
function showProgram(catalog) {
  write(byId("program"), catalog.program);
  document.title = `${catalog.program} · live metrics`;
  const builds = [...exposed.keys()].filter((name) => name.endsWith("build_info")).flatMap(groupsNamed);
  write(byId("about"), cut([location.host, ...[{ labels: globals }, ...builds].filter(({ labels }) => labels.length).map(labelText)].join(" · ")));
}
