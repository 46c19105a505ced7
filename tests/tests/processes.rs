//! Several processes with one page: what they count is there once, also after they were killed.

#![cfg(unix)]
#![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "the counts are whole and far below 2^53")]

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use metrics_runtime::{Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};
use system_tests::{Page, Process, Pushgateway, THIS_PROGRAM, free_port, this_program, watch_counters};

/// What the program does that a test starts: the same program again, since metrics are installed once in a process.
const PART: &str = "PROCESSES_PROGRAM";
/// The buckets of a worker, if it is of another version of the program.
const BUCKETS: &str = "PROCESSES_BUCKETS";
/// The tenants of a worker, with commas between them.
const TENANTS: &str = "PROCESSES_TENANTS";
/// The value of a worker's gauges.
const VALUE: &str = "PROCESSES_VALUE";
/// How many calls a worker makes.
const CALLS: &str = "PROCESSES_CALLS";
/// A worker prints how far it is after so many calls of a thread.
const STEP: u64 = 1000;
const THREADS: u64 = 2;
/// So many threads have more chunks than a segment of a file, with six for each thread or for those that share.
const GROWN: usize = 80;

declare_metrics! {
    /// The size of the pool.
    gauge POOL_SIZE = "shared_pool_size";
    /// The largest value of all processes.
    gauge LARGEST = "shared_largest", join = max;
    /// The smallest value of all processes.
    gauge SMALLEST = "shared_smallest", join = min;
    /// The value that was set last.
    gauge LATEST = "shared_latest", join = latest;
    /// The time that went into jobs.
    counter CPU = "shared_cpu_seconds_total", labels(is_even: bool);
    /// The energy that was used.
    counter ENERGY = "shared_energy_joules_total", fractional;
}

/// A number: the metrics below have so many label sets that each has a chunk of words of its own.
#[derive(Clone, Copy, Label)]
#[label(max_values = 499)]
pub struct Number(Interned);

declare_metrics! {
    /// Wide.
    counter WIDE_1 = "shared_wide_1_total", labels(number: Number, is_even: bool);
    /// Wide.
    counter WIDE_2 = "shared_wide_2_total", labels(number: Number, is_even: bool);
    /// Wide.
    counter WIDE_3 = "shared_wide_3_total", labels(number: Number, is_even: bool);
    /// Wide.
    counter WIDE_4 = "shared_wide_4_total", labels(number: Number, is_even: bool);
    /// Wide.
    counter WIDE_5 = "shared_wide_5_total", labels(number: Number, is_even: bool);
}

/// A tenant, by its name in the settings.
#[derive(Clone, Copy, Label)]
#[label(max_values = 3)]
pub struct Tenant(Interned);

/// Work for a tenant.
#[counted(counter = "shared_tenant_work_total", labels(tenant))]
fn work_for(tenant: Tenant) {
    let _ = tenant;
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
    let Ok(role) = std::env::var(PART) else { return };
    let variable = |name: &str| std::env::var(name).ok();
    let mut builder = metrics_runtime::builder();
    if let Some(bounds) = variable(BUCKETS) {
        builder = builder.buckets("shared_job_seconds", [bounds.parse().expect("it is a number")]);
    }
    if role == "makes a tenant first" {
        for tenant in variable(TENANTS).expect("there are some").split(',') {
            work_for(Tenant::new(tenant));
        }
    }
    let handle = match builder.init() {
        Ok(handle) => handle,
        Err(error) => {
            println!("init: {error}");
            return;
        }
    };
    let calls: u64 = std::env::var(CALLS).map_or(0, |calls| calls.parse().expect("it is a number"));
    if let Some(value) = variable(VALUE).map(|value| value.parse::<f64>().expect("it is a number")) {
        for gauge in [&LARGEST, &SMALLEST, &LATEST] {
            gauge.set(value);
        }
    }
    metrics::counter!("another_crates_total").increment(1);
    println!("ready");
    match role.as_str() {
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
        "grows" => {
            // Threads that live have chunks of their own, or of a few.
            let (all_done, wait) = (Barrier::new(GROWN + 1), Barrier::new(GROWN + 1));
            thread::scope(|scope| {
                for _ in 0..GROWN {
                    scope.spawn(|| {
                        (0..calls).for_each(|number| _ = job(number));
                        for wide in [&WIDE_1, &WIDE_2, &WIDE_3, &WIDE_4, &WIDE_5] {
                            wide.with(Number::new("one"), false).increment(1);
                        }
                        all_done.wait();
                        wait.wait();
                    });
                }
                all_done.wait();
                println!("done");
                loop {
                    thread::park();
                }
            });
        }
        "ends" => {
            for number in 0..calls {
                let _ = job(number);
            }
            drop(handle);
        }
        "hangs" => endless(),
        "uses energy" => {
            (0..calls).for_each(|_| CPU.with(true).increment(0.1));
            ENERGY.increment(12.000_001);
            println!("done");
            loop {
                thread::park();
            }
        }
        "works for tenants" => {
            let tenants = variable(TENANTS).expect("there are some");
            for (calls, tenant) in (1..).zip(tenants.split(',')) {
                let tenant = Tenant::new(tenant);
                (0..calls).for_each(|_| work_for(tenant));
            }
            println!("done");
            loop {
                thread::park();
            }
        }
        "waits" | "makes a tenant first" => loop {
            thread::park();
        },
        other => panic!("there is no program `{other}`"),
    }
}

