//! Environment variables that are empty.

use clap::Command;
use clap::builder::Resettable;

/// Treats empty variables as unset: files for docker compose write `REDIS_URL=${REDIS_URL:-}`.
pub(crate) fn ignore_empty_variables(command: Command) -> Command {
    command
        .mut_args(|arg| {
            let is_empty = |name| std::env::var_os(name).is_some_and(|value| value.is_empty());
            if arg.get_env().is_some_and(is_empty) { arg.env(Resettable::Reset) } else { arg }
        })
        .mut_subcommands(ignore_empty_variables)
}
