//! Each command is measured once, whether it succeeds, fails or is dropped.

use std::time::Duration;

use metrics_runtime::redis::{Instrumented, connect};
use metrics_runtime::testing::capture_async;
use redis::aio::ConnectionManager;
use redis::{AsyncCommands, AsyncConnectionConfig};
use system_tests::RedisServer;

use super::{TIMEOUT, client, command_count, error_counts};

#[tokio::test]
async fn a_command_and_a_pipeline_each_count_once() {
    let server = RedisServer::start();
    let seen = capture_async(async {
        let mut connection = connect(&client(&server), TIMEOUT).await.expect("Redis answers");
        let _: () = connection.set("a", 1).await.expect("it can be set");
        let mut pipeline = redis::pipe();
        pipeline.incr("a", 1).incr("a", 1).get("a");
        let (_, _, a): (u64, u64, u64) = pipeline.query_async(&mut connection).await.expect("Redis runs it");
        assert_eq!(a, 3);
        let _: String = redis::cmd("Echo").arg("x").query_async(&mut connection).await.expect("Redis answers");
    })
    .await;
    let counts = ["connect", "set", "pipeline", "incr", "other"].map(|command| command_count(&seen, command));
    assert_eq!(counts, [1, 1, 1, 0, 1], "{seen}");
    assert_eq!(error_counts(&seen), [0; 4]);
}

#[tokio::test]
async fn a_connection_manager_is_measured() {
    let server = RedisServer::start();
    let seen = capture_async(async {
        let manager = ConnectionManager::new(client(&server)).await.expect("Redis answers");
        let mut connection = Instrumented::new(manager);
        let none: Option<String> = connection.get("nothing").await.expect("Redis answers");
        assert_eq!(none, None);
    })
    .await;
    assert_eq!(command_count(&seen, "get"), 1);
}

#[tokio::test]
async fn each_error_is_counted_under_its_kind() {
    let mut server = RedisServer::start();
    let seen = capture_async(async {
        let client = client(&server);
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_millis(200)));
        let connection = client.get_multiplexed_async_connection_with_config(&config).await;
        let mut connection = Instrumented::new(connection.expect("Redis answers"));
        let _: () = connection.set("text", "x").await.expect("it can be set");
        // Redis refuses the command.
        connection.llen::<_, u64>("text").await.expect_err("it is not a list");
        // Redis does not answer in time.
        let _: () = server.command(&["CLIENT", "PAUSE", "600"]);
        connection.get::<_, String>("text").await.expect_err("the reply is too late");
        // The caller stops waiting for the reply.
        let dropped = tokio::time::timeout(Duration::from_millis(20), connection.get::<_, String>("text")).await;
        assert!(dropped.is_err());
        let _: () = server.command(&["CLIENT", "UNPAUSE"]);
        // Redis is not running.
        server.stop();
        connection.get::<_, String>("text").await.expect_err("Redis is not running");
        connect(&client, TIMEOUT).await.expect_err("Redis is not running");
    })
    .await;
    assert_eq!(error_counts(&seen), [1, 2, 1, 1], "{seen}");
    assert_eq!(["get", "llen", "connect"].map(|command| command_count(&seen, command)), [3, 1, 1], "{seen}");
}