/// A folder that is not there yet, and a port.
fn place() -> (tempfile::TempDir, PathBuf, u16) {
    let parent = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = parent.path().join("metrics");
    (parent, folder, free_port())
}

fn start(role: &str, folder: &Path, port: u16, calls: u64) -> Process {
    start_with(role, folder, port, calls, &[])
}

fn start_with(role: &str, folder: &Path, port: u16, calls: u64, variables: &[(&str, &str)]) -> Process {
    start_by(&mut this_program(), role, folder, port, calls, variables)
}

fn start_by(
    command: &mut Command,
    role: &str,
    folder: &Path,
    port: u16,
    calls: u64,
    variables: &[(&str, &str)],
) -> Process {
    command
        .envs(variables.iter().copied())
        .env(PART, role)
        .env(CALLS, calls.to_string())
        .env("PROMETHEUS_MULTIPROC_DIR", folder)
        .env("METRICS_LISTEN", format!("127.0.0.1:{port}"));
    Process::start(command)
}

fn started(role: &str, folder: &Path, port: u16, calls: u64) -> Process {
    let mut process = start(role, folder, port, calls);
    let _ = process.wait_for_line("ready");
    process
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/metrics")
}

/// The page, as soon as one of the processes serves it.
fn page(port: u16) -> Page {
    Page::wait_for(&url(port))
}

fn sum(page: &Page, name: &str) -> f64 {
    page.series(name).into_iter().map(|(_, value)| value).sum()
}

fn killed(page: &Page) -> f64 {
    page.value("calls_killed_total", &[("function", "processes::job")]).expect("the function is known")
}

