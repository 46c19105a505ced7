//! The Redis server; its errors name the server and the key.

use std::time::Duration;

use metrics_runtime::redis::ReconnectingConnection;
use redis::{Client, Cmd, FromRedisValue, RedisError};

use super::keys;
use super::script::script;
use crate::queue::error::QueueError;
use crate::settings::{AddressSetting, setting_name};

/// The longest that Redis may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// The code of Redis' error where a key holds another type than the command needs.
const WRONG_TYPE: &str = "WRONGTYPE";

/// The codes of the errors that only a cluster gives.
const CLUSTER: [&str; 4] = ["CROSSSLOT", "MOVED", "ASK", "CLUSTERDOWN"];

/// A Redis server.
#[derive(Debug)]
pub(crate) struct Server {
    /// For messages: without the password.
    url: String,
    client: Client,
    connection: ReconnectingConnection,
}

impl Server {
    /// The server at this address; the connection is made when it is first used.
    pub(crate) fn new(url: &AddressSetting) -> Result<Self, QueueError> {
        let client = Client::open(url.as_str()).map_err(|source| QueueError::Address {
            setting: setting_name("REDIS_URL", "--redis-url", url.as_str()),
            url: url.to_string(),
            source,
        })?;
        let connection = ReconnectingConnection::new(client.clone(), ANSWER_TIMEOUT);
        Ok(Self { url: url.to_string(), client, connection })
    }

    /// A client for other connections to the same server.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Runs a command.
    pub(crate) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, QueueError> {
        match self.connection.query(command).await {
            Ok(answer) => Ok(answer),
            Err(source) if source.code() == Some(WRONG_TYPE) => Err(self.wrong_type(source).await),
            Err(source) if source.code().is_some_and(|code| CLUSTER.contains(&code)) => Err(self.cluster()),
            Err(source) => Err(self.error(source)),
        }
    }

    /// Checks that the server is not a node of a cluster: there each script would need all its keys on one node. A script that
    /// does nothing shows it, to every user who may run the others.
    pub(crate) async fn check_not_cluster(&self) -> Result<(), QueueError> {
        let names: Vec<String> = keys::all().map(|(name, _)| name).collect();
        self.run(&script("return 1", &names)).await
    }

    fn cluster(&self) -> QueueError {
        QueueError::Cluster { url: self.url.clone() }
    }

    fn error(&self, source: RedisError) -> QueueError {
        QueueError::Redis { url: self.url.clone(), source }
    }

    /// Finds the key with the wrong type: the error of Redis does not name it.
    async fn wrong_type(&self, source: RedisError) -> QueueError {
        for (key, expected) in keys::all() {
            match self.connection.query::<String>(redis::cmd("TYPE").arg(&key)).await {
                Ok(found) if found != expected && found != "none" => {
                    return QueueError::WrongType { key, url: self.url.clone(), found, expected, source };
                }
                _ => {}
            }
        }
        self.error(source)
    }
}
