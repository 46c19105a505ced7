//! A program in a fleet: its registration in a real Redis, and what `/sd` answers.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use metrics_runtime::redis::{Fleet, FleetError, Membership};
use metrics_runtime::{Handle, Label, declare_metrics};
use serde_json::{Value, json};
use system_tests::{Log, Page, Process, RedisServer, Response, targets, wait_until};

const KEY: &str = "the:fleet";
const ADDRESS: &str = "worker-1:8000";

#[derive(Clone, Copy, Debug, Label)]
enum Lane {
    Fast,
}

declare_metrics! {
    /// Cars.
    gauge CARS = "fleet_test_cars", labels(lane: Lane);
}

struct Program {
    metrics: Handle,
    log: Log,
}

impl Program {
    /// A program has one endpoint and is in one fleet, so the tests take turns.
    fn take() -> MutexGuard<'static, Self> {
        static PROGRAM: OnceLock<Mutex<Program>> = OnceLock::new();
        let program = PROGRAM.get_or_init(|| {
            let log = Log::default();
            let writer = log.clone();
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
            let metrics = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init();
            Mutex::new(Self { metrics: metrics.expect("the settings are valid"), log })
        });
        program.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self) -> String {
        format!("http://{}/sd", self.metrics.local_addr().expect("it listens"))
    }

    fn sd(&self) -> Response {
        Response::get(&self.url()).expect("the endpoint answers")
    }

    fn wait_for_list(&self, accept: impl Fn(&BTreeMap<String, Value>) -> bool) -> BTreeMap<String, Value> {
        wait_until("another list", || targets(&self.sd()).filter(&accept))
    }

    /// Waits for an answer 503 with this reason.
    fn wait_for_refusal(&self, reason: &str) {
        wait_until(reason, || {
            let response = self.sd();
            assert!(matches!(response.status, 200 | 503), "{}", response.body);
            (response.status == 503 && response.body.contains(reason)).then_some(())
        });
    }
}

fn fleet(redis: &RedisServer) -> Fleet {
    let client = redis::Client::open(redis.url()).expect("the address is valid");
    Fleet::new(client, KEY).address(ADDRESS).time_to_live(Duration::from_secs(2)).keep_lost(Duration::from_secs(3600))
}

fn join(program: &Program, fleet: Fleet) -> Membership {
    fleet.join(&program.metrics).expect("it can be joined")
}

fn registrations(redis: &RedisServer) -> Vec<String> {
    let mut all: Vec<String> = redis.command(&["ZRANGE", KEY, "0", "-1"]);
    // It says since when the list is whole, for as long as that matters.
    all.retain(|registration| registration != "gap");
    all
}

/// Milliseconds since 1970 by Redis' clock.
fn now(redis: &RedisServer) -> u64 {
    let [seconds, _]: [u64; 2] = redis.command(&["TIME"]);
    seconds * 1000
}

/// Registers a worker that does not renew.
fn register(redis: &RedisServer, registration: &str) {
    redis.command::<u64>(&["ZADD", KEY, &now(redis).to_string(), registration]);
}

