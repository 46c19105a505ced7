//! What goes wrong again and again, and is logged once.

use redis::RedisError;

use super::ErrorKind;

/// What has gone wrong since it last worked. The first failure of each kind is logged, and the recovery: in an outage the log
/// must not fill with one sentence.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    failures: u64,
    logged: Vec<String>,
}

impl Trouble {
    /// Whether this failure is to be logged.
    pub(super) fn is_news(&mut self, kind: &str) -> bool {
        self.failures += 1;
        let is_news = !self.logged.iter().any(|logged| logged == kind);
        if is_news {
            self.logged.push(kind.to_owned());
        }
        is_news
    }

    /// The same for an error of Redis'.
    pub(super) fn is_news_from_redis(&mut self, error: &RedisError) -> bool {
        self.is_news(ErrorKind::of(error).as_str())
    }

    /// It works; how often it has failed, where it did not.
    pub(super) fn is_over(&mut self) -> Option<u64> {
        let failures = std::mem::take(self).failures;
        (failures > 0).then_some(failures)
    }
}
