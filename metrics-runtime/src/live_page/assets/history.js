
// The last minutes of all values.

const KEPT = 900;
// So many values, whatever the number of series is: 64 MB.
const ROOM = 8e6;

let snapshots = [];
// By the number of the series: of the exemplars that were seen, the last one, and before it those that can still be the greatest of a window.
const exemplarsSeen = new Map();
// Before everything: the differences to it are the values since the program started.
const ZERO = { time: 0, values: [] };
const last = () => snapshots.at(-1);

// How much a counter has grown. A series that was not there was zero.
function difference(number, from, to) {
  const before = from.values[number], now = to.values[number];
  return now >= 0 ? now - (before >= 0 ? before : 0) : 0;
}

// The value of a gauge.
const valueNow = (number) => last()?.values[number] ?? NaN;

// Whether a counter has fallen, or the start of the process is another one: the program has started again.
function hasRestarted(values) {
  const start = groupsNamed("process_start_time_seconds")[0]?.number;
  return last()?.values.some((before, number) => (rising[number] ? values[number] < before : number === start && values[number] > before + 1));
}

function forgetHistory() {
  snapshots = [];
  exemplarsSeen.clear();
}

function remember(time, { values, exemplars }) {
  const most = Math.max(2, Math.floor(ROOM / values.length));
  snapshots = snapshots.filter((snapshot) => snapshot.time > time - KEPT - 10 && snapshot.time < time).slice(1 - most);
  snapshots.push({ time, values });
  for (const [number, exemplar] of exemplars) {
    const greater = (exemplarsSeen.get(number) ?? []).filter((seen) => seen.value > exemplar.value && seen.time > time - KEPT);
    exemplarsSeen.set(number, [...greater, exemplar]);
  }
}

// The snapshot from which a window of so many seconds counts, as far back as there are any.
function since(seconds) {
  const begin = last().time - seconds;
  return snapshots.findLast((snapshot) => snapshot.time <= begin + 0.5) ?? snapshots[0];
}
