//! The fleet in Redis: one sorted set, and the scripts that change and read it.

use std::time::Duration;

use redis::{Client, Cmd, FromRedisValue, RedisResult};

use super::member::{MAX_LENGTH, Member};
use crate::redis::reconnecting_connection::ReconnectingConnection;

/// The most registrations that are read, and their bytes together: each client of the endpoint that reads slowly may hold another list.
const MOST_MEMBERS: usize = 4096;
const MOST_BYTES: usize = 512 * 1024;

/// The registrations of a fleet, and the one of this program.
#[derive(Clone)]
pub(super) struct Registry {
    connection: ReconnectingConnection,
    key: String,
    address: String,
    registration: String,
    times: Times,
}

#[derive(Clone, Copy)]
pub(super) struct Times {
    /// How long a registration holds that is not renewed: after it the worker is lost.
    pub(super) time_to_live: Duration,
    /// How long a lost worker stays on the list.
    pub(super) keep_lost: Duration,
}

/// What is known of the fleet.
pub(super) enum Known {
    /// Nobody renews a registration.
    Nobody,
    /// Not all workers had the time to register.
    Incomplete(Duration),
    /// The workers, from the one that was renewed last on.
    Members {
        members: Vec<Member>,
        /// How many registrations were left out: they are not written by a worker, or there are too many.
        left_out: u64,
    },
}

impl Registry {
    pub(super) fn new(client: Client, key: String, member: &Member, times: Times) -> Self {
        let connection = ReconnectingConnection::with_default_timeout(client);
        let (address, registration) = (member.address.clone(), member.registration());
        Self { connection, key, address, registration, times }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn time_to_live(&self) -> Duration {
        self.times.time_to_live
    }

    /// Registers this program, or renews its registration.
    pub(super) async fn renew(&self) -> RedisResult<()> {
        let (time_to_live, listed) = self.milliseconds();
        let script = include_str!("renew.lua");
        self.run(self.command(script).arg(&self.registration).arg(time_to_live).arg(listed)).await
    }

    /// Reads who is registered.
    pub(super) async fn read(&self) -> RedisResult<Known> {
        let (time_to_live, listed) = self.milliseconds();
        let script = include_str!("read.lua");
        let mut command = self.command(script);
        command.arg(time_to_live).arg(listed).arg(MOST_MEMBERS).arg(MAX_LENGTH).arg(MOST_BYTES);
        let (wait, mut left_out, registrations): (i64, u64, Vec<Vec<u8>>) = self.run(&command).await?;
        match u64::try_from(wait) {
            Err(_) => Ok(Known::Nobody),
            Ok(0) => {
                let members: Vec<Member> = registrations.iter().filter_map(|text| Member::parse(text)).collect();
                left_out += (registrations.len() - members.len()) as u64;
                Ok(Known::Members { members, left_out })
            }
            Ok(wait) => Ok(Known::Incomplete(Duration::from_millis(wait))),
        }
    }

    /// Removes the registration.
    pub(super) async fn leave(&self) -> RedisResult<()> {
        self.run(self.command(include_str!("leave.lua")).arg(&self.address).arg(MOST_MEMBERS)).await
    }

    fn command(&self, script: &str) -> Cmd {
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(1).arg(&self.key);
        command
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        self.connection.query(command).await
    }

    /// The time to live, and the time after the last renewal for which a worker is listed.
    fn milliseconds(&self) -> (u64, u64) {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let Times { time_to_live, keep_lost } = self.times;
        (milliseconds(time_to_live), milliseconds(time_to_live + keep_lost))
    }
}
