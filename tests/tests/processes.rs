//! Several processes with one page: what they count is there once, also after they were killed.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use metrics_runtime::{counted, counted_failure, declare_metrics, in_flight, timed};
use system_tests::{Page, Process, SAFETY_LIMIT, free_port, wait_until};

/// What the program does that a test starts: the same program again, since metrics are installed once in a process.
const PART: &str = "PROCESSES_PROGRAM";
/// How many calls a worker makes.
const CALLS: &str = "PROCESSES_CALLS";
/// A worker prints how far it is after so many calls of a thread.
const STEP: u64 = 1000;
const THREADS: u64 = 2;

declare_metrics! {
    /// The size of the pool.
    gauge POOL_SIZE = "shared_pool_size";
}

/// A job; every tenth fails.
#[counted(counter = "shared_jobs_started_total")]
#[counted(counter = "shared_jobs_ended_total", on = end, labels(outcome))]
#[timed(histogram = "shared_job_seconds", buckets(0.000_001, 0.000_01, 0.001))]
#[counted_failure(counter = "shared_job_failures_total")]
#[in_flight(gauge = "shared_jobs_in_flight")]
fn job(number: u64) -> Result<(), String> {
    if number.is_multiple_of(10) { Err(format!("{number}")) } else { Ok(()) }
}

/// A job that does not end.
#[in_flight(gauge = "shared_endless_in_flight")]
fn endless() {
    println!("endless");
    loop {
        thread::park();
    }
}

/// The programs. It is a test of its own so that it can be started.
#[test]
fn program() {
    let Ok(part) = std::env::var(PART) else { return };
    let handle = match metrics_runtime::init() {
        Ok(handle) => handle,
        Err(error) => {
            println!("init: {error}");
            return;
        }
    };
    let calls: u64 = std::env::var(CALLS).map_or(0, |calls| calls.parse().expect("it is a number"));
    println!("ready");
    match part.as_str() {
        "works" => {
            POOL_SIZE.set(2.5);
            thread::scope(|scope| {
                for at in 0..THREADS {
                    scope.spawn(move || {
                        for number in 0..calls / THREADS {
                            if number.is_multiple_of(STEP) {
                                println!("thread {at} at {number}");
                            }
                            let _ = job(number);
                        }
                    });
                }
            });
            println!("done");
            loop {
                thread::park();
            }
        }
        "ends" => {
            for number in 0..calls {
                let _ = job(number);
            }
            drop(handle);
        }
        "hangs" => endless(),
        "waits" => loop {
            thread::park();
        },
        other => panic!("there is no program `{other}`"),
    }
}

fn start(part: &str, folder: &Path, port: u16, calls: u64) -> Process {
    let program = std::env::current_exe().expect("a test knows its program");
    let mut command = Command::new(program);
    command
        .args(["--exact", "program", "--nocapture", "--test-threads=1"])
        .env(PART, part)
        .env(CALLS, calls.to_string())
        .env("PROMETHEUS_MULTIPROC_DIR", folder)
        .env("METRICS_LISTEN", format!("127.0.0.1:{port}"));
    Process::start(&mut command)
}

fn started(part: &str, folder: &Path, port: u16, calls: u64) -> Process {
    let mut process = start(part, folder, port, calls);
    let _ = process.wait_for_line("ready");
    process
}

/// The page, as soon as one of the processes serves it.
fn page(port: u16) -> Page {
    wait_until("a page", || {
        let address: SocketAddr = ([127, 0, 0, 1], port).into();
        let response = system_tests::Response::get(&format!("http://{address}/metrics")).ok()?;
        Some(Page::from(response.body))
    })
}

fn sum(page: &Page, name: &str) -> f64 {
    page.series(name).into_iter().map(|(_, value)| value).sum()
}

fn killed(page: &Page) -> f64 {
    page.value("calls_killed_total", &[("function", "processes::job")]).expect("the function is known")
}

#[test]
fn the_page_has_the_sum_of_all_processes() {
    let (folder, port) = (tempfile::tempdir().expect("a temporary folder can be made"), free_port());
    let folder = folder.path().join("metrics");
    let mut workers: Vec<Process> = (0..3).map(|_| started("works", &folder, port, 1000)).collect();
    workers.iter_mut().for_each(|worker| _ = worker.wait_for_line("done"));
    let page = page(port);
    assert_eq!(page.value("shared_jobs_started_total", &[]), Some(3000.0), "{}", page.text());
    assert_eq!(page.value("shared_jobs_ended_total", &[("outcome", "error")]), Some(300.0));
    assert_eq!(page.value("shared_job_failures_total", &[("reason", "error")]), Some(300.0));
    assert_eq!(page.value("shared_job_seconds_count", &[]), Some(3000.0));
    assert!(page.value("shared_job_seconds_sum", &[]).is_some_and(|sum| sum > 0.0));
    assert_eq!(page.value("shared_pool_size", &[]), Some(7.5));
    assert_eq!(page.value("metrics_processes", &[]), Some(3.0));
    assert_eq!(killed(&page), 0.0);
}

