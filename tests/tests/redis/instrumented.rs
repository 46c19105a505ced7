//! Each command is measured once, however it ends.

use std::time::Duration;

use metrics_runtime::redis::{Instrumented, connect};
use metrics_runtime::testing::capture_async;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, AsyncConnectionConfig};
use system_tests::{RedisServer, SAFETY_LIMIT};

use super::{client, commands, errors};

/// Too short only while Redis does not answer at all.
const SHORT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_command_counts_once_and_so_does_a_pipeline() {
    let server = RedisServer::start();
    let seen = capture_async(async {
        let mut connection = connect(&client(&server), SAFETY_LIMIT).await.expect("Redis answers");
        let _: () = connection.set("a", 1).await.expect("it can be set");
        let mut pipeline = redis::pipe();
        pipeline.incr("a", 1).incr("a", 1).get("a");
        let (_, _, a): (u64, u64, u64) = pipeline.query_async(&mut connection).await.expect("Redis runs it");
        assert_eq!(a, 3);
        let _: String = redis::cmd("Echo").arg("x").query_async(&mut connection).await.expect("it answers");
    })
    .await;
    let counts = ["connect", "set", "pipeline", "incr", "other"].map(|command| commands(&seen, command));
    assert_eq!(counts, [1, 1, 1, 0, 1], "{seen}");
    assert_eq!(errors(&seen), [0; 4]);
}

#[tokio::test]
async fn a_connection_manager_is_measured_too() {
    let server = RedisServer::start();
    let seen = capture_async(async {
        let patient = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(SAFETY_LIMIT))
            .set_response_timeout(Some(SAFETY_LIMIT));
        let manager = ConnectionManager::new_with_config(client(&server), patient).await.expect("Redis answers");
        let mut connection = Instrumented::new(manager);
        let none: Option<String> = connection.get("nothing").await.expect("it answers");
        assert_eq!(none, None);
    })
    .await;
    assert_eq!(commands(&seen, "get"), 1);
}

#[tokio::test]
async fn each_error_is_counted_by_its_kind() {
    let mut server = RedisServer::start();
    let seen = capture_async(async {
        let client = client(&server);
        let patient = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(SAFETY_LIMIT))
            .set_response_timeout(Some(SAFETY_LIMIT));
        let connection = client.get_multiplexed_async_connection_with_config(&patient).await.expect("Redis answers");
        let mut impatient = connection.clone();
        impatient.set_response_timeout(SHORT);
        let (mut connection, mut impatient) = (Instrumented::new(connection), Instrumented::new(impatient));
        let _: () = connection.set("text", "x").await.expect("it can be set");
        // Redis refuses the command.
        connection.llen::<_, u64>("text").await.expect_err("it is not a list");
        // Redis does not answer in time.
        server.suspend();
        impatient.get::<_, String>("text").await.expect_err("it is too late");
        // The caller stops waiting for the answer.
        let dropped = tokio::time::timeout(SHORT, connection.get::<_, String>("text")).await;
        assert!(dropped.is_err());
        // Redis is down.
        server.stop();
        connection.get::<_, String>("text").await.expect_err("it is down");
        connect(&client, SAFETY_LIMIT).await.expect_err("it is down");
    })
    .await;
    assert_eq!(errors(&seen), [1, 2, 1, 1], "{seen}");
    assert_eq!(["get", "llen", "connect"].map(|command| commands(&seen, command)), [3, 1, 1], "{seen}");
}