#[test]
fn the_page_has_the_sum_of_all_processes() {
    let (_parent, folder, port) = place();
    let mut workers: Vec<Process> = (0..3).map(|_| started("works", &folder, port, 1000)).collect();
    for worker in &mut workers {
        let _ = worker.wait_for_line("done");
    }
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

/// What only one process knows has its number, so that no series goes back when another process makes the page.
#[test]
fn values_of_one_process_have_its_number() {
    let (_parent, folder, port) = place();
    let mut first = started("waits", &folder, port, 0);
    let mut second = start_with("waits", &folder, port, 0, &[("METRICS_OTHER_CRATES", "false")]);
    let _ = second.wait_for_line("ready");
    let pids = |page: &Page, name: &str| -> Vec<String> {
        let series = page.series(name).into_iter();
        series.map(|(labels, _)| labels.get("pid").cloned().unwrap_or_default()).collect()
    };
    let before = page(port);
    assert_eq!(pids(&before, "another_crates_total"), [first.id().to_string()], "{}", before.text());
    assert_eq!(pids(&before, "process_open_fds"), [first.id().to_string()], "{}", before.text());
    first.kill();
    let after = page(port);
    assert_eq!(pids(&after, "another_crates_total"), [""; 0], "{}", after.text());
    assert_eq!(pids(&after, "process_open_fds"), [second.id().to_string()], "{}", after.text());
}

#[test]
fn a_push_carries_the_values_of_one_process() {
    let ((_parent, folder, port), gateway) = (place(), Pushgateway::start());
    for (name, calls) in [("one", 10), ("two", 20)] {
        let grouping = format!("instance={name}");
        let variables = [("METRICS_PUSH_URL", gateway.url()), ("METRICS_PUSH_GROUPING", &grouping)];
        let mut process = start_with("ends", &folder, port, calls, &variables);
        assert!(process.wait().success(), "{}", process.printed());
    }
    let pushed = gateway.page();
    for (name, calls) in [("one", 10.0), ("two", 20.0)] {
        let series = pushed.series("shared_jobs_started_total").into_iter();
        let of: Vec<f64> = series
            .filter(|(labels, _)| labels.get("instance").is_some_and(|its| its == name))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(of, [calls], "{}", pushed.text());
    }
    assert!(pushed.series("calls_killed_total").is_empty(), "{}", pushed.text());
    let _reader = started("waits", &folder, port, 0);
    assert_eq!(page(port).value("shared_jobs_started_total", &[]), Some(30.0));
}

#[test]
fn a_killed_process_leaves_its_counts_and_not_its_gauges() {
    let (_parent, folder, port) = place();
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

/// The names of the folder's files.
fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("it is there").flatten().map(|file| file.path()).collect()
}

#[test]
fn a_gauge_is_what_its_declaration_says() {
    let (_parent, folder, port) = place();
    let mut processes: Vec<Process> = Vec::new();
    for value in ["3", "9", "5"] {
        let mut process = start_with("waits", &folder, port, 0, &[(VALUE, value)]);
        let _ = process.wait_for_line("ready");
        processes.push(process);
    }
    let values = |page: &Page| ["shared_largest", "shared_smallest", "shared_latest"].map(|name| page.value(name, &[]));
    assert_eq!(values(&page(port)), [Some(9.0), Some(3.0), Some(5.0)]);
    processes[2].kill();
    // The process that serves stays.
    assert_eq!(values(&page(port)), [Some(9.0), Some(3.0), Some(9.0)]);
    processes[1].kill();
    assert_eq!(values(&page(port)), [Some(3.0), Some(3.0), Some(3.0)]);
}

#[test]
fn a_tenant_has_its_place_in_all_processes() {
    let (_parent, folder, port) = place();
    let _first = started("waits", &folder, port, 0);
    let mut workers: Vec<Process> = Vec::new();
    for tenants in ["a,b", "b,c", "c,d,a"] {
        let mut worker = start_with("works for tenants", &folder, port, 0, &[(TENANTS, tenants)]);
        let _ = worker.wait_for_line("done");
        workers.push(worker);
    }
    let expected = [("a", 4.0), ("b", 3.0), ("c", 3.0), ("other", 2.0)];
    let check = || {
        let page = page(port);
        for (tenant, calls) in expected {
            let found = page.value("shared_tenant_work_total", &[("tenant", tenant)]);
            assert_eq!(found, Some(calls), "{tenant}\n{}", page.text());
        }
    };
    check();
    workers.clear();
    check();
}

#[test]
fn a_tenant_that_was_made_before_init_is_an_error_where_its_place_is_another() {
    let (_parent, folder, port) = place();
    let mut first = start_with("works for tenants", &folder, port, 0, &[(TENANTS, "a,b")]);
    let _ = first.wait_for_line("done");
    let mut same = start_with("makes a tenant first", &folder, port, 0, &[(TENANTS, "a,b,c")]);
    let _ = same.wait_for_line("ready");
    let mut other = start_with("makes a tenant first", &folder, port, 0, &[(TENANTS, "b,a")]);
    let line = other.wait_for_line("init: ");
    assert!(line.contains("the label `tenant` had the value `b` before `init()`"), "{line}");
    assert!(other.wait().success());
    assert_eq!(page(port).value("metrics_processes", &[]), Some(2.0), "the one that failed has left nothing");
}

/// Also those of another version of the program, and of processes that were killed.
#[test]
fn fractions_are_the_exact_sum_of_all_processes() {
    let (_parent, folder, port) = place();
    let mut reader = started("waits", &folder, port, 0);
    let check = || {
        let page = page(port);
        assert_eq!(page.value("shared_cpu_seconds_total", &[("is_even", "true")]), Some(1.2), "{}", page.text());
        assert_eq!(page.value("shared_cpu_seconds_total", &[("is_even", "false")]), Some(0.0));
        assert_eq!(page.value("shared_energy_joules_total", &[]), Some(36.000_003));
        assert_eq!(page.value("metrics_processes_unreadable", &[]), Some(0.0));
    };
    let other_version = [(BUCKETS, "0.5")];
    let mut workers = vec![
        start("uses energy", &folder, port, 3),
        start_with("uses energy", &folder, port, 4, &other_version),
        start("uses energy", &folder, port, 5),
    ];
    for worker in &mut workers {
        let _ = worker.wait_for_line("done");
    }
    check();
    workers.pop();
    check();
    workers.clear();
    check();
    reader.kill();
    let _next = started("waits", &folder, port, 0);
    check();
}

#[test]
fn another_version_of_the_program_counts() {
    let (_parent, folder, port) = place();
    let _new = started("waits", &folder, port, 0);
    let mut old = start_with("works", &folder, port, 1000, &[(BUCKETS, "0.5")]);
    let _ = old.wait_for_line("done");
    let check = |processes: f64| {
        let page = page(port);
        assert_eq!(page.value("shared_jobs_started_total", &[]), Some(1000.0), "{}", page.text());
        assert_eq!(page.value("shared_job_failures_total", &[("reason", "error")]), Some(100.0));
        assert_eq!(page.value("shared_job_seconds_count", &[]), Some(0.0), "it has other buckets");
        assert_eq!(page.value("metrics_processes", &[]), Some(processes));
        assert_eq!(page.value("metrics_processes_unreadable", &[]), Some(0.0));
    };
    check(2.0);
    assert_eq!(page(port).value("shared_pool_size", &[]), Some(2.5));
    let mut hanging = start_with("hangs", &folder, port, 0, &[(BUCKETS, "0.5")]);
    let _ = hanging.wait_for_line("endless");
    old.kill();
    check(2.0);
    hanging.kill();
    check(1.0);
    assert_eq!(page(port).value("calls_killed_total", &[("function", "processes::endless")]), Some(1.0));
    let left = files(&folder);
    assert_eq!(left.len(), 4, "the counts of the other version are with those of this one: {left:?}");
}

#[test]
fn a_file_that_is_no_file_of_ours_is_left_out_and_named_once() {
    let (_parent, folder, port) = place();
    let mut reader = started("waits", &folder, port, 0);
    let mut worker = started("works", &folder, port, 1000);
    let _ = worker.wait_for_line("done");
    let own = files(&folder).into_iter().find(|file| file.extension().is_some_and(|extension| extension == "words"));
    let own = std::fs::read(own.expect("there are two")).expect("it can be read");
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.join(name).with_extension("words");
        std::fs::write(&file, bytes).expect("it can be written");
        file
    };
    let mut bad: Vec<PathBuf> = vec![
        write("empty", b""),
        write("short", &own[..own.len() / 2]),
        write("text", &b"not words\n".repeat(100_000)),
        write("zeros", &vec![0; own.len()]),
    ];
    let mut random = fastrand::Rng::with_seed(1);
    bad.push(write("random", &std::iter::repeat_with(|| random.u8(..)).take(own.len()).collect::<Vec<u8>>()));
    let mut tag = own.clone();
    tag[32 * 8] ^= 0x80;
    tag[32 * 8 + 6] = 1;
    bad.push(write("tag", &tag));
    let mut format = own.clone();
    format[8] = 2;
    bad.push(write("format", &format));
    let mut catalog = own.clone();
    catalog[16] ^= 1;
    bad.push(write("header", &catalog));
    let link = folder.join("link.words");
    std::os::unix::fs::symlink(&bad[0], &link).expect("a link can be made");
    bad.push(link);
    let directory = folder.join("directory.words");
    std::fs::create_dir(&directory).expect("it can be made");
    bad.push(directory);
    for _ in 0..3 {
        let page = page(port);
        assert_eq!(page.value("shared_jobs_started_total", &[]), Some(1000.0), "{}", page.text());
        assert_eq!(page.value("metrics_processes_unreadable", &[]), Some(bad.len() as f64), "{}", page.text());
        assert_eq!(page.value("metrics_processes", &[]), Some(2.0));
    }
    assert!(bad.iter().all(|file| file.symlink_metadata().is_ok()), "what is not ours stays");
    assert!(reader.try_wait().is_none(), "{}", reader.printed());
}

