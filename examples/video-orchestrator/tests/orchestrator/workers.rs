//! Several processes on one machine, with one page of metrics.

#![allow(clippy::cast_precision_loss, reason = "the numbers of jobs and workers are small")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use system_tests::{Page, RedisServer, free_port, wait_until, watch_counters};
use tempfile::TempDir;

use crate::program::{FakeServer, Program, job};

const LIST: &str = "video_orchestrator:queue";
const WORKERS: u32 = 3;
const JOBS: u32 = 12;
const RUN_JOB: &str = "video_orchestrator::jobs::worker::run_job";

/// The program with its workers, their Redis and their page.
struct Workers {
    program: Program,
    redis: RedisServer,
    port: u16,
    folder: TempDir,
}

impl Workers {
    fn start(comfyui: &FakeServer) -> Self {
        let (redis, port) = (RedisServer::start(), free_port());
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let arguments =
            [["--workers", "3"], ["--lease", "3"], ["--attempts", "9"], ["--sample-interval", "0.1"]].concat();
        let shared = folder.path().to_str().expect("temporary paths are text");
        let (url, listen) = (redis.url(), format!("127.0.0.1:{port}"));
        let environment = [
            ("REDIS_URL", &*url),
            ("COMFYUI_URL", comfyui.url()),
            ("METRICS_LISTEN", &*listen),
            ("PROMETHEUS_MULTIPROC_DIR", shared),
        ];
        let program = Program::start(&arguments, &environment);
        Self { program, redis, port, folder }
    }

    fn push_jobs(&self) {
        for number in 0..JOBS {
            self.redis.command::<u64>(&["RPUSH", LIST, &job(&format!("job-{number:02}"), "portrait")]);
        }
    }

    /// The page, from whichever process serves it.
    fn page(&self) -> Page {
        Page::wait_for(&url(self.port))
    }

    /// Waits until as many jobs are in progress as there are workers.
    fn wait_for_all_at_work(&self) -> Page {
        wait_until("all workers to do a job", || {
            Some(self.page()).filter(|page| page.value("worker_active", &[]) == Some(f64::from(WORKERS)))
        })
    }

    /// The processes of the workers that were ever started.
    fn processes(&self) -> BTreeSet<u32> {
        let printed = self.program.process.printed();
        let process = |line: &str| line.strip_prefix("worker ")?.split_once(" is the process ")?.1.parse().ok();
        printed.lines().filter_map(process).collect()
    }

    /// The process that serves the page.
    fn server(&self) -> u32 {
        let socket = listening_socket(self.port);
        let has_it = |process: &u32| {
            let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
            files.filter_map(|file| fs::read_link(file.path()).ok()).any(|file| file == Path::new(&socket))
        };
        self.processes().into_iter().find(has_it).expect("one of the workers listens")
    }

