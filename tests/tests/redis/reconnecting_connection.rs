//! A connection that reconnects, and whose attempts to connect are measured.

use std::time::Duration;

use metrics_runtime::redis::{ReconnectingConnection, connect};
use metrics_runtime::testing::{Capture, capture_async};
use redis::AsyncCommands;
use system_tests::RedisServer;

use super::{TIMEOUT, client, command_count, error_counts, wait_for};

const TASKS: usize = 50;

#[tokio::test]
async fn it_reconnects_after_redis_has_restarted() {
    let mut server = RedisServer::start();
    let seen = capture_async(async {
        let mut connection = connect(&client(&server), TIMEOUT).await.expect("Redis answers");
        let _: () = connection.set("key", 1).await.expect("it can be set");
        let mut clone = connection.clone();
        server.stop();
        connection.get::<_, Option<u64>>("key").await.expect_err("the connection is broken");
        clone.get::<_, Option<u64>>("key").await.expect_err("Redis is not running");
        server.restart();
        for connection in [&mut connection, &mut clone] {
            assert_eq!(connection.get::<_, Option<u64>>("key").await.expect("Redis is back"), None);
        }
    })
    .await;
    // The first one, one that failed, and one for both clones.
    assert_eq!(command_count(&seen, "connect"), 3, "{seen}");
    // The command that met the broken connection, and the two that succeeded. The one in between had no connection.
    assert_eq!(command_count(&seen, "get"), 3, "{seen}");
    assert_eq!(error_counts(&seen), [0, 2, 0, 0], "{seen}");
}

#[tokio::test]
async fn commands_that_wait_at_the_same_time_share_one_attempt() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let connection = ReconnectingConnection::new(client(&server), TIMEOUT);
    let query_from_all_tasks = || {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let mut connection = connection.clone();
                tokio::spawn(capture.wrap(async move { connection.exists::<_, bool>("key").await }))
            })
            .collect();
        async {
            let mut answered = 0;
            for task in tasks {
                answered += usize::from(task.await.expect("it does not panic").is_ok());
            }
            answered
        }
    };
    server.stop();
    assert_eq!(query_from_all_tasks().await, 0);
    assert_eq!(command_count(&capture.snapshot(), "connect"), 1);
    server.restart();
    assert_eq!(query_from_all_tasks().await, TASKS);
    assert_eq!(command_count(&capture.snapshot(), "connect"), 2);
    assert_eq!(error_counts(&capture.snapshot()), [0, 1, 0, 0]);
}

#[tokio::test]
async fn immediate_retries_are_slowed_down_by_the_backoff() {
    let mut server = RedisServer::start();
    let capture = Capture::new();
    let mut connection = connect(&client(&server), TIMEOUT).await.expect("Redis answers");
    server.stop();
    let start = tokio::time::Instant::now();
    let retries = capture.wrap(async move { while connection.exists::<_, bool>("key").await.is_err() {} });
    let task = tokio::spawn(retries);
    wait_for("fifth attempt", async || (command_count(&capture.snapshot(), "connect") >= 5).then_some(())).await;
    // The backoffs between the attempts are 0.1, 0.2, 0.4 and 0.8 s.
    assert!(start.elapsed() >= Duration::from_millis(1500), "{:?}", start.elapsed());
    server.restart();
    task.await.expect("it ends when Redis is back");
}

#[tokio::test]
async fn a_connection_with_a_late_reply_is_replaced() {
    let server = RedisServer::start();
    let mut connection = connect(&client(&server), Duration::from_millis(300)).await.expect("Redis answers");
    let connections = || -> usize {
        let list: String = server.command(&["CLIENT", "LIST", "TYPE", "normal"]);
        // Without the connection that sends `CLIENT LIST`.
        list.lines().count() - 1
    };
    assert_eq!(connections(), 1);
    // An error reply is a reply, also that of a transaction: the connection stays.
    let _: () = connection.set("text", "x").await.expect("it can be set");
    connection.llen::<_, u64>("text").await.expect_err("it is not a list");
    let address: String = redis::cmd("CLIENT").arg("INFO").query_async(&mut connection).await.expect("Redis answers");
    let refused: redis::RedisResult<()> =
        redis::pipe().atomic().cmd("SET").arg("alone").query_async(&mut connection).await;
    refused.expect_err("a value is missing");
    let later: String = redis::cmd("CLIENT").arg("INFO").query_async(&mut connection).await.expect("Redis answers");
    let id = |info: &str| info.split(' ').next().map(str::to_owned);
    assert_eq!(id(&later), id(&address), "it is the same connection");
    let late = connection.blpop::<_, Option<(String, String)>>("jobs", 60.0).await.expect_err("no job comes in time");
    assert!(late.is_timeout(), "{late}");
    // The stuck connection is closed, so that Redis gives no job to a caller that has stopped waiting.
    wait_for("end of the stuck connection", async || (connections() == 0).then_some(())).await;
    assert_eq!(connection.get::<_, String>("text").await.expect("it reconnects"), "x");
    assert_eq!(connections(), 1);
}

#[tokio::test]
async fn the_backoff_also_grows_if_no_caller_waits_for_an_attempt() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    let client = redis::Client::open(format!("redis://{address}")).expect("the address is valid");
    let connection = ReconnectingConnection::new(client, TIMEOUT);
    let retries = tokio::spawn(async move {
        loop {
            let _ = tokio::time::timeout(Duration::from_millis(5), connection.query::<()>(&redis::cmd("PING"))).await;
        }
    });
    let mut start = None;
    // No attempt succeeds. The backoffs between five of them are 0.1, 0.2, 0.4 and 0.8 s.
    for _ in 0..5 {
        let _ = listener.accept().await.expect("it connects");
        start.get_or_insert_with(tokio::time::Instant::now);
    }
    let elapsed = start.map(|start| start.elapsed());
    assert!(elapsed >= Some(Duration::from_millis(1400)), "{elapsed:?}");
    retries.abort();
}
