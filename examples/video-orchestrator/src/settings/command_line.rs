//! The command line, which shows no secret.

use std::process;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory, FromArgMatches};
use metrics_runtime::redis::redact_address;

use super::empty_variables::ignore_empty_variables;

/// Reads the command line and the environment. Ends the program if they ask for help, or are wrong.
pub(crate) fn parse_command_line<C: CommandFactory + FromArgMatches>() -> C {
    let command = hide_variables(ignore_empty_variables(C::command()));
    let given = given_values(&command);
    let matches = command.try_get_matches();
    matches.and_then(|matches| C::from_arg_matches(&matches)).unwrap_or_else(|error| {
        if !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            let text = error.render().to_string();
            let redacted = redact_all(&text, &given);
            if redacted != text {
                eprint!("{redacted}");
                process::exit(error.exit_code());
            }
        }
        error.exit()
    })
}

/// The help shows the names of variables, and not their values.
fn hide_variables(command: Command) -> Command {
    command.mut_args(|arg| arg.hide_env_values(true)).mut_subcommands(hide_variables)
}

/// What was given on the command line and by variables.
fn given_values(command: &Command) -> Vec<String> {
    let mut values = Vec::new();
    for argument in std::env::args_os().skip(1) {
        let argument = argument.to_string_lossy().into_owned();
        values.extend(argument.split_once('=').map(|(_, value)| value.to_owned()));
        values.push(argument);
    }
    let arguments = command.get_arguments().chain(command.get_subcommands().flat_map(Command::get_arguments));
    let variables = arguments.filter_map(|argument| std::env::var_os(argument.get_env()?));
    values.extend(variables.map(|value| value.to_string_lossy().into_owned()));
    values
}

/// Errors repeat what was given, also where it was given at the wrong place.
fn redact_all(text: &str, given: &[String]) -> String {
    let mut addresses: Vec<&String> = given.iter().filter(|value| value.contains([':', '@', '?'])).collect();
    // One may be a part of another.
    addresses.sort_by_key(|address| std::cmp::Reverse(address.len()));
    addresses.into_iter().fold(text.to_owned(), |text, address| text.replace(address, &redact_address(address)))
}
