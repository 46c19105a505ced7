//! What happens at a Pushgateway when the program ends.

/// What a program does at its Pushgateway when it ends (`METRICS_PUSH_AT_EXIT`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtExit {
    /// It pushes its last values, which stay there until the group is deleted.
    #[default]
    Push,
    /// It deletes its group, so that nothing of it is scraped any more.
    Delete,
    /// It leaves what was pushed last.
    None,
}