#[test]
fn a_program_is_listed_until_it_leaves() {
    let (program, redis) = (Program::take(), RedisServer::start());

    let membership = join(
        &program,
        fleet(&redis).time_to_live(Duration::from_secs(6)).label("zone", "\"a\"\\").label("rack", "é=1"),
    );
    assert_eq!(membership.address(), ADDRESS);
    // Others may register until then.
    program.wait_for_refusal("when all workers had the time to register");
    let list = program.wait_for_list(|_| true);
    assert_eq!(list, BTreeMap::from([(ADDRESS.to_owned(), json!({ "rack": "é=1", "zone": "\"a\"\\" }))]));
    let response = wait_until("the list", || Some(program.sd()).filter(|response| response.status == 200));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let expected = format!(r#"[{{"targets":["{ADDRESS}"],"labels":{{"rack":"é=1","zone":"\"a\"\\"}}}}]"#);
    assert_eq!(response.body, expected.clone() + "\n");
    assert_eq!(registrations(&redis).last().map(String::as_str), Some("worker-1:8000\nrack=é=1\nzone=\"a\"\\"));

    assert_eq!(Response::post(&program.url(), "x").expect("the endpoint answers").status, 405);
    // A page of another site may not read it; a scraper may use any name.
    let ask = |headers: &[(&str, &str)]| Response::get_with_headers(&program.url(), headers).expect("it answers").0;
    let refused = ask(&[("host", "evil.example"), ("accept-language", "en")]);
    assert_eq!(refused.status, 421);
    assert!(!refused.body.contains("targets"), "{}", refused.body);
    assert_ne!(ask(&[("host", "worker.internal"), ("user-agent", "Prometheus/3.5.0")]).status, 421);
    assert!(matches!(fleet(&redis).join(&program.metrics), Err(FleetError::AlreadyJoined)));

    membership.leave();
    assert_eq!(registrations(&redis), [""; 0]);
    assert!(program.sd().body.contains("this program has left its fleet"));
    // It may come back.
    let membership = join(&program, fleet(&redis));
    program.wait_for_list(|list| *list == BTreeMap::from([(ADDRESS.to_owned(), json!({}))]));
    drop(membership);
    assert_eq!(registrations(&redis), [""; 0]);
    assert!(program.sd().body.contains("this program has left its fleet"));
}

#[test]
fn the_router_has_the_list_if_there_is_one_by_then() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_io().build().expect("a runtime");
    let _membership = join(&program, fleet(&redis));
    let router: axum::Router = program.metrics.router();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    runtime.spawn(async move { axum::serve(listener, router).await });
    let expected = format!(r#"[{{"targets":["{ADDRESS}"],"labels":{{}}}}]"#) + "\n";
    wait_until("the list of the application's server", || {
        let response = Response::get(&format!("http://{address}/sd")).expect("the application answers");
        assert!(matches!(response.status, 200 | 503), "{}", response.body);
        (response.body == expected).then_some(())
    });
}

#[test]
fn a_lost_worker_stays_listed_for_a_while() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let _membership = join(&program, fleet(&redis).keep_lost(Duration::from_secs(8)));
    register(&redis, "lost:8000\nzone=a");
    program.wait_for_list(|list| list.get("lost:8000") == Some(&json!({ "zone": "a" })));
    // The worker itself renews, and stays.
    let list = program.wait_for_list(|list| !list.contains_key("lost:8000"));
    assert!(list.contains_key(ADDRESS));
    wait_until("it to be removed", || (!registrations(&redis).contains(&"lost:8000\nzone=a".to_owned())).then_some(()));
    // A fleet that has ended leaves nothing.
    assert!(redis.command::<i64>(&["PTTL", KEY]) > 0);
}

#[test]
fn the_newest_registration_of_an_address_counts_and_leaving_removes_all() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let membership = join(&program, fleet(&redis).label("version", "2"));
    register(&redis, "worker-1:8000\nversion=1");
    register(&redis, "worker-1:80001");
    register(&redis, "worker-1:800");
    let list = program.wait_for_list(|list| list.contains_key("worker-1:800") && list[ADDRESS]["version"] == "2");
    assert_eq!(list.len(), 2, "{list:?}");
    membership.leave();
    // Not those of other addresses.
    let mut left = registrations(&redis);
    left.sort();
    assert_eq!(left, ["worker-1:800", "worker-1:80001"]);
}

#[test]
fn what_no_worker_has_written_is_left_out_and_logged_once() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let _membership = join(&program, fleet(&redis));
    let before = program.log.count("registrations that are left out");
    let long = format!("long:8000\nzone={}", "x".repeat(1_000_000));
    for hostile in [
        "",
        "nothing",
        "http://evil:1/",
        "evil:1\n__address__=169.254.169.254:80",
        "evil:1\njob=another",
        "evil:1\nzone=\u{1b}[31m",
        "\"}],[{\"targets\":[\"evil:1\"]}]",
        "evil:1/metrics?x=",
        &long,
    ] {
        register(&redis, hostile);
    }
    redis.command::<u64>(&[
        "EVAL",
        "return redis.call('ZADD', KEYS[1], ARGV[1], 'evil:1\\nzone=\\255')",
        "1",
        KEY,
        &now(&redis).to_string(),
    ]);
    // Times that no clock has.
    redis.command::<u64>(&["ZADD", KEY, "inf", "evil:2", "1e300", "evil:3", "-inf", "evil:4"]);
    register(&redis, "good:8000\nzone=a");
    let list = program.wait_for_list(|list| list.contains_key("good:8000") && list.contains_key(ADDRESS));
    let list = if list.len() == 2 { list } else { program.wait_for_list(|list| list.len() == 2) };
    assert_eq!(list["good:8000"], json!({ "zone": "a" }));
    for _ in 0..3 {
        // An answer is given again for a second.
        std::thread::sleep(Duration::from_millis(1100));
        let _ = targets(&program.sd());
    }
    assert_eq!(program.log.count("registrations that are left out"), before + 1);
    assert_eq!(program.log.count("evil"), 0);
}

