//! A real Redis.

use std::process::Command;

use redis::{Client, Connection, FromRedisValue};
use tempfile::TempDir;

use crate::certificate::Certificate;
use crate::process::{Process, free_port, start_on_free_port};
use crate::waiting::{SAFETY_LIMIT, wait_until};

/// A `redis-server` for one test. It ends with this value.
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
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one that writes each change to its append-only file before it answers.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start_persistent() -> Self {
        Self::start_with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// Starts one with these options of the command line, such as `["--port", "0"]`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start_with(options: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let launch = |port| launch(port, &folder, options);
        let (process, port) = start_on_free_port("redis-server", launch, is_up);
        Self { process: Some(process), port, folder, options }
    }

    /// Its address: `redis://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// From now on it also listens with TLS. Returns that address: `rediss://localhost:PORT`.
    ///
    /// # Panics
    ///
    /// If it refuses.
    #[must_use]
    pub fn listen_with_tls(&self, certificate: &Certificate) -> String {
        let (port, path, key) = (free_port().to_string(), certificate.path(), certificate.key());
        let [path, key] = [path, key].map(|path| path.to_str().expect("temporary paths are text").to_owned());
        let files = ["tls-cert-file", &path, "tls-key-file", &key, "tls-ca-cert-file", &path];
        let listen = ["tls-auth-clients", "no", "tls-port", &port];
        let _: () = self.command(&[&["CONFIG", "SET"][..], &files, &listen].concat());
        format!("rediss://localhost:{port}")
    }

    /// Runs a command, such as `["LLEN", "queue"]`.
    ///
    /// # Panics
    ///
    /// If Redis is down, refuses the command, or answers with a value of another type.
    #[allow(clippy::must_use_candidate, reason = "many commands are run for their effect")]
    pub fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection = connect(self.port).expect("Redis answers");
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(word);
        }
        command.query(&mut connection).unwrap_or_else(|error| panic!("`{}` has failed: {error}", words.join(" ")))
    }

    /// Stops it at once; its data is lost, unless it is persistent.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Suspends it: its connections stay open, and it does not answer.
    ///
    /// # Panics
    ///
    /// If it is down.
    pub fn suspend(&self) {
        self.process.as_ref().expect("Redis runs").signal("STOP");
    }

    /// Starts it again, on the same port.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn restart(&mut self) {
        self.stop();
        let mut process = launch(self.port, &self.folder, self.options);
        wait_until("Redis to answer again", || {
            if process.try_wait().is_some() {
                // Another program may have used the port for a moment, as the local end of a connection.
                process = launch(self.port, &self.folder, self.options);
            }
            is_up(self.port, &process).then_some(())
        });
        self.process = Some(process);
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
    let connection = Client::open(url(port)).ok()?.get_connection_with_timeout(SAFETY_LIMIT).ok()?;
    connection.set_read_timeout(Some(SAFETY_LIMIT)).ok()?;
    connection.set_write_timeout(Some(SAFETY_LIMIT)).ok()?;
    Some(connection)
}

/// Whether this process answers commands on the port, and not another one that was given the same port.
fn is_up(port: u16, process: &Process) -> bool {
    let id = format!("process_id:{}", process.id());
    let information = || {
        let mut connection = connect(port)?;
        // Refused while Redis still reads its file.
        redis::cmd("PING").query::<String>(&mut connection).ok()?;
        redis::cmd("INFO").arg("server").query::<String>(&mut connection).ok()
    };
    information().is_some_and(|information| information.lines().any(|line| line == id))
}
