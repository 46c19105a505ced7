
// What each function has recorded, by the catalog.

function describe(catalog) {
  const metrics = new Map(catalog.metrics.map((metric) => [metric.name, metric])), users = new Map();
  for (const { records } of catalog.functions) {
    for (const name of new Set(records.map((record) => record.metric))) users.set(name, (users.get(name) ?? 0) + 1);
  }
  return catalog.functions.map((found, at) => {
    const records = found.records.map(({ metric, event, fixed }) => {
      const { kind, help, labels } = metrics.get(metric), parts = Object.entries(fixed), names = labels.map((label) => label.name);
      const word = ["reason", "outcome"].find((name) => names.includes(name));
      return { metric, event, kind, help, word, fixed: parts, others: parts.length ? 0 : users.get(metric) - 1 };
    });
    const by = (event) => records.find((record) => record.event === event), failures = records.filter((record) => record.event === "failure");
    const gauge = (isAge) => records.find(({ kind, metric }) => kind === "gauge" && metric.endsWith("_seconds") === isAge), flight = gauge(false);
    const text = [found.module, found.name, found.file, ...records.map((record) => record.metric)].join(" ").toLowerCase();
    return {
      ...found, at, records, text, flight, past: [],
      oldest: gauge(true) ?? (flight && { metric: `${flight.metric}_oldest_seconds`, fixed: [] }),
      duration: by("duration"), end: by("end"), start: by("start"), ok: by("ok"),
      failure: failures.find((record) => record.word) ?? failures[0] ?? [by("duration"), by("end")].find((record) => record?.word === "outcome"),
    };
  });
}

const groupsOf = (record) =>
  groupsNamed(record?.metric).filter((group) => record.fixed.every(([name, value]) => labelOf(group, name) === value));

function gaugeNow(record, join) {
  const values = groupsOf(record).map((group) => valueNow(group.number));
  return values.length ? values.reduce(join) : undefined;
}

const reasonOf = (fn, group) => labelOf(group, fn.failure.word) ?? "failed";
const failedGroups = (fn) => groupsOf(fn.failure).filter((group) => reasonOf(fn, group) !== "ok");

// The failures by reason; undefined if the function does not record them.
function failuresBetween(fn, from, to) {
  if (!fn.failure) return undefined;
  const reasons = new Map();
  for (const group of failedGroups(fn)) {
    const reason = reasonOf(fn, group), count = difference(group.number, from, to);
    if (count > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
  return [...reasons].sort((a, b) => b[1] - a[1]);
}

function measure(fn, from, to) {
  const sum = (record) => groupsOf(record).reduce((all, group) => all + difference(group.number, from, to), 0);
  const count = (record) => record && sum(record), reasons = failuresBetween(fn, from, to);
  const failed = reasons?.reduce((sum, [, count]) => sum + count, 0), ok = count(fn.ok);
  const ended = count(fn.duration) ?? count(fn.end) ?? (ok == null ? undefined : ok + (failed ?? 0));
  return { calls: ended ?? count(fn.start) ?? failed ?? 0, ended: ended ?? count(fn.start), started: count(fn.start) ?? 0, reasons, failed };
}

// Why there are no numbers yet, if there are none.
function neverText(fn, flight) {
  const all = measure(fn, ZERO, last());
  if (all.calls + all.started + (all.failed ?? 0) + (flight > 0 ? 1 : 0) > 0) return "";
  if (fn.duration || fn.end || fn.start) return "never called yet";
  return fn.ok ? "no success yet" : fn.failure ? "no failure yet" : fn.flight ? "none in flight" : "";
}
