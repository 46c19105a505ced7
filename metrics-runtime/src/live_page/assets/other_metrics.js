
// The metrics that belong to no function and no queue: declared ones, and those of other crates.

const isProcess = (name) => name.startsWith("process_") || name.endsWith("build_info");

function updateOthers(from) {
  const known = new Set([...QUEUE_COLUMNS.map(([, name]) => name), ...functions.flatMap((fn) => fn.records.map((record) => record.metric))]);
  const others = [...exposed.values()].filter(({ name, groups }) => !known.has(name) && !isProcess(name) && groups.size);
  byId("others-section").hidden = !others.length;
  write(byId("others-count"), `${others.length}, declared by hand or of other crates`);
  const table = ({ name, kind, help, groups }) => metricTable({ metric: name, kind, help }, [...groups.values()], from, last());
  if (byId("others-section").firstElementChild.open) byId("others").replaceChildren(...others.map(table));
}
