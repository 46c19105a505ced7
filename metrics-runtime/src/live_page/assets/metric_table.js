
// The table of one metric: a row for each label set.

const QUANTILES = { P50: 0.5, P95: 0.95, P99: 0.99 };
const SHOWN_GROUPS = 40;

function metricTable({ metric, kind, help, others }, groups, from, to) {
  const isTimed = kind === "histogram", isRising = isTimed || kind === "counter";
  const unit = isTimed && !metric.endsWith("_seconds") ? (value) => inUnit(metric, value) : duration;
  const counts = groups.map((group) => [group, isRising ? difference(group.number, from, to) : 0]).sort((a, b) => b[1] - a[1]);
  const rows = counts.slice(0, SHOWN_GROUPS).map(([group, count]) => {
    const now = valueNow(group.number);
    if (!isRising) return row(labelText(group), inUnit(metric, now));
    if (!isTimed) return row(labelText(group), inUnit(metric, count), inUnit(metric, now));
    const buckets = bucketsBetween([group], from, to), parts = Object.values(QUANTILES).map((part) => quantileText(quantile(part, buckets), unit));
    return row(labelText(group), amount(count), ...parts, amount(now), now > 0 ? unit(valueNow(group.sum) / now) : "–");
  });
  const names = isTimed ? Object.keys(QUANTILES) : [], ends = isTimed ? ["Mean since the start"] : [];
  const columns = isRising ? ["In the window", ...names, "Since the start", ...ends] : ["Now"];
  const shared = others > 0 ? ` · also of ${amount(others)} other functions` : "";
  const more = groups.length > SHOWN_GROUPS ? ` · the first ${SHOWN_GROUPS} of ${amount(groups.length)}` : "";
  const caption = element("caption", element("span.mono", metric), element("span.muted", ` ${kind}${shared}${more}`), element("span.sub", cut(help)));
  return element("table", caption, head(["Labels", ...columns]), element("tbody", ...rows));
}
