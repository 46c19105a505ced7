//! The address of a service that moves, disappears, and comes back.

use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::redis::{ServiceUrl, ServiceUrlError};
use metrics_runtime::testing::Capture;
use system_tests::{RedisServer, SAFETY_LIMIT};
use tokio::time::Instant;

use super::{calls, client, until};

const KEY: &str = "current_comfyui_url";
/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);

fn write(server: &RedisServer, url: &str) {
    let _: () = server.command(&["SET", KEY, url]);
}

fn get_calls(server: &RedisServer) -> u64 {
    calls(server, ["get"])[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_key_is_read_once_in_a_period_however_many_tasks_ask() {
    let server = RedisServer::start();
    write(&server, "http://gpu-1:8188");
    let service = Arc::new(ServiceUrl::new(client(&server), KEY).refresh_interval(LONG));
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.get().await.expect("it is there").to_string() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("it does not panic"), "http://gpu-1:8188/");
    }
    assert_eq!(get_calls(&server), 1);
    // Reports do not make the reads more frequent.
    let url = service.get().await.expect("it is there");
    for _ in 0..100 {
        service.report_failure(&url);
        assert_eq!(service.get().await.expect("it is there"), url);
    }
    assert_eq!(get_calls(&server), 1);
}

/// Lets eight tasks ask until each has got this address, and checks how often the key was read meanwhile: once in each
/// `pause` at most.
async fn check_move(server: &RedisServer, service: ServiceUrl, to: &'static str, reports: bool, pause: Duration) {
    let service = Arc::new(service);
    service.get().await.expect("there is an address");
    let (begun, reads) = (Instant::now(), get_calls(server));
    write(server, to);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let service = Arc::clone(&service);
            tokio::spawn(async move {
                loop {
                    let url = service.get().await.expect("there is always an address");
                    if url.as_str() == to {
                        return;
                    }
                    if reports {
                        service.report_failure(&url);
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        let found = tokio::time::timeout(SAFETY_LIMIT, task).await;
        found.expect("the task finds the new address").expect("it does not panic");
    }
    let reads = get_calls(server) - reads;
    let most = begun.elapsed().as_secs_f64() / pause.as_secs_f64() + 1.0;
    assert!(f64::from(u32::try_from(reads).expect("they are few")) <= most, "{reads} reads in {:?}", begun.elapsed());
}

#[tokio::test]
async fn all_tasks_use_the_new_address_after_the_period() {
    let server = RedisServer::start();
    write(&server, "http://gpu-1:8188");
    let period = Duration::from_millis(500);
    let service = ServiceUrl::new(client(&server), KEY).refresh_interval(period).retry_interval(LONG);
    check_move(&server, service, "http://gpu-2:8188/", false, period).await;
}

#[tokio::test]
async fn all_tasks_leave_an_address_that_was_reported_before_the_period_ends() {
    let server = RedisServer::start();
    write(&server, "http://gpu-1:8188");
    let earliest = Duration::from_millis(300);
    let service = ServiceUrl::new(client(&server), KEY).refresh_interval(LONG).retry_interval(earliest);
    check_move(&server, service, "https://gpu-3/", true, earliest).await;
}

#[tokio::test]
async fn the_last_good_address_serves_while_there_is_no_other() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let service = ServiceUrl::new(client(&server), KEY).refresh_interval(Duration::ZERO);
    let get = || capture.wrap(service.get());

    let missing = get().await.expect_err("the key does not exist");
    assert!(matches!(missing, ServiceUrlError::Missing { .. }));
    assert!(missing.to_string().starts_with("the key `current_comfyui_url` does not exist"), "{missing}");
    for wrong in ["gpu:8188", "ftp://gpu", "", "http://"] {
        write(&server, wrong);
        let invalid = get().await.expect_err("it is not an address");
        assert!(invalid.to_string().contains(&format!("holds `{wrong}`, which is not an address")), "{invalid}");
    }
    let _: u64 = server.command(&["DEL", KEY]);
    let _: u64 = server.command(&["RPUSH", KEY, "http://gpu:8188"]);
    let wrong_type = get().await.expect_err("it is a list");
    assert!(matches!(wrong_type, ServiceUrlError::Redis { .. }), "{wrong_type}");
    let _: u64 = server.command(&["DEL", KEY]);

    write(&server, " http://gpu:8188\n");
    let good = get().await.expect("it is there");
    assert_eq!(good.as_str(), "http://gpu:8188/");
    write(&server, "nonsense");
    assert_eq!(get().await.expect("there was one"), good);
    let _: u64 = server.command(&["DEL", KEY]);
    assert_eq!(get().await.expect("there was one"), good);
    server.stop();
    assert_eq!(get().await.expect("there was one"), good);
    server.restart();
    write(&server, "http://gpu-2:8188");
    until("the new address", async || get().await.ok().filter(|url| url.as_str() == "http://gpu-2:8188/")).await;

    let seen = capture.snapshot();
    let refreshes = |result| seen.counter("service_url_refreshes_total", &[("name", KEY), ("result", result)]);
    assert_eq!((refreshes("missing"), refreshes("invalid")), (2, 5), "{seen}");
    assert!(refreshes("ok") >= 2 && refreshes("error") >= 2, "{seen}");
    assert!(seen.gauge("service_url_age_seconds", &[("name", KEY)]) < SAFETY_LIMIT.as_secs_f64());
}

#[tokio::test]
async fn each_result_is_there_before_the_first_read() {
    let server = RedisServer::start();
    let capture = Capture::new();
    let _service = capture.run(|| ServiceUrl::new(client(&server), "current_voice_url"));
    let seen = capture.snapshot().to_string();
    for result in ["ok", "missing", "invalid", "error"] {
        let series = format!("service_url_refreshes_total{{name=\"current_voice_url\",result=\"{result}\"}} 0");
        assert!(seen.lines().any(|line| line == series), "{result}: {seen}");
    }
}
