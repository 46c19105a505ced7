//! What the environment says.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The settings of the service.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it takes requests: `LISTEN`.
    pub listen: String,
    /// The file of the database: `DATABASE`.
    pub database: PathBuf,
    /// How many connections it has to the database: `CONNECTIONS`.
    pub connections: usize,
    /// How long a statement waits for a lock: `BUSY_TIMEOUT_MS`.
    pub busy_timeout: Duration,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// A variable has no number where one is needed.
    pub fn from_env() -> Result<Self> {
        Ok(Self {
            listen: env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned()),
            database: env::var_os("DATABASE").map_or_else(|| "notes.sqlite".into(), PathBuf::from),
            connections: number("CONNECTIONS", 4)?,
            busy_timeout: Duration::from_millis(number("BUSY_TIMEOUT_MS", 2000)?),
        })
    }
}

fn number<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(name: &str, default: T) -> Result<T> {
    env::var(name).map_or(Ok(default), |text| text.parse().with_context(|| format!("{name}={text} is no number")))
}