#[test]
fn a_crowd_of_registrations_is_cut_and_holds_this_worker() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let _membership = join(&program, fleet(&redis));
    let crowd = "for i = 1, 20000 do redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2] .. i .. ':8000' .. ARGV[3]) end";
    for (name, label, most) in [("short-", String::new(), 4096), ("long-", format!("\nzone={}", "x".repeat(900)), 582)]
    {
        redis.command::<()>(&["EVAL", crowd, "1", KEY, &now(&redis).to_string(), name, &label]);
        let is_cut = |list: &BTreeMap<String, Value>| {
            list.len() > 500 && list.contains_key(ADDRESS) && list.keys().any(|address| address.starts_with(name))
        };
        let list = program.wait_for_list(is_cut);
        assert!(list.len() <= most, "{}", list.len());
        // The next ones come alone.
        redis.command::<()>(&["DEL", KEY]);
    }
}

#[test]
fn while_redis_is_away_there_is_no_list_and_the_log_says_so_once() {
    let (program, mut redis) = (Program::take(), RedisServer::start());
    let _membership = join(&program, fleet(&redis).time_to_live(Duration::from_secs(6)));
    program.wait_for_list(|_| true);
    let failures = || {
        let page = Page::from(program.metrics.render());
        page.value("fleet_renewal_failures_total", &[]).expect("it is there from the start")
    };
    let lines = || {
        ["could not be renewed", "is renewed again", "could not be read", "can be read again"]
            .map(|text| program.log.count(text))
    };
    let (before, failures_before) = (lines(), failures());
    redis.stop();
    program.wait_for_refusal("Redis does not answer");
    wait_until("failures", || (failures() >= failures_before + 3.0).then_some(()));
    program.wait_for_refusal("Redis does not answer");
    assert_eq!([lines()[1], lines()[3]], [before[1], before[3]]);
    // An outage can have several kinds of failures: a broken connection, and one that cannot be made.
    let began = [lines()[0] - before[0], lines()[2] - before[2]];
    assert!(began.iter().all(|lines| (1..=3).contains(lines)), "{began:?}");
    // Its data is lost: nobody knows who else was there.
    redis.restart();
    program.wait_for_refusal("when all workers had the time to register");
    register(&redis, "other:8000");
    program.wait_for_list(|list| list.len() == 2);
    assert_eq!([lines()[1], lines()[3]], [before[1] + 1, before[3] + 1]);
}

#[test]
fn a_redis_that_hangs_holds_up_no_scrape() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let _membership = join(&program, fleet(&redis));
    program.wait_for_list(|_| true);
    redis.suspend();
    program.wait_for_refusal("Redis does not answer");
    let url = program.url();
    let ask = |path: &str| Response::get(&url.replace("/sd", path)).expect("the endpoint answers");
    // The endpoint has 256 places. Requests for the list hold only a few of them.
    wait_until("requests that do not wait", || {
        std::thread::scope(|scope| {
            let crowd: Vec<_> = (0..300).map(|_| scope.spawn(|| ask("/sd"))).collect();
            for _ in 0..10 {
                assert_eq!(ask("/metrics").status, 200);
            }
            let answers: Vec<_> = crowd.into_iter().map(|answer| answer.join().expect("it answers")).collect();
            assert!(answers.iter().all(|answer| answer.status == 503), "{answers:?}");
            answers.iter().any(|answer| answer.body.contains("too many ask for it at once")).then_some(())
        })
    });
}

