//! The keys in Redis.

use crate::queue::priority::Priority;

/// How often each job in progress was taken, by its id, and more that is known of the attempts.
pub(crate) const ATTEMPTS: &str = "video_orchestrator:attempts";
/// The records of completed jobs.
pub(crate) const COMPLETED: &str = "video_orchestrator:completed";
/// The start of a lease's key; the id of the job follows.
pub(crate) const LEASE: &str = "video_orchestrator:lease:";

/// The list of the jobs that wait.
pub(crate) fn waiting(priority: Priority) -> String {
    match priority {
        Priority::Default => "video_orchestrator:queue".to_owned(),
        other => format!("video_orchestrator:queue:{}", other.as_str()),
    }
}

/// The list of the jobs in progress.
pub(crate) fn processing(priority: Priority) -> String {
    format!("video_orchestrator:processing:{}", priority.as_str())
}

/// The list of the jobs that were given up.
pub(crate) fn dead(priority: Priority) -> String {
    format!("video_orchestrator:dead:{}", priority.as_str())
}

/// All keys except the leases, each with its type in Redis.
pub(crate) fn all() -> impl Iterator<Item = (String, &'static str)> {
    let lists =
        Priority::ALL.into_iter().flat_map(|priority| [waiting(priority), processing(priority), dead(priority)]);
    lists.chain([COMPLETED.to_owned()]).map(|key| (key, "list")).chain([(ATTEMPTS.to_owned(), "hash")])
}
