
// The traces that people look for: of a function's last failure, and of its slowest call. Exemplars name them.

function makeTraces(fn) {
  fn.lastFailure = traceLine("last failure", fn.name);
  fn.slowest = traceLine("slowest call in the window", fn.name);
  return [fn.lastFailure.line, fn.slowest.line];
}

// It is made once, so that the button keeps the focus.
function traceLine(what, name) {
  const id = element("span.mono"), about = element("small"), status = element("span", { role: "status" });
  const button = element("button", { "aria-label": `Copy the trace id of the ${what}, ${name}`, click: () => copy(id, status) }, "Copy");
  return { id, about, status, line: element("div.trace", { hidden: "" }, `Trace of the ${what}`, id, button, about, status) };
}

function showTraces(fn) {
  showTrace(fn.lastFailure, greatest(failedGroups(fn), "time", 0), ({ group }) => cut(reasonOf(fn, group)));
  showTrace(fn.slowest, greatest(groupsOf(fn.duration), "value", last().time - byId("window").value), ({ value }) => duration(value));
}

// The exemplar with the greatest time or value, of those since a time.
function greatest(groups, key, begin) {
  const seen = groups.flatMap((group) => [group, ...group.buckets].flatMap(({ number }) => exemplarsSeen.get(number) ?? []).map((exemplar) => ({ ...exemplar, group })));
  return seen.filter(({ time }) => time > begin).sort((a, b) => b[key] - a[key])[0];
}

function showTrace({ id, about, status, line }, exemplar, tell) {
  line.hidden = !exemplar;
  if (!exemplar) return;
  if (id.textContent !== exemplar.id) write(status, "");
  write(id, exemplar.id);
  write(about, `${tell(exemplar)} · ${moment(exemplar.time)}`);
}

// Copies a text, and selects it: where the browser does not let the page copy, a person still can.
async function copy(node, status) {
  write(status, "");
  getSelection().selectAllChildren(node);
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(node.textContent);
  } catch {
    isCopied = document.execCommand("copy");
  }
  write(status, isCopied ? "Copied" : "Selected, to copy with the keyboard");
}
