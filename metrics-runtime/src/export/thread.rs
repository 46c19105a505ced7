//! The thread of a road. It sends at an interval and when it is asked to, and logs when an outage begins and ends.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::road::{Road, RoadError};
use crate::definition::ExportRoad;
use crate::page::Page;
use crate::util::catch_panic;

/// How much longer a caller waits than the export may take, so that the log has the reason of a failure.
const GRACE: Duration = Duration::from_millis(500);

/// The longest pause that a receiver can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The largest number of kinds of failures that are logged in one outage.
const LOGGED_KINDS: usize = 16;

/// A request to the thread, and where it reports whether it succeeded.
struct Request {
    /// Whether the program ends.
    is_last: bool,
    deadline: Instant,
    done: SyncSender<bool>,
}

/// The running thread of a road.
#[derive(Debug)]
pub(crate) struct RoadThread {
    name: ExportRoad,
    /// A child that is forked has no thread.
    process: u32,
    requests: Mutex<Requests>,
}

/// Leads to the thread. `None` after the last request.
type Requests = Option<SyncSender<Request>>;

/// The answer to a request, which comes from the thread.
#[derive(Debug)]
pub(crate) struct Answer {
    name: ExportRoad,
    deadline: Instant,
    done: Receiver<bool>,
}

impl Answer {
    /// Waits until it has come, at most until the deadline. Tells whether the values have arrived.
    pub(crate) fn wait(self) -> bool {
        let left = (self.deadline + GRACE).saturating_duration_since(Instant::now());
        self.done.recv_timeout(left).unwrap_or_else(|_| {
            self.name.record_failure();
            tracing::warn!(road = self.name.as_str(), "metrics were not exported in time: the receiver is slow");
            false
        })
    }
}

impl RoadThread {
    /// Starts the thread.
    pub(crate) fn start(road: Box<dyn Road>, page: Page) -> io::Result<Self> {
        let name = road.name();
        // A request that finds another one waiting is left out, so this is all that can wait.
        let (requests, received) = sync_channel(8);
        std::thread::Builder::new().name(format!("metrics {}", name.as_str())).spawn(move || {
            run(road, &page, &received);
        })?;
        Ok(Self { name, process: std::process::id(), requests: Mutex::new(Some(requests)) })
    }

    /// From now on the page shows how the road is doing.
    pub(crate) fn begin(&self) {
        self.name.begin();
    }

    /// Asks the thread to send now. `None` if there is no thread.
    pub(crate) fn flush(&self, deadline: Instant) -> Option<Answer> {
        self.ask(|requests| requests.clone(), false, deadline)
    }

    /// Asks the thread for what it does when the program ends. It goes on, in case the program does.
    pub(crate) fn send_last(&self, deadline: Instant) -> Option<Answer> {
        self.ask(|requests| requests.clone(), true, deadline)
    }

    /// Asks the thread for what it does when the program ends, and to end then.
    pub(crate) fn finish(&self, deadline: Instant) -> Option<Answer> {
        self.ask(Option::take, true, deadline)
    }

    fn ask(&self, get: impl FnOnce(&mut Requests) -> Requests, is_last: bool, deadline: Instant) -> Option<Answer> {
        // First of all: in the child of a fork, the lock may be that of a thread that is not there.
        if self.process != std::process::id() {
            return None;
        }
        let requests = get(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))?;
        let (done, answer) = sync_channel(1);
        // If it is full, the receiver is slow and the answer would not come in time: then it disconnects here.
        let _ = requests.try_send(Request { is_last, deadline, done });
        Some(Answer { name: self.name, deadline, done: answer })
    }
}

fn run(mut road: Box<dyn Road>, page: &Page, requests: &Receiver<Request>) {
    let mut outage = Outage { name: road.name(), failures: 0, logged_kinds: Vec::new() };
    // The first export is one interval after the start: a program that ends before has its last one.
    let mut next = Instant::now() + road.interval();
    loop {
        match requests.recv_timeout(next.saturating_duration_since(Instant::now())) {
            // The caller has given up, and has counted the failure.
            Ok(Request { deadline, .. }) if deadline < Instant::now() => {}
            Ok(Request { is_last, deadline, done }) => {
                let export = || if is_last { road.finish(page, deadline) } else { road.send(page, deadline) };
                let result = catch_panic(export);
                let has_arrived = outage.record(result).is_ok();
                // The caller may have given up.
                let _ = done.send(has_arrived);
            }
            Err(RecvTimeoutError::Timeout) => {
                let result = catch_panic(|| road.send(page, Instant::now() + road.limit()));
                let wait = match outage.record(result) {
                    Ok(()) => road.interval(),
                    Err(retry_after) => road.interval().max(retry_after.unwrap_or_default().min(LONGEST_PAUSE)),
                };
                next = Instant::now() + wait;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The failures since the last success.
struct Outage {
    name: ExportRoad,
    failures: u64,
    logged_kinds: Vec<String>,
}

impl Outage {
    /// Counts and logs. Gives the time that the receiver asks to wait, if the export has failed.
    fn record(&mut self, result: Option<Result<(), RoadError>>) -> Result<(), Option<Duration>> {
        let road = self.name.as_str();
        let error = match result.unwrap_or_else(|| Err(RoadError::new("panic", "it has panicked"))) {
            Ok(()) => {
                self.name.record_success();
                if self.failures > 0 {
                    tracing::warn!(road, failures = self.failures, "metrics are exported again");
                }
                self.failures = 0;
                self.logged_kinds.clear();
                return Ok(());
            }
            Err(error) => error,
        };
        self.name.record_failure();
        self.failures += 1;
        if self.logged_kinds.len() < LOGGED_KINDS && !self.logged_kinds.iter().any(|logged| *logged == error.kind) {
            self.logged_kinds.push(error.kind.into_owned());
            tracing::warn!(road, error = %error.message, "metrics could not be exported");
        }
        Err(error.retry_after)
    }
}
