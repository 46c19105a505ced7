//! The servers that the tests run against, from Debian's packages.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

/// A program, how it shows that it is there, and the package that brings it.
struct Program {
    /// What messages call it.
    shown: &'static str,
    name: &'static str,
    arguments: &'static [&'static str],
    package: &'static str,
}

const fn with_version(name: &'static str, package: &'static str) -> Program {
    Program { shown: name, name, arguments: &["--version"], package }
}

const NEEDED: [Program; 5] = [
    with_version("espeak-ng", "espeak-ng"),
    with_version("redis-server", "redis-server"),
    with_version("prometheus", "prometheus"),
    with_version("promtool", "prometheus"),
    // A strict parser of OpenMetrics, for Debian's own Python.
    Program {
        shown: "prometheus_client for python3",
        name: "/usr/bin/python3",
        arguments: &["-c", "import prometheus_client.openmetrics.parser"],
        package: "python3-prometheus-client",
    },
];

/// Installs what is missing, and says what it does.
pub fn install() -> Result<(), String> {
    let missing: Vec<&Program> = NEEDED.iter().filter(|program| !answers(program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = packages_of(&missing);
    for program in &missing {
        println!("`{}` is missing: installing Debian's package `{}`", program.shown, program.package);
    }
    if !answers(&with_version("apt-get", "apt")) {
        return Err(by_hand(&missing, "there is no `apt-get` here to install it with"));
    }
    // A package list that cannot be fetched anew may still be good enough.
    if let Err(problem) = apt_get(&["update", "-qq"]) {
        println!("{problem}; going on with the package lists that are here");
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    apt_get(&arguments).map_err(|problem| by_hand(&missing, &problem))?;
    match NEEDED.iter().find(|program| !answers(program)) {
        None => Ok(()),
        Some(program) => Err(by_hand(&[program], "it was installed, and still does not start")),
    }
}

/// Whether the program is there and shows it.
fn answers(program: &Program) -> bool {
    Command::new(program.name)
        .args(program.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    // Only root may install; who is not root may have the right to become it without a password.
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "--preserve-env=DEBIAN_FRONTEND,RUNLEVEL", "apt-get"]);
        sudo
    };
    let status = command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Packages of servers start them once installed, unless this says that the machine is not in normal operation.
        // The tests start their own, on ports of their own.
        .env("RUNLEVEL", "1")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("`apt-get` does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`apt-get {}` has failed ({status})", arguments.join(" "))) }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Each package once.
fn packages_of(programs: &[&Program]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = programs.iter().map(|program| program.package).collect();
    packages.dedup();
    packages
}

fn by_hand(missing: &[&Program], problem: &str) -> String {
    let mut message = String::from("the tests need ");
    for (at, program) in missing.iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        let _ = write!(message, "{separator}`{}`", program.shown);
    }
    let packages = packages_of(missing).join(" ");
    let _ =
        write!(message, ", and {problem}; install by hand what Debian packages as `{packages}`, and run this again");
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_installed_once() {
        let all: Vec<&Program> = NEEDED.iter().collect();
        assert_eq!(packages_of(&all), ["espeak-ng", "redis-server", "prometheus", "python3-prometheus-client"]);
    }

    #[test]
    fn a_failure_says_what_to_install() {
        let message = by_hand(&[&NEEDED[1], &NEEDED[3]], "there is no `apt-get` here");
        assert_eq!(
            message,
            "the tests need `redis-server`, `promtool`, and there is no `apt-get` here; install by hand what Debian \
             packages as `redis-server prometheus`, and run this again"
        );
    }

    #[test]
    fn a_program_that_is_not_there_does_not_answer() {
        assert!(answers(&with_version("cargo", "cargo")));
        assert!(!answers(&with_version("no-such-program-anywhere", "none")));
    }
}
