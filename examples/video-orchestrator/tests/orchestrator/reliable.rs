//! No job is lost, and none has its results twice, whatever is killed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use system_tests::{Page, RedisServer};
use tempfile::TempDir;

use crate::program::{Program, command, write_job};

const JOBS: usize = 200;
/// One job of this many asks for a model that does not exist, and fails each time.
const FAILING: usize = 20;
const KILLS: usize = 10;
/// The kills before which Redis is killed too.
const OUTAGES: [usize; 2] = [3, 7];
const PRIORITIES: [&str; 3] = ["high", "default", "low"];

fn list(redis: &RedisServer, kind: &str, priority: &str) -> Vec<String> {
    let key = match (kind, priority) {
        ("queue", "default") => "video_orchestrator:queue".to_owned(),
        _ => format!("video_orchestrator:{kind}:{priority}"),
    };
    redis.command(&["LRANGE", &key, "0", "-1"])
}

fn all_lists(redis: &RedisServer, kind: &str) -> Vec<String> {
    PRIORITIES.iter().flat_map(|priority| list(redis, kind, priority)).collect()
}

fn enqueue(redis: &RedisServer) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut names = BTreeSet::new();
    for (turn, priority) in PRIORITIES.iter().enumerate() {
        let files: Vec<_> = (0..JOBS)
            .filter(|job| job % PRIORITIES.len() == turn)
            .map(|job| {
                let name = format!("job-{job:03}");
                let workflow = if job % FAILING == 0 { "retired" } else { "portrait" };
                names.insert(format!("test/{name}"));
                write_job(folder.path(), &name, workflow)
            })
            .collect();
        let enqueue =
            command(&[("REDIS_URL", &redis.url())]).args(["enqueue", "--priority", priority]).args(files).output();
        let enqueue = enqueue.expect("the program starts");
        assert!(enqueue.status.success(), "{}", String::from_utf8_lossy(&enqueue.stderr));
    }
    names
}

fn worker(redis: &RedisServer, out: &Arc<TempDir>) -> Program {
    let arguments = [
        ["--intake", "off"],
        ["--fake-server-delay", "0.02"],
        ["--lease", "3"],
        ["--attempts", "5"],
        ["--retry-delay", "0.1"],
        ["--sample-interval", "0.5"],
    ]
    .concat();
    Program::start_in(Arc::clone(out), &arguments, &[("REDIS_URL", &redis.url())])
}

/// The counts of a worker, from its last page.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    started: f64,
    completed: f64,
    failed: f64,
    superseded: f64,
}

impl Counts {
    fn of(page: &Page) -> Self {
        let value = |name| page.value(name, &[]).unwrap_or(0.0);
        let counts = Self {
            started: value("jobs_started_total"),
            completed: value("jobs_completed_total"),
            failed: value("jobs_failed_total"),
            superseded: value("jobs_superseded_total"),
        };
        // One job is in progress; the page is not one moment, so that a few more may start while it is made.
        let open = counts.started - counts.completed - counts.failed - counts.superseded;
        assert!((0.0..=10.0).contains(&open), "{counts:?} on\n{}", page.text());
        counts
    }

    fn add(&mut self, other: Self) {
        self.started += other.started;
        self.completed += other.completed;
        self.failed += other.failed;
        self.superseded += other.superseded;
    }
}