#[test]
fn a_folder_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let (parent, folder, port) = place();
    let fails_with = |folder: &Path, expected: &str| {
        let mut process = start("waits", folder, port, 0);
        let line = process.wait_for_line("init: ");
        assert!(line.contains("PROMETHEUS_MULTIPROC_DIR") && line.contains(expected), "{line}");
        assert!(line.contains(&folder.display().to_string()), "{line}");
        process.wait();
    };
    std::fs::create_dir(&folder).expect("it can be made");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("it is ours");
    fails_with(&folder, "others may write to it (its mode is 777)");
    let file = parent.path().join("file");
    std::fs::write(&file, "").expect("it can be written");
    fails_with(&file, "it is not a folder");
    fails_with(&parent.path().join("no/such"), "No such file");
}

#[test]
fn a_port_that_another_program_has_is_an_error() {
    let (_parent, folder, _) = place();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let mut process = start("waits", &folder, port, 0);
    assert!(process.wait_for_line("init: ").contains("cannot serve metrics at"));
    process.wait();
    let left = files(&folder);
    assert!(left.iter().all(|file| file.extension().is_none_or(|extension| extension != "words")), "{left:?}");
}

/// On a file system of 400 KB there is room for one segment and not for two.
#[test]
fn a_full_disk_is_an_error_at_the_start_and_a_loss_for_others_later() {
    let (_parent, folder, port) = place();
    std::fs::create_dir(&folder).expect("it can be made");
    let small = |size: &str, role: &str| {
        // A mount of its own, which ends with the program.
        let script =
            format!("mount -t tmpfs -o mode=700,size={size} tmpfs \"$PROMETHEUS_MULTIPROC_DIR\" && exec \"$0\" \"$@\"");
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let mut command = Command::new("unshare");
        command.args(if is_root { &["-m"][..] } else { &["-rm"] }).args(["sh", "-c", &script]);
        command.arg(std::env::current_exe().expect("a test knows its program")).args(THIS_PROGRAM);
        start_by(&mut command, role, &folder, port, 1000, &[])
    };
    let mut process = small("100k", "waits");
    let line = process.wait_for_line("init: ");
    assert!(line.contains("No space left on device") && line.contains(&folder.display().to_string()), "{line}");
    process.wait();
    let mut process = small("400k", "grows");
    let _ = process.wait_for_line("done");
    let page = page(port);
    assert_eq!(page.value("shared_jobs_started_total", &[]), Some(1000.0 * GROWN as f64), "{}", page.text());
    assert!(page.value("metrics_processes_lost_chunks", &[]).is_some_and(|chunks| chunks > 0.0), "{}", page.text());
    process.kill();
}