    fn completed(&self) -> u32 {
        self.redis.command(&["LLEN", "video_orchestrator:completed"])
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/metrics")
}

/// The name of the socket that listens at this port.
fn listening_socket(port: u16) -> String {
    let table = fs::read_to_string("/proc/net/tcp").expect("the system has a table of sockets");
    let address = format!("0100007F:{port:04X}");
    let line = table.lines().map(str::split_whitespace).map(Iterator::collect::<Vec<_>>);
    let mut listening = line.filter(|fields| fields.get(1) == Some(&&*address) && fields.get(3) == Some(&"0A"));
    let fields = listening.next().expect("something listens at the port");
    format!("socket:[{}]", fields[9])
}

fn kill(process: u32) {
    let status = Command::new("sh").args(["-c", "kill -KILL \"$1\"", "sh", &process.to_string()]).status();
    assert!(status.expect("every machine has a shell").success(), "{process} cannot be killed");
}

fn is_there(process: u32) -> bool {
    // One that has ended and that nobody has waited for is a zombie.
    let state = fs::read_to_string(format!("/proc/{process}/stat")).ok();
    state.is_some_and(|state| !state.rsplit_once(')').is_some_and(|(_, rest)| rest.starts_with(" Z")))
}

#[test]
fn the_page_has_the_sum_of_all_workers() {
    let comfyui = FakeServer::start();
    comfyui.pause();
    let mut workers = Workers::start(&comfyui);
    workers.push_jobs();
    let page = workers.wait_for_all_at_work();
    assert_eq!(page.value("metrics_processes", &[]), Some(f64::from(WORKERS)), "{}", page.text());
    // It is the same number for all, and not their sum.
    wait_until("the depth", || {
        let depth = workers.page().value("queue_depth", &[("queue", "default")]);
        (depth == Some(f64::from(JOBS - WORKERS))).then_some(())
    });
    comfyui.resume();
    let page = wait_until("all jobs to be counted", || {
        Some(workers.page()).filter(|page| page.value("jobs_completed_total", &[]) == Some(f64::from(JOBS)))
    });
    assert_eq!(workers.completed(), JOBS);
    assert_eq!(page.value("jobs_started_total", &[]), Some(f64::from(JOBS)));
    assert_eq!(page.value("calls_killed_total", &[("function", RUN_JOB)]), Some(0.0), "{}", page.text());
    let build = page.series("build_info");
    assert!(matches!(&build[..], [(_, 1.0)]), "{build:?}");

    workers.program.process.signal("TERM");
    assert_eq!(workers.program.exit_code(), Some(0), "{}", workers.program.process.printed());
    let printed = workers.program.process.printed();
    assert_eq!(printed.matches("stopping when the current job is done").count(), WORKERS as usize, "{printed}");
    assert!(!printed.contains("is started again") && !printed.contains("panicked"), "{printed}");
}

#[test]
fn a_second_signal_ends_all_workers_at_once() {
    let comfyui = FakeServer::start();
    comfyui.pause();
    let mut workers = Workers::start(&comfyui);
    workers.push_jobs();
    let _ = workers.wait_for_all_at_work();
    workers.program.process.signal("INT");
    let stopping = || workers.program.process.printed().matches("stopping when the current job is done").count();
    wait_until("all workers to stop", || (stopping() == WORKERS as usize).then_some(()));
    workers.program.process.signal("INT");
    assert_eq!(workers.program.exit_code(), Some(130));
    for process in workers.processes() {
        wait_until("a worker to end", || (!is_there(process)).then_some(()));
    }
    let printed = workers.program.process.printed();
    assert!(!printed.contains("panicked"), "{printed}");
}

#[test]
fn nothing_is_lost_when_workers_are_killed() {
    let comfyui = FakeServer::start();
    comfyui.pause();
    let workers = Workers::start(&comfyui);
    workers.push_jobs();
    let _ = workers.wait_for_all_at_work();
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let scraper = scope.spawn(|| watch_counters(&url(workers.port), &is_done));
        let server = workers.server();
        let another = workers.processes().into_iter().find(|process| *process != server).expect("there are three");
        kill(server);
        kill(another);
        // Those that take their places take other jobs.
        let page = wait_until("the calls that were killed", || {
            Some(workers.page()).filter(|page| page.value("calls_killed_total", &[("function", RUN_JOB)]) == Some(2.0))
        });
        assert!(page.value("jobs_started_total", &[]).is_some_and(|started| started >= f64::from(WORKERS)));
        let page = workers.wait_for_all_at_work();
        assert_eq!(page.value("metrics_processes", &[]), Some(f64::from(WORKERS)), "{}", page.text());
        assert_eq!(workers.processes().len(), WORKERS as usize + 2);
        assert_ne!(workers.server(), server);

        comfyui.resume();
        wait_until("all jobs to be done", || (workers.completed() >= JOBS).then_some(()));
        let page = wait_until("no job to be in progress", || {
            Some(workers.page()).filter(|page| page.value("worker_active", &[]) == Some(0.0))
        });
        let value = |name| page.value(name, &[]).unwrap_or_default();
        assert_eq!(value("jobs_completed_total"), f64::from(JOBS), "{}", page.text());
        assert_eq!(value("jobs_started_total"), value("job_total_seconds_count") + 2.0, "{}", page.text());
        is_done.store(true, Ordering::Release);
        let seen = scraper.join().expect("no counter goes back");
        assert!(seen.series > 0, "there was a page");
    });
    assert_eq!(workers.completed(), JOBS, "each job is done once");
}

#[test]
fn workers_end_with_the_program_that_has_started_them() {
    let comfyui = FakeServer::start();
    let mut workers = Workers::start(&comfyui);
    let _ = workers.page();
    wait_until("all workers", || (workers.processes().len() == WORKERS as usize).then_some(()));
    workers.program.process.kill();
    for process in workers.processes() {
        wait_until("a worker to end", || (!is_there(process)).then_some(()));
    }
    let printed = workers.program.process.printed();
    assert!(printed.contains("stopping when the current job is done") && !printed.contains("panicked"), "{printed}");
    assert!(workers.folder.path().is_dir(), "a folder that the user has named stays");
}

#[test]
fn workers_need_a_queue_that_they_share() {
    let mut program = Program::start(&["--workers", "2"], &[]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    assert!(
        printed.contains("error: `--workers` needs a queue that all of them take jobs from: set `REDIS_URL`"),
        "{printed}"
    );
}
