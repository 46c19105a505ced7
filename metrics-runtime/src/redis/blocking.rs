//! Commands that wait on the server.

use redis::{Arg, Cmd, Pipeline};

/// The commands that wait on the server until there is something to reply. Those of streams wait only with an option.
const NAMES: [&str; 12] = [
    "blpop",
    "brpop",
    "blmove",
    "brpoplpush",
    "blmpop",
    "bzpopmin",
    "bzpopmax",
    "bzmpop",
    "wait",
    "waitaof",
    "xread",
    "xreadgroup",
];

/// Whether the command may wait on the server. The commands behind it on the same connection wait for it, too, and what
/// it takes at last, such as a job, is lost if its caller is gone.
pub(super) fn may_block(command: &Cmd) -> bool {
    command.args_iter().next().is_some_and(|name| match name {
        Arg::Simple(name) => NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())),
        _ => false,
    })
}

/// Whether one of its commands may wait on the server. In a transaction none does.
pub(super) fn pipeline_may_block(pipeline: &Pipeline) -> bool {
    !pipeline.is_transaction() && pipeline.cmd_iter().any(may_block)
}