#[test]
fn a_key_of_another_type_is_refused() {
    let (program, redis) = (Program::take(), RedisServer::start());
    redis.command::<()>(&["SET", KEY, "another program's"]);
    let membership = join(&program, fleet(&redis));
    program.wait_for_refusal("Redis has refused to read it");
    membership.leave();
    assert_eq!(redis.command::<String>(&["GET", KEY]), "another program's");
}

/// The Redis of another process, which is that process if this is set.
const PANICKING: &str = "FLEET_TEST_PANICKING";

/// Another process runs this as its only test: the thread that holds its membership panics, and the process goes on.
#[test]
fn another_process_panics() {
    let Ok(url) = std::env::var(PANICKING) else { return };
    let metrics = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let client = redis::Client::open(url.clone()).expect("the address is valid");
    let fleet = Fleet::new(client.clone(), KEY).address(ADDRESS).time_to_live(Duration::from_secs(2));
    let membership = fleet.join(&metrics).expect("it can be joined");
    let is_registered = || {
        let mut connection = client.get_connection().ok()?;
        redis::cmd("ZSCORE").arg(KEY).arg(ADDRESS).query::<Option<f64>>(&mut connection).ok()?
    };
    wait_until("its registration", is_registered);
    let main = std::thread::spawn(move || {
        let _membership = membership;
        panic!("its main thread panics");
    });
    assert!(main.join().is_err());
    println!("it goes on");
    loop {
        std::thread::park();
    }
}

#[test]
fn a_program_that_panics_does_not_leave() {
    let redis = RedisServer::start();
    let mut command = Command::new(std::env::current_exe().expect("a test knows its program"));
    command.args(["--exact", "another_process_panics", "--nocapture"]).env(PANICKING, redis.url());
    let mut process = Process::start(&mut command);
    let _ = process.wait_for_line("it goes on");
    let renewed = || redis.command::<Option<f64>>(&["ZSCORE", KEY, ADDRESS]).expect("it is still registered");
    // It is still scraped, too.
    let before = renewed();
    wait_until("a renewal", || (renewed() > before).then_some(()));
}

#[test]
fn what_cannot_be_used_is_an_error_that_says_what_to_write() {
    let (program, redis) = (Program::take(), RedisServer::start());
    let client = redis::Client::open(redis.url()).expect("the address is valid");
    let fails = |fleet: Fleet| fleet.join(&program.metrics).expect_err("it cannot be used").to_string();
    let listening = fails(Fleet::new(client, KEY));
    let address = program.metrics.local_addr().expect("it listens");
    assert_eq!(
        listening,
        format!(
            "the metrics are served at {address}, which does not lead other machines to this one: say with \
             `Fleet::address` at which host Prometheus reaches it, such as `worker-1:{}`",
            address.port()
        )
    );
    for wrong in ["", "worker 1", "http://worker-1:8000", "worker-1:0", "0.0.0.0", "[::]:1", "a\nb=c:1", "u@worker-1:1"]
    {
        let error = fails(fleet(&redis).address(wrong));
        assert!(error.contains("cannot be the address of a target: write a host and a port"), "{wrong}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    for (name, value, expected) in [
        ("lane", "x", "the label `lane` of the fleet is a label of the metric `fleet_test_cars` already"),
        ("job", "x", "is one that Prometheus' configuration gives"),
        ("instance", "x", "is one that Prometheus' configuration gives"),
        ("__address__", "x", "begins with `__`"),
        ("zo-ne", "x", "is not a label name"),
        ("zone", "", "has an empty value"),
        ("zone", "a\nb", "has a control character"),
    ] {
        let error = fails(fleet(&redis).label(name, value));
        assert!(error.contains(expected), "{name}: {error}");
    }
    assert!(fails(fleet(&redis).label("zone", "a").label("zone", "b")).contains("is given twice"));
    assert!(fails(fleet(&redis).label("zone", "x".repeat(1100))).contains("a registration has at most 1024"));
    assert_eq!(redis.command::<u64>(&["EXISTS", KEY]), 0);
    CARS.with(Lane::Fast).set(1.0);
}
