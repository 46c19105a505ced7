//! The program whose page is opened: this process, or another one with its own settings.

use std::cell::Cell;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::OnceLock;

use metrics_runtime::{Handle, Label, TraceContext, counted, counted_failure, declare_metrics, in_flight, timed};
use system_tests::{Process, Response};

#[derive(Clone, Copy, Debug, Label)]
pub(crate) enum Sauce {
    Plain,
    #[label(rename = "<img src=x onerror=\"document.title='owned'\">")]
    Image,
    #[label(rename = "</script><script>document.title='owned'</script>\\ \"")]
    Script,
}

/// Stirs <b>a pot</b> </script><script>document.title = 'owned'</script>
#[timed(histogram = "live_stir_seconds", labels(sauce), buckets(1, 2, 4))]
#[counted_failure(counter = "live_stir_failures_total")]
#[in_flight(gauge = "live_stirs_in_flight")]
pub(crate) fn stir(sauce: Sauce, is_burnt: bool) -> Result<(), String> {
    let _ = sauce;
    if is_burnt { Err("burnt".to_owned()) } else { Ok(()) }
}

/// Serves a guest.
#[counted(counter = "live_served_total")]
pub(crate) fn serve_guest() {}

/// Is only there to be seen.
#[timed(histogram = "live_never_seconds", buckets(1))]
#[allow(dead_code, reason = "the catalog has it all the same")]
fn never_called() {}

#[derive(Clone, Copy, Debug, Label)]
pub(crate) enum Topping {
    Plain,
    #[label(
        rename = " # {trace_id=\"ffffffffffffffffffffffffffffffff\",span_id=\"ffffffffffffffff\"} 9999 9999999999 # {"
    )]
    LikeAnExemplar,
}

/// Bakes bread, by these steps.
#[timed(histogram = "live_bake_seconds", labels(topping), buckets(1))]
#[counted_failure(counter = "live_bake_failures_total", labels(topping))]
pub(crate) fn bake(topping: Topping, steps: &dyn Fn() -> Result<(), String>) -> Result<(), String> {
    steps()
}

/// Fries an egg.
#[timed(histogram = "live_fry_seconds", labels(outcome), buckets(1))]
pub(crate) fn fry(is_burnt: bool) -> Result<(), String> {
    if is_burnt { Err("burnt".to_owned()) } else { Ok(()) }
}

thread_local! {
    static TRACE: Cell<Option<TraceContext>> = const { Cell::new(None) };
}

/// Runs something in a trace, with a span whose id is no other one's.
pub(crate) fn in_trace<R>(trace_id: u128, run: impl FnOnce() -> R) -> R {
    let span_id = u64::try_from(trace_id).expect("the ids of tests are small");
    let outer = TRACE.replace(TraceContext::new(trace_id, span_id, true));
    let result = run();
    TRACE.set(outer);
    result
}

declare_metrics! {
    /// How hot it is.
    gauge HEAT = "live_heat_bytes";
    /// How long the stove was on.
    counter STOVE = "live_stove_seconds_total";
    /// The gas that was burnt.
    counter GAS = "live_gas_liters_total", fractional;
}

/// Serves in this process. A program has one recorder, so the tests share it.
pub(crate) fn serve() -> SocketAddr {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    let handle = HANDLE.get_or_init(|| {
        let builder = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).global_label("service", "<i>kitchen</i>");
        let handle = builder
            .buckets("live_never_seconds", [0.5])
            .exemplars(|| TRACE.get())
            .init()
            .expect("the settings are valid");
        HEAT.set(2048.0);
        STOVE.increment(0.25);
        GAS.increment(12.5);
        metrics::counter!("live_foreign_total", "constructor" => "<svg onload=alert(1)>\n\"\\").increment(3);
        handle
    });
    handle.local_addr().expect("it listens")
}

pub(crate) fn get(path: &str) -> Response {
    Response::get(&format!("http://{}{path}", serve())).expect("the endpoint answers")
}

/// How many guests another process serves at its start; it is that process if this is set.
const GUESTS: &str = "LIVE_PAGE_GUESTS";

/// The trace in which a call of another process has failed at its start, if it has.
pub(crate) const FAILED_TRACE: &str = "LIVE_PAGE_FAILED_TRACE";

/// Another process with its settings.
pub(crate) struct Other {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Other {
    pub(crate) fn start(guests: u32, settings: &[(&str, &str)]) -> Self {
        let program = std::env::current_exe().expect("a test knows its program");
        let mut command = Command::new(program);
        command.args(["--exact", "live_page::program::another_process", "--nocapture"]);
        command.env(GUESTS, guests.to_string()).envs(settings.iter().copied());
        let mut process = Process::start(&mut command);
        let line = process.wait_for_line("it listens at ");
        let address = line.rsplit(' ').next().and_then(|address| address.parse().ok());
        Self { process, address: address.expect("it prints an address") }
    }

    /// By an address of this machine, also if it listens on all.
    pub(crate) fn get(&self, path: &str, host: &str) -> Response {
        let url = format!("http://127.0.0.1:{}{path}", self.address.port());
        Response::get_with_headers(&url, &[("host", host)]).expect("the endpoint answers").0
    }
}

/// The other process runs this as its only test.
#[test]
fn another_process() {
    let Some(guests) = std::env::var(GUESTS).ok().and_then(|guests| guests.parse::<u32>().ok()) else { return };
    let handle = metrics_runtime::builder().exemplars(|| TRACE.get()).init().expect("the settings are valid");
    if let Ok(trace) = std::env::var(FAILED_TRACE) {
        let trace = u128::from_str_radix(&trace, 16).expect("it is an id");
        in_trace(trace, || fry(true)).expect_err("it is burnt");
    }
    for _ in 0..guests {
        serve_guest();
    }
    println!("it listens at {}", handle.local_addr().expect("it listens"));
    loop {
        std::thread::park();
    }
}