/// Waits for a longer time than `wait_until`: two hundred jobs take minutes where the machine is slow.
fn wait_for_all_jobs<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(1_200);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "the jobs have not all ended");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn every_job_ends_once_whatever_is_killed() {
    let mut redis = RedisServer::start_persistent();
    let names = enqueue(&redis);
    assert_eq!(names.len(), JOBS);
    let out = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
    let mut steady = worker(&redis, &out);
    let mut random = fastrand::Rng::with_seed(200);
    let mut counted = Counts::default();
    let mut victim = worker(&redis, &out);
    for kill in 0..KILLS {
        let _ = victim.metrics();
        sleep(Duration::from_millis(random.u64(100..900)));
        if OUTAGES.contains(&kill) {
            redis.stop();
            sleep(Duration::from_millis(500));
            redis.restart();
        }
        counted.add(Counts::of(&victim.page()));
        victim.process.kill();
        victim = worker(&redis, &out);
    }

    let ended = || {
        let completed: Vec<String> = redis.command(&["LRANGE", "video_orchestrator:completed", "0", "-1"]);
        let dead = all_lists(&redis, "dead");
        (completed.len() + dead.len() >= JOBS).then_some((completed, dead))
    };
    let (completed, dead) = wait_for_all_jobs(ended);
    for worker in [&mut steady, &mut victim] {
        let page = worker.page();
        counted.add(Counts::of(&page));
        worker.process.signal("TERM");
        assert_eq!(worker.exit_code(), Some(0));
    }

    // Each job is on one list, once.
    assert_eq!(all_lists(&redis, "queue").len() + all_lists(&redis, "processing").len(), 0);
    let read = |text: &String| serde_json::from_str::<Value>(text).expect("it is JSON");
    let done: Vec<String> = completed.iter().map(|record| text(&read(record)["job"])).collect();
    let given_up: Vec<String> = dead
        .iter()
        .map(|letter| {
            let letter = read(letter);
            // Its last worker may have been killed.
            let error = text(&letter["error"]);
            assert!(error.contains("rejects the workflow") || error.contains("its worker was lost"), "{letter}");
            assert_eq!(letter["attempts"], 5, "{letter}");
            let entry = read(&text(&letter["entry"]));
            format!("test/{}", text(&entry["job"]["job_id"]))
        })
        .collect();
    let all: Vec<&String> = done.iter().chain(&given_up).collect();
    assert_eq!(all.len(), JOBS);
    assert_eq!(all.into_iter().cloned().collect::<BTreeSet<String>>(), names);
    assert_eq!(given_up.len(), JOBS / FAILING);
    assert_eq!(redis.command::<u64>(&["HLEN", "video_orchestrator:attempts"]), 0);

    for job in &done {
        check_outputs(&out.path().join(job));
    }
    // A completed job was counted once, unless its worker counted it between its last page and its end.
    #[allow(clippy::cast_precision_loss)]
    let (least, most) = ((done.len() - 10 * KILLS) as f64, done.len() as f64);
    assert!((least..=most).contains(&counted.completed), "{counted:?} for {} that are done", done.len());
    assert!(counted.started >= counted.completed + counted.failed, "{counted:?}");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned()
}

/// Checks that the folder has all files of the manifest, complete, and no others.
fn check_outputs(folder: &Path) {
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).expect("a job that is done has a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("the manifest is complete");
    assert_eq!(manifest["status"], "completed", "{}", folder.display());
    let wav = std::fs::read(folder.join("voiceover.wav")).expect("it is there");
    let length = u32::from_le_bytes(wav[4..8].try_into().expect("four bytes")) as usize;
    assert_eq!(wav.len(), length + 8, "the WAV has the length in its header");
    let mut files = BTreeSet::from(["manifest.json".to_owned(), "voiceover.wav".to_owned()]);
    for image in manifest["images"].as_array().expect("they are listed") {
        let file = text(&image["file"]);
        let png = std::fs::read(folder.join(&file)).expect("it is there");
        assert!(png.starts_with(b"\x89PNG") && png.ends_with(b"IEND\xaeB`\x82"), "{file} is complete");
        files.insert(file);
    }
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("it is a folder")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, files, "{}", folder.display());
}

#[test]
fn the_low_queue_is_not_starved_and_each_wait_is_measured() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (priority, jobs) in PRIORITIES.iter().zip([30, 10, 2]) {
        let files: Vec<_> =
            (0..jobs).map(|job| write_job(folder.path(), &format!("{priority}-{job:02}"), "portrait")).collect();
        let enqueue =
            command(&[("REDIS_URL", &redis.url())]).args(["enqueue", "--priority", priority]).args(files).status();
        assert!(enqueue.expect("the program starts").success());
    }
    let mut program = Program::start(&["--once", "--fake-server-delay", "0.01"], &[("REDIS_URL", &redis.url())]);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let printed = program.process.printed();
    let order: Vec<&str> =
        printed.lines().filter_map(|line| Some(line.strip_prefix("started   test/")?.split_once('-')?.0)).collect();
    assert_eq!(order.len(), 42, "{printed}");
    let first_ten = |priority: &str| order[..10].iter().filter(|queue| **queue == priority).count();
    assert_eq!(PRIORITIES.map(first_ten), [6, 3, 1], "{order:?}");
    assert!(printed.contains("job_wait_seconds"), "{printed}");
}
