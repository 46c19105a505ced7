//! The workers that share a Redis, as a real Prometheus finds them.

use std::collections::BTreeSet;

use system_tests::{Prometheus, RedisServer, Response, free_port, targets, wait_until};

use crate::program::{FakeServer, Program};

const KEY: &str = "video_orchestrator:fleet";

/// A worker of the fleet, at an address that it has from the start.
struct Worker {
    program: Program,
    address: String,
}

impl Worker {
    fn start(redis: &RedisServer, comfyui: &FakeServer, time_to_live: &str) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let environment = [("REDIS_URL", &*redis.url()), ("COMFYUI_URL", comfyui.url()), ("METRICS_LISTEN", &*address)];
        let arguments = ["--fleet", &*address, "--fleet-time-to-live", time_to_live, "--fleet-keep-lost", "3600"];
        let mut program = Program::start(&arguments, &environment);
        let _ = program.process.wait_for_line(&format!("in the fleet as {address}"));
        Self { program, address }
    }

    fn sd(&self) -> Response {
        Response::get(&format!("http://{}/sd", self.address)).expect("the endpoint answers")
    }

    /// The addresses on its list; `None` while it has none.
    fn list(&self) -> Option<BTreeSet<String>> {
        targets(&self.sd()).map(|list| list.into_keys().collect())
    }

    fn wait_for_list(&self, expected: &BTreeSet<String>) {
        wait_until(&format!("the list {expected:?}"), || self.list().filter(|list| list == expected));
    }
}

fn addresses<'a>(workers: impl IntoIterator<Item = &'a Worker>) -> BTreeSet<String> {
    workers.into_iter().map(|worker| worker.address.clone()).collect()
}

/// A Prometheus that asks this worker for its targets.
fn prometheus(worker: &Worker) -> Prometheus {
    Prometheus::configured(&format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n\
         scrape_configs:\n  - job_name: video-orchestrator\n    http_sd_configs:\n      - url: http://{}/sd\n        \
         refresh_interval: 1s\n",
        worker.address
    ))
}

/// The addresses for which `up` has this value now.
fn up(prometheus: &Prometheus, value: &str) -> BTreeSet<String> {
    let series = prometheus.query(&format!("up == {value}"));
    series.iter().map(|series| series["metric"]["instance"].as_str().expect("it has one").to_owned()).collect()
}

#[test]
fn prometheus_finds_the_workers_sees_a_lost_one_and_forgets_one_that_has_left() {
    let (redis, comfyui) = (RedisServer::start(), FakeServer::start());
    let mut workers = [0; 3].map(|_| Worker::start(&redis, &comfyui, "5"));
    let all = addresses(&workers);
    let prometheus = prometheus(&workers[0]);
    wait_until("all workers to be up", || (up(&prometheus, "1") == all).then_some(()));

    // A worker that is killed: it is seen as down, for as long as it is listed.
    let killed = BTreeSet::from([workers[1].address.clone()]);
    workers[1].program.process.kill();
    wait_until("the lost worker to be seen as down", || (up(&prometheus, "0") == killed).then_some(()));
    workers[0].wait_for_list(&all);
    let rest = addresses([&workers[0], &workers[2]]);
    // An hour later.
    let [seconds, _]: [u64; 2] = redis.command(&["TIME"]);
    let long_ago = (seconds * 1000 - 3_606_000).to_string();
    redis.command::<u64>(&["ZADD", KEY, "XX", "CH", &long_ago, &workers[1].address]);
    workers[0].wait_for_list(&rest);
    workers[2].wait_for_list(&rest);
    wait_until("the lost worker to be forgotten", || up(&prometheus, "0").is_empty().then_some(()));
    assert_eq!(up(&prometheus, "1"), rest);

    // A worker that ends as it should: it is gone when it has ended.
    workers[2].program.process.signal("TERM");
    assert_eq!(workers[2].program.exit_code(), Some(0));
    let registered: Vec<String> = redis.command(&["ZRANGE", KEY, "0", "-1"]);
    assert!(!registered.contains(&workers[2].address), "{registered:?}");
    workers[0].wait_for_list(&addresses([&workers[0]]));
    wait_until("the other to be the only target", || {
        (prometheus.query("up").len() == 1 && up(&prometheus, "1") == addresses([&workers[0]])).then_some(())
    });
}

