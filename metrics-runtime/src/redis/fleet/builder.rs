//! A program joins a fleet.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use redis::Client;

use super::error::FleetError;
use super::list::list;
use super::member::{MAX_LENGTH, Member, check_target_label, is_address, is_host};
use super::membership::Membership;
use super::metrics::RENEWAL_FAILURES;
use super::registry::{Registry, Times};
use crate::{Handle, catalog};

const DEFAULT_TIME_TO_LIVE: Duration = Duration::from_secs(15);
const DEFAULT_KEEP_LOST: Duration = Duration::from_secs(15 * 60);
const SHORTEST_TIME_TO_LIVE: Duration = Duration::from_secs(1);
const LONGEST_TIME_TO_LIVE: Duration = Duration::from_secs(60 * 60);
const LONGEST_KEEP_LOST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A fleet: workers that share a Redis, where each registers the address of its metrics. Any of them answers `GET /sd` with the
/// list of all, as Prometheus' [`http_sd_configs`](https://prometheus.io/docs/prometheus/latest/http_sd/) reads it. So workers
/// come and go, and Prometheus needs the address of one.
///
/// * A worker that ends as it should [leaves](Membership), and is not listed any more.
/// * A worker that is killed stays on the list for [a time](Self::keep_lost), so that Prometheus sees `up == 0`, and alerts on it.
/// * Where the list is not known, the answer is 503, never an empty list: Prometheus keeps the targets that it has. So it is while
///   Redis is away, and for one [time to live](Self::time_to_live) after the fleet was new or could not be renewed (Redis was away,
///   or has lost its data), until all workers had the time to register again.
///
/// The list is read from Redis when it is asked for, at most once a second. All times are those of Redis' clock. The registration is
/// renewed on a thread of its own. `fleet_renewal_failures_total` counts renewals that fail, and the log has a line when an outage
/// begins and when it ends.
///
/// The fleet is one sorted set at the key; it needs Redis 5 or later, and the commands of its scripts (`EVAL`, `TIME`, `PTTL`,
/// `PEXPIRE`, `Z…`). Whoever can write to it can have Prometheus scrape other addresses, as everybody who writes its configuration.
/// What no worker would write there is left out of the list, and the log says so once.
///
/// Features `redis` and `exporter`.
///
/// ```no_run
/// use metrics_runtime::redis::Fleet;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = metrics_runtime::init()?;
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let fleet = Fleet::new(client, "video:fleet").address("worker-1:8000").label("zone", "a").join(&metrics)?;
/// // … the program …
/// fleet.leave();
/// metrics.shutdown();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "the program is in the fleet after `join()`"]
pub struct Fleet {
    client: Client,
    key: String,
    address: Option<String>,
    labels: Vec<(String, String)>,
    times: Times,
}

impl Fleet {
    /// The fleet at this key of Redis.
    pub fn new(client: Client, key: impl Into<String>) -> Self {
        let times = Times { time_to_live: DEFAULT_TIME_TO_LIVE, keep_lost: DEFAULT_KEEP_LOST };
        Self { client, key: key.into(), address: None, labels: Vec::new(), times }
    }

    /// Where Prometheus reaches the metrics of this program: a host and a port, such as `worker-1:8000`. Without a port it is that of
    /// the endpoint.
    ///
    /// By default it is the address at which the endpoint listens. One that does not lead other machines here, such as
    /// `0.0.0.0` or `127.0.0.1`, is an error: then the address must be given. So it must be where the program has no listener and
    /// serves [`Handle::router`].
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Adds a label to the target: Prometheus gives it to all series of this worker. Its name is neither `job` nor `instance`, which
    /// Prometheus gives, nor that of a label of the program's metrics.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// How long a registration holds that is not renewed, 15 seconds by default; from a second to an hour. It is renewed at
    /// least three times in this time. All workers of a fleet should have the same.
    pub fn time_to_live(mut self, time: Duration) -> Self {
        self.times.time_to_live = time.clamp(SHORTEST_TIME_TO_LIVE, LONGEST_TIME_TO_LIVE);
        self
    }

    /// How long after that a lost worker stays on the list, 15 minutes by default; up to seven days. An alert on `up == 0` with a
    /// `for:` needs a longer time than that. Where workers have different times, the shortest counts.
    pub fn keep_lost(mut self, time: Duration) -> Self {
        self.times.keep_lost = time.min(LONGEST_KEEP_LOST);
        self
    }

    /// Joins the fleet. It does not wait for Redis: where Redis is away, the program is registered when it is back.
    ///
    /// `/sd` is served by the endpoint of the handle, and by a [`Handle::router`] that is made afterwards. Where metrics are off,
    /// nothing is registered.
    ///
    /// # Errors
    ///
    /// An address or a label cannot be used, or is missing; the program is in a fleet already; the thread does not start.
    pub fn join(self, metrics: &Handle) -> Result<Membership, FleetError> {
        let member = Member { address: self.target(metrics)?, labels: self.checked_labels()? };
        let length = member.registration().len();
        if length > MAX_LENGTH {
            return Err(FleetError::TooLong { length });
        }
        if !metrics.is_enabled() {
            return Ok(Membership::of_nothing(member.address));
        }
        let registry = Registry::new(self.client, self.key, &member, self.times);
        let (asking, answering) = list(registry.clone());
        if !metrics.serve_targets(Arc::new(asking)) {
            return Err(FleetError::AlreadyJoined);
        }
        // A series that appears with its first failure hides that failure from `rate()`.
        RENEWAL_FAILURES.increment(0);
        Membership::start(member.address, registry, answering).map_err(FleetError::Thread)
    }

    /// The address on the list.
    fn target(&self, metrics: &Handle) -> Result<String, FleetError> {
        let listener = metrics.local_addr();
        match &self.address {
            Some(address) if is_address(address) => Ok(address.clone()),
            Some(address) => {
                let port = listener.map(|listener| listener.port());
                let with_port = port.filter(|_| is_host(address)).map(|port| format!("{address}:{port}"));
                with_port.ok_or_else(|| FleetError::Address { address: address.clone() })
            }
            // Nobody asks.
            None if !metrics.is_enabled() => Ok(String::new()),
            None => reachable(listener.ok_or(FleetError::NoListener)?),
        }
    }

    fn checked_labels(&self) -> Result<BTreeMap<String, String>, FleetError> {
        let catalog = catalog();
        let mut labels = BTreeMap::new();
        for (name, value) in &self.labels {
            let error = |problem: String| FleetError::TargetLabel { name: name.clone(), problem };
            check_target_label(name, value).map_err(error)?;
            if let Some(metric) = catalog.metric_with_label(name) {
                let metric = metric.name();
                return Err(error(format!("is a label of the metric `{metric}` already: give it another name")));
            }
            if labels.insert(name.clone(), value.clone()).is_some() {
                return Err(error("is given twice".to_owned()));
            }
        }
        Ok(labels)
    }
}

/// The address of the endpoint, if it leads other machines here.
fn reachable(address: SocketAddr) -> Result<String, FleetError> {
    let ip = address.ip().to_canonical();
    if ip.is_unspecified() || ip.is_loopback() {
        return Err(FleetError::NotReachable { address });
    }
    Ok(SocketAddr::new(ip, address.port()).to_string())
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("key", &self.key)
            .field("address", &self.address)
            .field("labels", &self.labels)
            .field("time_to_live", &self.times.time_to_live)
            .field("keep_lost", &self.times.keep_lost)
            .finish_non_exhaustive()
    }
}
