//! The address of a service that moves, disappears and returns.

use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::redis::{ServiceUrl, ServiceUrlError};
use metrics_runtime::testing::Capture;
use system_tests::RedisServer;

use super::{client, server_calls, wait_for};

const KEY: &str = "current_comfyui_url";
/// Longer than a test.
const LONG: Duration = Duration::from_secs(3600);

fn write(server: &RedisServer, url: &str) {
    let _: () = server.command(&["SET", KEY, url]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_key_is_read_once_in_an_interval_however_many_tasks_ask() {
    let server = RedisServer::start();
    write(&server, "http://gpu-1:8188");
    let service = Arc::new(ServiceUrl::new(client(&server), KEY).refresh_interval(LONG));
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.get().await.expect("the key is set").to_string() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("it does not panic"), "http://gpu-1:8188/");
    }
    assert_eq!(server_calls(&server, "get"), 1);
    // Reports cause no read within the retry interval.
    let url = service.get().await.expect("the key is set");
    for _ in 0..100 {
        service.report_failure(&url);
        assert_eq!(service.get().await.expect("the key is set"), url);
    }
    assert_eq!(server_calls(&server, "get"), 1);
}

#[tokio::test]
async fn all_tasks_use_a_new_address_within_the_interval_and_earlier_after_a_report() {
    let server = RedisServer::start();
    write(&server, "http://gpu-1:8188");
    let (refresh, retry) = (Duration::from_secs(2), Duration::from_millis(300));
    let service = Arc::new(ServiceUrl::new(client(&server), KEY).refresh_interval(refresh).retry_interval(retry));
    let time_until_all_use = |to: &'static str, reports: bool| {
        let service = Arc::clone(&service);
        async move {
            let start = tokio::time::Instant::now();
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
                task.await.expect("it finds the new address");
            }
            start.elapsed()
        }
    };
    service.get().await.expect("the key is set");
    let reads = server_calls(&server, "get");
    write(&server, "http://gpu-2:8188");
    let took = time_until_all_use("http://gpu-2:8188/", false).await;
    assert!(took < refresh * 2, "{took:?}");
    assert_eq!(server_calls(&server, "get"), reads + 1);

    write(&server, "https://gpu-3");
    let took = time_until_all_use("https://gpu-3/", true).await;
    assert!(took < refresh, "{took:?}");
}

#[tokio::test]
async fn the_last_good_address_is_used_while_no_other_can_be_read() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let service = ServiceUrl::new(client(&server), KEY).refresh_interval(Duration::ZERO);
    let get = || capture.wrap(service.get());

    let missing = get().await.expect_err("the key is not set");
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
    let good = get().await.expect("the key is set");
    assert_eq!(good.as_str(), "http://gpu:8188/");
    write(&server, "nonsense");
    assert_eq!(get().await.expect("there is a last good address"), good);
    let _: u64 = server.command(&["DEL", KEY]);
    assert_eq!(get().await.expect("there is a last good address"), good);
    server.stop();
    assert_eq!(get().await.expect("there is a last good address"), good);
    server.restart();
    write(&server, "http://gpu-2:8188");
    wait_for("new address", async || get().await.ok().filter(|url| url.as_str() == "http://gpu-2:8188/")).await;

    let seen = capture.snapshot();
    let refreshes = |result| seen.counter("service_url_refreshes_total", &[("name", KEY), ("result", result)]);
    assert_eq!((refreshes("missing"), refreshes("invalid")), (2, 5), "{seen}");
    assert!(refreshes("ok") >= 2 && refreshes("error") >= 2, "{seen}");
    assert!(seen.gauge("service_url_age_seconds", &[("name", KEY)]) < 60.0);
}

#[tokio::test]
async fn each_result_has_a_series_before_the_first_read() {
    let server = RedisServer::start();
    let capture = Capture::new();
    let _service = capture.run(|| ServiceUrl::new(client(&server), "current_voice_url"));
    let seen = capture.snapshot().to_string();
    for result in ["ok", "missing", "invalid", "error"] {
        let series = format!("service_url_refreshes_total{{name=\"current_voice_url\",result=\"{result}\"}} 0");
        assert!(seen.lines().any(|line| line == series), "{result}: {seen}");
    }
}
