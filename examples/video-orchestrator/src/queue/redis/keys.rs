//! What the program keeps in Redis, and where.

use super::super::Priority;

/// How often each job in hand was taken, by its id.
pub const ATTEMPTS: &str = "video_orchestrator:attempts";
/// The records of the jobs that are done.
pub const COMPLETED: &str = "video_orchestrator:completed";
/// What the key of a lease begins with; the id of its job follows.
pub const LEASE: &str = "video_orchestrator:lease:";

/// The list of the jobs that wait.
pub fn waiting(priority: Priority) -> String {
    match priority {
        Priority::Default => "video_orchestrator:queue".to_owned(),
        other => format!("video_orchestrator:queue:{}", other.as_str()),
    }
}

/// The list of the jobs that workers have in hand.
pub fn processing(priority: Priority) -> String {
    format!("video_orchestrator:processing:{}", priority.as_str())
}

/// The list of the jobs that were given up.
pub fn dead(priority: Priority) -> String {
    format!("video_orchestrator:dead:{}", priority.as_str())
}

/// All of them but the leases, each with what it holds, as Redis names it.
pub fn all() -> impl Iterator<Item = (String, &'static str)> {
    let lists =
        Priority::ALL.into_iter().flat_map(|priority| [waiting(priority), processing(priority), dead(priority)]);
    lists.chain([COMPLETED.to_owned()]).map(|key| (key, "list")).chain([(ATTEMPTS.to_owned(), "hash")])
}
