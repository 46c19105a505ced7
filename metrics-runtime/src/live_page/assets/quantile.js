
// The same as `histogram_quantile` of Prometheus: linear within a bucket. A bucket has the number of all that are at most `le`.
function quantile(part, buckets) {
  const total = buckets.at(-1)?.count ?? 0;
  if (!(total > 0) || buckets.length < 2) return undefined;
  const rank = part * total, at = buckets.findIndex((bucket) => bucket.count >= rank);
  if (at === buckets.length - 1) return { value: buckets[at - 1].le, isMore: true };
  const { le, count } = buckets[at], { le: lower, count: below } = buckets[at - 1] ?? { le: 0, count: 0 };
  return { value: le <= 0 && at === 0 ? le : lower + (le - lower) * ((rank - below) / (count - below)), isMore: false };
}

// The buckets of several groups together, each with what came between two snapshots.
function bucketsBetween(groups, from, to) {
  const counts = new Map();
  for (const group of groups) {
    for (const { le, number } of group.buckets) counts.set(le, (counts.get(le) ?? 0) + difference(number, from, to));
  }
  return Array.from(counts, ([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}

const quantileText = (found, unit = duration) => (found ? (found.isMore ? "> " : "") + unit(found.value) : "–");
