//! A real Redis.

use std::process::Command;

use redis::{Client, Connection, FromRedisValue};
use tempfile::TempDir;

use crate::process::{Process, start_on_free_port, wait_until};

/// A `redis-server` of the test's own. It ends with this value.
#[derive(Debug)]
pub struct RedisServer {
    process: Option<Process>,
    port: u16,
    folder: TempDir,
    options: &'static [&'static str],
}

impl RedisServer {
    /// Starts one on a free port, without persistence.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one that writes each change to its append-only file before it answers.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    #[must_use]
    pub fn start_persistent() -> Self {
        Self::start_with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    fn start_with(options: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let launch = |port| launch(port, &folder, options);
        let (process, port) = start_on_free_port("redis-server", launch, |port| connect(port).is_some());
        Self { process: Some(process), port, folder, options }
    }

    /// Where it is: `redis://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Runs a command, such as `["LLEN", "queue"]`.
    ///
    /// # Panics
    ///
    /// Where Redis is down, refuses it, or answers with something else.
    #[allow(clippy::must_use_candidate, reason = "many commands are run for what they do")]
    pub fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection = connect(self.port).expect("Redis answers");
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(word);
        }
        command.query(&mut connection).unwrap_or_else(|error| panic!("`{}` has failed: {error}", words.join(" ")))
    }

    /// Stops it, at once; what it held is gone, unless it is persistent.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again, on the same port.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.stop();
        self.process = Some(launch(self.port, &self.folder, self.options));
        wait_until("Redis to answer again", || connect(self.port));
    }
}

fn launch(port: u16, folder: &TempDir, options: &[&str]) -> Process {
    Process::start(
        Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string()])
            .args(options)
            .current_dir(folder.path()),
    )
}

fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

fn connect(port: u16) -> Option<Connection> {
    let mut connection = Client::open(url(port)).ok()?.get_connection().ok()?;
    redis::cmd("PING").query::<String>(&mut connection).ok()?;
    Some(connection)
}