#[test]
fn a_killed_process_leaves_its_counts_and_not_its_gauges() {
    let (folder, port) = (tempfile::tempdir().expect("a temporary folder can be made"), free_port());
    let folder = folder.path().join("metrics");
    let mut first = started("works", &folder, port, 1000);
    let _ = first.wait_for_line("done");
    let mut hanging = started("hangs", &folder, port, 0);
    let _ = hanging.wait_for_line("endless");
    let before = page(port);
    assert_eq!(before.value("shared_endless_in_flight", &[]), Some(1.0), "{}", before.text());
    assert_eq!(before.value("shared_pool_size", &[]), Some(2.5));
    first.kill();
    let after = page(port);
    assert_eq!(after.value("shared_jobs_started_total", &[]), Some(1000.0), "{}", after.text());
    assert_eq!(after.value("shared_job_seconds_count", &[]), Some(1000.0));
    assert_eq!(after.value("shared_pool_size", &[]), Some(0.0));
    assert_eq!(after.value("metrics_processes", &[]), Some(1.0));
    hanging.kill();
    let _last = started("waits", &folder, port, 0);
    let last = page(port);
    assert_eq!(last.value("shared_endless_in_flight", &[]), Some(0.0), "{}", last.text());
    assert_eq!(last.value("calls_killed_total", &[("function", "processes::endless")]), Some(1.0), "{}", last.text());
    assert_eq!(last.value("shared_jobs_started_total", &[]), Some(1000.0));
    let files: Vec<_> =
        std::fs::read_dir(&folder).expect("it is there").flatten().map(|file| file.file_name()).collect();
    assert_eq!(files.len(), 4, "its own, the ended, the catalog and the lock: {files:?}");
}

#[test]
fn all_is_exact_after_forty_kills() {
    const PROCESSES: usize = 8;
    const KILLS: usize = 40;
    const CALLS_OF_EACH: u64 = 80_000;
    let (folder, port) = (tempfile::tempdir().expect("a temporary folder can be made"), free_port());
    let folder = folder.path().join("metrics");
    let mut random = fastrand::Rng::with_seed(20_261_126);
    let mut ended: Vec<Process> = Vec::new();
    let is_done = AtomicBool::new(false);
    let last = thread::scope(|scope| {
        let scraper = scope.spawn(|| never_back(port, &is_done));
        let mut workers: Vec<Process> = (0..PROCESSES).map(|_| start("works", &folder, port, CALLS_OF_EACH)).collect();
        for _ in 0..KILLS {
            thread::sleep(Duration::from_millis(random.u64(5..60)));
            let at = random.usize(..PROCESSES);
            let mut victim = std::mem::replace(&mut workers[at], start("works", &folder, port, CALLS_OF_EACH));
            victim.kill();
            ended.push(victim);
        }
        workers.iter_mut().for_each(|worker| _ = worker.wait_for_line("done"));
        // The one that serves is among them.
        for mut worker in workers {
            worker.kill();
            ended.push(worker);
        }
        let _reader = started("waits", &folder, port, 0);
        let last = page(port);
        is_done.store(true, Ordering::Release);
        scraper.join().expect("no counter goes back");
        last
    });
    let started = sum(&last, "shared_jobs_started_total");
    let at_least: u64 = ended.iter_mut().map(|worker| (worker.wait(), calls(&worker.printed())).1).sum();
    let most = at_least + ended.len() as u64 * THREADS * STEP;
    assert!((at_least as f64..=most as f64).contains(&started), "{started} is not in {at_least} to {most}");
    assert!(started > 1_000_000.0, "{started} calls");
    assert_eq!(started, sum(&last, "shared_jobs_ended_total") + killed(&last), "{}", last.text());
    assert!(killed(&last) <= (ended.len() as u64 * THREADS) as f64, "{}", last.text());
    assert_eq!(sum(&last, "shared_jobs_in_flight"), 0.0);
}

/// The calls that a worker has made at least, by what it has printed.
fn calls(printed: &str) -> u64 {
    let of_thread = |thread: u64| {
        let prefix = format!("thread {thread} at ");
        printed.lines().filter_map(|line| line.strip_prefix(&prefix)?.parse::<u64>().ok()).max().unwrap_or(0)
    };
    (0..THREADS).map(of_thread).sum()
}

/// Asks for pages all the while. No counter on them may go back, whichever process serves them.
fn never_back(port: u16, is_done: &AtomicBool) {
    let mut highest: BTreeMap<String, f64> = BTreeMap::new();
    let mut pages = 0;
    let deadline = Instant::now() + SAFETY_LIMIT * 3;
    while !is_done.load(Ordering::Acquire) {
        assert!(Instant::now() < deadline, "it takes too long");
        let Ok(response) = system_tests::Response::get(&format!("http://127.0.0.1:{port}/metrics")) else {
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        pages += 1;
        for line in response.body.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.rsplit_once(' ') else { continue };
            let is_counter = ["_total", "_count", "_bucket", "_sum"]
                .iter()
                .any(|suffix| series.split('{').next().is_some_and(|name| name.ends_with(suffix)));
            if !is_counter || series.starts_with("process_") {
                continue;
            }
            let value: f64 = value.parse().expect("it is a number");
            let before = highest.insert(series.to_owned(), value);
            assert!(before.is_none_or(|before| before <= value), "{series} was {before:?} and is {value}");
        }
    }
    assert!(pages > 10, "only {pages} pages");
}
