//! Several workers on one machine: starts processes of this program, which share one page of metrics, and starts those again
//! that end. It does no jobs and records no metrics, so nothing of them is lost with it.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::shared_folder::{SharedFolder, VARIABLE};
use super::shutdown::Shutdown;
use super::work_options::WorkOptions;
use super::workers::NUMBER;
use crate::report::Progress;

/// How long to wait before a worker is started again; it doubles while they end soon.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// A worker that has run for this long has not ended soon.
const LONG: Duration = Duration::from_secs(60);

/// Has workers do jobs until a signal comes. `false`: one of them did not end as it should.
pub(crate) async fn supervise(options: WorkOptions, progress: Arc<Progress>) -> anyhow::Result<bool> {
    anyhow::ensure!(
        options.queue.redis_url.is_some(),
        "`--workers` needs a queue that all of them take jobs from: set `REDIS_URL`, or give `--redis-url`, to an address \
         such as `redis://127.0.0.1:6379`"
    );
    let number = options.workers.workers;
    let program = std::env::current_exe().context("the program does not find its own file")?;
    let shutdown = Shutdown::listen(|| {})?;
    let folder = SharedFolder::choose()?;
    progress.line(&format!("{number} workers share their metrics in {}", folder.path().display()));
    let mut workers = JoinSet::new();
    for number in 1..=number {
        let (program, folder, progress) = (program.clone(), folder.path().to_owned(), Arc::clone(&progress));
        workers.spawn(Worker { number, program, folder, progress }.keep(shutdown.clone()));
    }
    let ends = workers.join_all().await;
    folder.remove();
    Ok(ends.into_iter().all(|is_as_it_should_be| is_as_it_should_be))
}

/// One of the workers, whichever process it is now.
struct Worker {
    number: u32,
    program: PathBuf,
    folder: PathBuf,
    progress: Arc<Progress>,
}

/// The process of a worker.
struct Process {
    child: Child,
    /// It reads the other end, which closes when this process ends, however it ends.
    _stdin: Option<ChildStdin>,
}

impl Worker {
    /// Keeps it running until a signal comes. `false`: it did not end as it should.
    async fn keep(self, shutdown: Shutdown) -> bool {
        let mut pause = FIRST_PAUSE;
        loop {
            let started = Instant::now();
            let end = match self.start() {
                Ok(mut process) => tokio::select! {
                    status = process.child.wait() => status.map_or_else(|error| error.to_string(), |status| status.to_string()),
                    () = shutdown.clone().requested() => return process.end().await,
                },
                Err(error) => format!("it cannot be started: {error}"),
            };
            if shutdown.is_requested() {
                return true;
            }
            if started.elapsed() >= LONG {
                pause = FIRST_PAUSE;
            }
            let (number, seconds) = (self.number, pause.as_secs_f64());
            self.progress.line(&format!("worker {number} has ended, and is started again in {seconds} s: {end}"));
            tokio::select! {
                () = sleep(pause) => {}
                () = shutdown.clone().requested() => return true,
            }
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }

    fn start(&self) -> io::Result<Process> {
        let mut child = Command::new(&self.program)
            .args([NUMBER, &self.number.to_string()])
            .args(std::env::args_os().skip(1))
            .env(VARIABLE, &self.folder)
            .stdin(Stdio::piped())
            // A terminal sends Ctrl-C to a whole group, and the workers would get it twice.
            .process_group(0)
            .spawn()?;
        let stdin = child.stdin.take();
        let process = child.id().unwrap_or_default();
        self.progress.line(&format!("worker {} is the process {process}", self.number));
        Ok(Process { child, _stdin: stdin })
    }
}

impl Process {
    /// Requests its end, and waits for it.
    async fn end(mut self) -> bool {
        // It has no number if it has ended already.
        if let Some(process) = self.child.id().and_then(|process| i32::try_from(process).ok()) {
            let _ = kill(Pid::from_raw(process), Signal::SIGTERM);
        }
        self.child.wait().await.is_ok_and(|status| status.success())
    }
}