#[test]
fn prometheus_keeps_its_targets_while_redis_is_away_and_when_it_has_lost_its_data() {
    let (mut redis, comfyui) = (RedisServer::start(), FakeServer::start());
    let workers = [0; 2].map(|_| Worker::start(&redis, &comfyui, "10"));
    let all = addresses(&workers);
    let prometheus = prometheus(&workers[0]);
    wait_until("all workers to be up", || (up(&prometheus, "1") == all).then_some(()));
    // It was refused while the fleet was new, too.
    let failures = || prometheus.page().value("prometheus_sd_http_failures_total", &[]).unwrap_or_default();
    let before = failures();
    redis.stop();
    for worker in &workers {
        wait_until("the answer that it is away", || {
            // The last list may be given for a second.
            let response = worker.sd();
            assert!(matches!(response.status, 200 | 503), "{}", response.status);
            response.body.contains("Redis does not answer").then_some(())
        });
    }
    // It asks every second, and scrapes every second.
    wait_until("Prometheus to be refused three times", || (failures() >= before + 3.0).then_some(()));
    assert_eq!(up(&prometheus, "1"), all);

    // Redis has kept nothing, and one worker is late: each list is complete all the same.
    workers[1].program.process.signal("STOP");
    redis.restart();
    wait_until("the answer that the list is not complete", || {
        let response = workers[0].sd();
        assert_eq!(response.status, 503, "{}", response.body);
        response.body.contains("when all workers had the time to register").then_some(())
    });
    workers[1].program.process.signal("CONT");
    for worker in &workers {
        let list = wait_until("a list", || worker.list());
        assert_eq!(list, all);
    }
    // None of them was forgotten meanwhile.
    wait_until("all workers to be up again", || (up(&prometheus, "1") == all).then_some(()));
}

#[test]
fn an_address_that_leads_nowhere_is_an_error_that_says_what_to_write() {
    let redis = RedisServer::start();
    let url = redis.url();
    for (listen, fleet, expected) in [
        ("0.0.0.0:0", "auto", "say with `Fleet::address` at which host Prometheus reaches it, such as `worker-1:"),
        ("127.0.0.1:0", "auto", "which does not lead other machines to this one"),
        ("off", "auto", "the program has no listener of its own for the metrics"),
        ("127.0.0.1:0", "http://worker-1:8000", "`http://worker-1:8000` cannot be the address of a target"),
        ("127.0.0.1:0", "0.0.0.0:8000", "`0.0.0.0:8000` cannot be the address of a target"),
    ] {
        let mut program = Program::start(&["--fleet", fleet], &[("REDIS_URL", &*url), ("METRICS_LISTEN", listen)]);
        assert_eq!(program.exit_code(), Some(1), "{listen}, {fleet}");
        let printed = program.process.printed();
        assert!(printed.contains(&format!("`--fleet {fleet}` (or `FLEET`) cannot be used")), "{printed}");
        assert!(printed.contains(expected), "{printed}");
    }
    let mut program = Program::start(&["--fleet", "auto"], &[]);
    assert_eq!(program.exit_code(), Some(1));
    assert!(program.process.printed().contains("set `REDIS_URL` too"), "{}", program.process.printed());
    assert_eq!(redis.command::<u64>(&["EXISTS", KEY]), 0);
}

#[test]
fn a_host_without_a_port_gets_that_of_the_metrics_and_what_is_not_scraped_is_not_registered() {
    let redis = RedisServer::start();
    let url = redis.url();
    let off = [("REDIS_URL", &*url), ("ENABLE_METRICS", "false"), ("FLEET", "worker-1:8000")];
    let mut program = Program::start(&[], &off);
    let _ = program.intake();
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
    assert!(!program.process.printed().contains("in the fleet"), "{}", program.process.printed());
    assert_eq!(redis.command::<u64>(&["EXISTS", KEY]), 0);

    let mut program = Program::start(&["--once"], &[("REDIS_URL", &*url), ("FLEET", "worker-1:8000")]);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    assert_eq!(redis.command::<u64>(&["EXISTS", KEY]), 0);

    let environment = [("REDIS_URL", &*url), ("METRICS_LISTEN", "0.0.0.0:0"), ("FLEET", "worker-1")];
    let mut program = Program::start(&[], &environment);
    let address = format!("worker-1:{}", program.metrics().port());
    let _ = program.process.wait_for_line(&format!("in the fleet as {address}"));
    wait_until("its registration", || {
        redis.command::<Vec<String>>(&["ZRANGE", KEY, "0", "-1"]).contains(&address).then_some(())
    });
}
