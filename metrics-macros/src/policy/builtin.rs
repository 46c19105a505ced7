//! The label names that are refused by default.

use crate::policy::pattern::matches;

/// Why a name is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalReason {
    /// Nearly every call has a different value.
    Identity,
    /// The values are free texts or places, which cannot be listed.
    Open,
    /// Personal data, which has as many values as there are people.
    Person,
    /// A moment; each sample has its time already.
    Moment,
    /// Prometheus uses the name itself.
    Reserved,
}

/// The refused names, as patterns.
pub(crate) const REFUSED: &[(&str, RefusalReason)] = &[
    ("id", RefusalReason::Identity),
    ("*_id", RefusalReason::Identity),
    ("uuid", RefusalReason::Identity),
    ("guid", RefusalReason::Identity),
    ("*_hash", RefusalReason::Identity),
    ("*_token", RefusalReason::Identity),
    ("*_key", RefusalReason::Identity),
    ("session", RefusalReason::Identity),
    ("trace", RefusalReason::Identity),
    ("span", RefusalReason::Identity),
    ("request", RefusalReason::Identity),
    ("email", RefusalReason::Person),
    ("user", RefusalReason::Person),
    ("username", RefusalReason::Person),
    ("ip", RefusalReason::Person),
    ("addr*", RefusalReason::Open),
    ("host*", RefusalReason::Open),
    ("url", RefusalReason::Open),
    ("uri", RefusalReason::Open),
    ("path", RefusalReason::Open),
    ("file", RefusalReason::Open),
    ("filename", RefusalReason::Open),
    ("file_name", RefusalReason::Open),
    ("query", RefusalReason::Open),
    ("prompt", RefusalReason::Open),
    ("message", RefusalReason::Open),
    ("error_message", RefusalReason::Open),
    ("timestamp", RefusalReason::Moment),
    ("time", RefusalReason::Moment),
    ("date", RefusalReason::Moment),
    ("le", RefusalReason::Reserved),
    ("quantile", RefusalReason::Reserved),
    ("__*", RefusalReason::Reserved),
];

/// The reserved pattern that a name fits, if there is one.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    find(name, |reason| reason == RefusalReason::Reserved).map(|(pattern, _)| pattern)
}

/// The first pattern that a name fits, and why such names are refused.
pub(crate) fn refused(name: &str) -> Option<(&'static str, RefusalReason)> {
    find(name, |_| true)
}

fn find(name: &str, accept: impl Fn(RefusalReason) -> bool) -> Option<(&'static str, RefusalReason)> {
    REFUSED.iter().copied().find(|(pattern, reason)| accept(*reason) && matches(pattern, name))
}
