//! What the environment says.

use clap::Command;
use clap::builder::Resettable;

/// Takes variables that are empty as unset: files for docker compose write `REDIS_URL=${REDIS_URL:-}`.
pub fn without_empty(command: Command) -> Command {
    command
        .mut_args(|arg| {
            let is_empty = |name| std::env::var_os(name).is_some_and(|value| value.is_empty());
            if arg.get_env().is_some_and(is_empty) { arg.env(Resettable::Reset) } else { arg }
        })
        .mut_subcommands(without_empty)
}
