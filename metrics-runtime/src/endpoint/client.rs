//! What the client of a connection is doing, and since when.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a client can take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection is kept between two requests.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client can take to read one part of a response. A scrape has timed out long before.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// The client of one connection.
pub(super) struct Client {
    state: Mutex<State>,
    gives_way: Notify,
}

struct State {
    phase: Phase,
    /// When this phase began, or when the client last read a part of the response.
    progress: Instant,
    /// Whether bytes have come since the last request.
    has_sent_more: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It sends the head of a request. A new connection begins here.
    Sending,
    /// It waits for the response to be made.
    Waiting,
    /// It reads the response.
    Reading {
        /// The page that the response consists of.
        page: Option<u64>,
        /// Whether the last part is on its way.
        is_last_part: bool,
    },
    /// It has its response, and has not begun another request.
    Idle,
}

impl Client {
    pub(super) fn new() -> Self {
        let state = State { phase: Phase::Sending, progress: Instant::now(), has_sent_more: false };
        Self { state: Mutex::new(state), gives_way: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes have come.
    pub(super) fn has_sent(&self) {
        let mut state = self.state();
        state.has_sent_more = true;
        if state.phase == Phase::Idle {
            state.enter(Phase::Sending);
        }
    }

    /// The head of a request is complete.
    pub(super) fn has_asked(&self) {
        let mut state = self.state();
        state.has_sent_more = false;
        state.enter(Phase::Waiting);
    }

    /// The response is made; `page` is the page that it consists of.
    pub(super) fn begins_to_read(&self, page: Option<u64>) {
        self.state().enter(Phase::Reading { page, is_last_part: false });
    }

    /// The part of the response before the next one is sent.
    pub(super) fn takes_a_part(&self) {
        self.state().progress = Instant::now();
    }

    /// There are no more parts.
    pub(super) fn takes_the_last_part(&self) {
        if let Phase::Reading { is_last_part, .. } = &mut self.state().phase {
            *is_last_part = true;
        }
    }

    /// Everything that was written so far is sent.
    pub(super) fn has_taken_all(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Reading { is_last_part: true, .. }) {
            // A client may send its next request before it has read the response.
            let next = if state.has_sent_more { Phase::Sending } else { Phase::Idle };
            state.enter(next);
        }
    }

    /// Since when it is idle or slow. Nothing for a client that waits for us.
    pub(super) fn slow_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.phase != Phase::Waiting).then_some(state.progress)
    }

    /// When it last read a part of this page, if it is still reading it.
    pub(super) fn progress_with(&self, page: u64) -> Option<Instant> {
        let state = self.state();
        matches!(state.phase, Phase::Reading { page: Some(read), .. } if read == page).then_some(state.progress)
    }

    /// When the connection is closed if nothing happens until then.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        let timeout = match state.phase {
            Phase::Sending => HEAD_TIMEOUT,
            Phase::Waiting => return None,
            Phase::Reading { .. } => READ_TIMEOUT,
            Phase::Idle => IDLE_TIMEOUT,
        };
        Some(state.progress + timeout)
    }

    /// Makes the connection end.
    pub(super) fn give_way(&self) {
        self.gives_way.notify_one();
    }

    /// Ends when the connection has to give way.
    pub(super) async fn must_give_way(&self) {
        self.gives_way.notified().await;
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.progress = Instant::now();
    }
}
