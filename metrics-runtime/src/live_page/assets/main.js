
// Asks for the page again and again, and says how that goes.

const EVERY = 3000;
const PATIENCE = 15000;

let catalog, timer, isPaused, isAsking;
// When the server last answered, and since when it does not.
let answeredAt, lostAt;

const now = () => Date.now() / 1000;

async function get(path, headers) {
  const response = await fetch(path, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response;
}

// OpenMetrics has exemplars.
const getPage = async () => read(await (await get("metrics", { accept: "application/openmetrics-text" })).text());

async function start() {
  catalog = await (await get("catalog.json")).json();
  forget(Object.entries(catalog.global_labels));
  forgetHistory();
  queuePast.clear();
  makeFunctionTable(catalog);
}

async function poll() {
  if (isAsking) return;
  isAsking = true;
  const wasLost = lostAt;
  try {
    if (!catalog) await start();
    let page = await getPage();
    let notice = wasLost && `The server answers again, after no answer since ${clock(wasLost)}.`;
    if (hasRestarted(page.values)) {
      // It may be another version, with other functions.
      await start();
      page = await getPage();
      notice = `The program has started again before ${clock(now())}. The history begins anew.`;
    }
    remember(now(), page);
    [answeredAt, lostAt] = [now(), undefined];
    if (notice) say(notice, "");
  } catch (error) {
    lostAt ??= now();
    const why = error.name === "TimeoutError" ? "it takes too long" : error instanceof TypeError ? "it cannot be reached" : error.message;
    const old = answeredAt ? ` The values below are of ${clock(answeredAt)}.` : "";
    say(`No answer since ${clock(lostAt)}: ${why}.${old} The page goes on asking.`, "lost");
  }
  isAsking = false;
  showState();
  schedule();
  if (lostAt) return;
  showProgram(catalog);
  update();
}

function schedule() {
  clearTimeout(timer);
  if (!isPaused && !document.hidden) timer = setTimeout(poll, EVERY);
}

// The sentence is read aloud, so it changes only when something has happened.
function say(text, state) {
  mark(byId("notice"), "data-state", state);
  write(byId("notice"), text);
}

function showState() {
  const state = lostAt ? "lost" : isPaused ? "paused" : "live";
  mark(byId("pill"), "data-state", state);
  write(byId("pill"), { lost: "No answer", paused: "Paused", live: "Live" }[state]);
  write(byId("updated"), answeredAt ? `updated ${clock(answeredAt)}` : "");
  document.body.classList.toggle("old", Boolean(lostAt && answeredAt));
}

function update() {
  const from = since(byId("window").value);
  for (const fn of functions) updateFunction(fn, from);
  showOrder();
  updateQueues();
  updateOthers(from);
  updateTiles(from);
}

byId("search").addEventListener("input", showOrder);
byId("show").addEventListener("change", showOrder);
byId("window").addEventListener("change", () => last() && update());
byId("others-section").firstElementChild.addEventListener("toggle", () => last() && update());
byId("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  mark(byId("pause"), "aria-pressed", isPaused);
  showState();
  isPaused ? schedule() : poll();
});
document.addEventListener("visibilitychange", () => (document.hidden || isPaused ? schedule() : poll()));
poll();
