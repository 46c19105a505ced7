
// The table of queues.

const QUEUE_COLUMNS = [
  ["Waiting", "depth"], ["Oldest", "oldest_job_age_seconds"],
  ["In work", "processing_depth"], ["Oldest in work", "processing_oldest_job_age_seconds"],
  ["Dead letters", "dead_letter_depth"], ["Oldest dead letter", "dead_letter_oldest_job_age_seconds"],
  ["Sampled", "sample_age_seconds"], ["Failed samples", "sample_failures_total"],
].map(([label, name]) => [label, `queue_${name}`]);

const queuePast = new Map();

function updateQueues() {
  const columns = QUEUE_COLUMNS.filter(([, name]) => groupsNamed(name).length), queues = new Map();
  for (const [, name] of columns) {
    for (const group of groupsNamed(name)) {
      const queue = labelOf(group, "queue") ?? labelText(group), values = queues.get(queue) ?? new Map();
      queues.set(queue, values.set(name, valueNow(group.number)));
    }
  }
  byId("queues-section").hidden = !queues.size;
  const now = last().time;
  const rows = Array.from(queues, ([queue, values]) => {
    const past = (queuePast.get(queue) ?? []).filter(({ time }) => time > now - KEPT && time < now), depth = values.get("queue_depth");
    if (depth >= 0) past.push({ time: now, values: [depth, 0] });
    queuePast.set(queue, past);
    const made = row(queue, ...columns.map(([, name]) => queueCell(name, values.get(name), past, queue)));
    columns.forEach(([label], at) => mark(made.children[at + 1], "data-label", label));
    return made;
  });
  byId("queues").replaceChildren(head(["Queue", ...columns.map(([label]) => label)]), element("tbody", ...rows));
}

function queueCell(name, value, past, queue) {
  if (value == null) return "–";
  if (Number.isNaN(value)) return element("span.warn", "unknown");
  const text = inUnit(name, value);
  if (name === "queue_sample_age_seconds") return `${text} ago`;
  if (name !== "queue_depth") return text;
  const lines = sparkline();
  drawLines(lines, past, `depth of ${queue}`);
  return element("span", text, lines);
}
