//! All roads of the program.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::road::Road;
use super::thread::{Answer, RoadThread};
use crate::page::Page;

/// How long a program waits for its last values to arrive.
const WAIT_LIMIT: Duration = Duration::from_secs(5);

/// The running roads. Clones are the same roads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roads(Arc<Vec<RoadThread>>);

/// The roads of the program, for [`flush`].
static OF_PROGRAM: Mutex<Option<Roads>> = Mutex::new(None);

fn of_program() -> MutexGuard<'static, Option<Roads>> {
    OF_PROGRAM.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Roads {
    /// Starts a thread for each road. After an error there are none.
    pub(crate) fn start(roads: Vec<Box<dyn Road>>, page: &Page) -> io::Result<Self> {
        let page = |road: &dyn Road| if road.carries_all_processes() { page.clone() } else { page.of_this_process() };
        let threads = roads.into_iter().map(|road| {
            let page = page(&*road);
            RoadThread::start(road, page)
        });
        Ok(Self(Arc::new(threads.collect::<io::Result<_>>()?)))
    }

    /// From now on they are the roads of the program.
    pub(crate) fn begin(&self) {
        self.0.iter().for_each(RoadThread::begin);
        *of_program() = Some(self.clone());
    }

    /// Sends by all roads now. Tells whether the values have arrived everywhere.
    pub(crate) fn flush(&self) -> bool {
        let deadline = Instant::now() + WAIT_LIMIT;
        let answers: Vec<_> = self.0.iter().map(|road| road.flush(deadline)).collect();
        // Each is waited for, also after one has failed.
        let arrived: Vec<bool> = answers.into_iter().map(|answer| answer.is_some_and(Answer::wait)).collect();
        arrived.into_iter().all(|has_arrived| has_arrived)
    }

    /// Does what each road does when the program ends, and ends their threads.
    pub(crate) fn finish(&self) {
        self.ask(RoadThread::finish);
    }

    /// Does what each road does when the program ends. The threads go on, in case the program does.
    pub(crate) fn send_last(&self) {
        self.ask(RoadThread::send_last);
    }

    fn ask(&self, ask: impl Fn(&RoadThread, Instant) -> Option<Answer>) {
        let deadline = Instant::now() + WAIT_LIMIT;
        let answers: Vec<_> = self.0.iter().filter_map(|road| ask(road, deadline)).collect();
        for answer in answers {
            answer.wait();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Sends by all roads of the program now.
pub(crate) fn flush_all() -> bool {
    let roads = of_program().clone();
    roads.is_none_or(|roads| roads.flush())
}