#[test]
fn short_processes_leave_a_small_folder() {
    const SHORT: usize = 1000;
    let (_parent, folder, port) = place();
    for _ in 0..SHORT {
        let mut process = start("ends", &folder, port, 10);
        assert!(process.wait().success(), "{}", process.printed());
    }
    let _reader = started("waits", &folder, port, 0);
    let page = page(port);
    assert_eq!(page.value("shared_jobs_started_total", &[]), Some(10.0 * SHORT as f64), "{}", page.text());
    assert_eq!(killed(&page), 0.0);
    let bytes: u64 = files(&folder).iter().map(|file| file.metadata().expect("it is there").len()).sum();
    assert!(bytes < 2_000_000, "{bytes} bytes");
}

#[test]
fn all_is_exact_after_forty_kills() {
    const PROCESSES: usize = 8;
    const KILLS: usize = 40;
    const CALLS_OF_EACH: u64 = 250_000;
    let (_parent, folder, port) = place();
    let mut random = fastrand::Rng::with_seed(20_261_126);
    let mut ended: Vec<Process> = Vec::new();
    let is_done = AtomicBool::new(false);
    let last = thread::scope(|scope| {
        let scraper = scope.spawn(|| watch_counters(&url(port), &is_done));
        let mut workers: Vec<Process> = (0..PROCESSES).map(|_| start("works", &folder, port, CALLS_OF_EACH)).collect();
        for _ in 0..KILLS {
            thread::sleep(Duration::from_millis(random.u64(5..60)));
            let at = random.usize(..PROCESSES);
            let mut victim = std::mem::replace(&mut workers[at], start("works", &folder, port, CALLS_OF_EACH));
            victim.kill();
            ended.push(victim);
        }
        for worker in &mut workers {
            let _ = worker.wait_for_line("done");
        }
        // The one that serves is among them.
        for mut worker in workers {
            worker.kill();
            ended.push(worker);
        }
        let _reader = started("waits", &folder, port, 0);
        let last = page(port);
        is_done.store(true, Ordering::Release);
        let seen = scraper.join().expect("no counter goes back");
        assert!(seen.pages > 10, "{seen:?}");
        last
    });
    let started = sum(&last, "shared_jobs_started_total");
    let at_least: u64 = ended.iter_mut().map(|worker| (worker.wait(), calls(&worker.printed())).1).sum();
    let most = at_least + ended.len() as u64 * THREADS * STEP;
    assert!((at_least as f64..=most as f64).contains(&started), "{started} is not in {at_least} to {most}");
    assert!(started >= 2_000_000.0, "{started} calls");
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
