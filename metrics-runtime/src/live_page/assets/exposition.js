
// Reads OpenMetrics. Each series gets a number, by which its values are found.

// By name: kind, help, and its series in groups, one for each label set.
let exposed = new Map();
// The number of each series, by its text.
let numbers = new Map();
// Which series never fall: counters and what histograms consist of.
let rising = [];
// Labels that every series has, which say nothing here.
let globals = [];

function forget(globalLabels) {
  [exposed, numbers, rising, globals] = [new Map(), new Map(), [], globalLabels];
}

const unescaped = (text) => text.replace(/\\(.)/g, (_, character) => (character === "n" ? "\n" : character));
const toNumber = (text) => ({ "+Inf": Infinity, "-Inf": -Infinity })[text] ?? Number(text);

function metricNamed(name) {
  if (!exposed.has(name)) exposed.set(name, { name, kind: "untyped", help: "", groups: new Map() });
  return exposed.get(name);
}

// An exemplar of ours, at the end of its line. No label can end like this: the value of one has no quote without a backslash.
const EXEMPLAR = /\x20# \{trace_id=\x22([\da-f]{32})\x22,span_id=\x22[\da-f]{16}\x22\}\x20(\S+)\x20(\S+)$/;

// The values of a page, and its exemplars, by the number of the series.
function read(text) {
  const values = new Float64Array(numbers.size + (text.match(/\n/g)?.length ?? 0) + 1).fill(NaN), exemplars = new Map();
  let metric, help = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("# ")) {
      const [, word, name] = line.split(" ", 3), rest = line.slice(word.length + name?.length + 4);
      if (word === "HELP") help = unescaped(rest);
      if (word !== "TYPE") continue;
      metric = Object.assign(metricNamed(rest === "counter" ? `${name}_total` : name), { kind: rest, help });
      help = "";
    } else if (line) {
      const found = line.match(EXEMPLAR), series = line.slice(0, found?.index), end = series.lastIndexOf(" "), key = series.slice(0, end);
      let number = numbers.get(key);
      if (number == null) {
        number = numbers.size;
        numbers.set(key, number);
        addSeries(metric, key, number);
      }
      values[number] = toNumber(series.slice(end + 1));
      if (found) exemplars.set(number, { id: found[1], value: toNumber(found[2]), time: toNumber(found[3]) });
    }
  }
  return { values: values.slice(0, numbers.size), exemplars };
}

function addSeries(metric, key, number) {
  const begin = key.indexOf("{"), name = begin < 0 ? key : key.slice(0, begin);
  const all = begin < 0 ? [] : Array.from(key.slice(begin).matchAll(/([^{,=]+)=\x22((?:[^\x22\\]|\\.)*)\x22/g), (found) => [found[1], unescaped(found[2])]);
  if (!metric || !name.startsWith(metric.name)) metric = metricNamed(name);
  const isHistogram = metric.kind === "histogram", isOwn = ([name, value]) => !globals.some(([other, text]) => other === name && text === value);
  const labels = all.filter((label) => isOwn(label) && !(isHistogram && label[0] === "le")), id = JSON.stringify(labels);
  if (!metric.groups.has(id)) metric.groups.set(id, { labels, buckets: [] });
  const group = metric.groups.get(id);
  rising[number] = isHistogram || metric.kind === "counter";
  const suffix = isHistogram ? name.slice(metric.name.length) : "";
  if (suffix === "_bucket") {
    const le = toNumber(all.find((label) => label[0] === "le")?.[1] ?? "NaN");
    group.buckets.push({ le, number });
    // A histogram of negative values has no count.
    if (le === Infinity) group.number = number;
  } else if (suffix === "_sum") group.sum = number;
  else group.number = number;
}

const groupsNamed = (name) => [...(exposed.get(name)?.groups.values() ?? [])];
const labelOf = (group, name) => group.labels.find((label) => label[0] === name)?.[1];
const labelText = (group) => group.labels.map(([name, value]) => `${name}=${value}`).join("  ") || "all";
