//! The programs that the tests need, from Debian's packages.
//!
//! Only the programs are installed: each test starts its own servers, on free ports of the loopback interface.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

/// A program, a call of it that succeeds if it is installed, and the package that contains it.
struct Program {
    /// Its name in messages.
    shown: &'static str,
    name: &'static str,
    arguments: &'static [&'static str],
    package: &'static str,
    /// Another program that does as well, where this one is not in the packages.
    instead: Option<&'static Program>,
}

const fn with_version(name: &'static str, package: &'static str) -> Program {
    Program { shown: name, name, arguments: &["--version"], package, instead: None }
}

const NEEDED: [Program; 14] = [
    // Compiles libFuzzer.
    with_version("g++", "g++"),
    with_version("espeak-ng", "espeak-ng"),
    with_version("redis-server", "redis-server"),
    with_version("prometheus", "prometheus"),
    with_version("promtool", "prometheus"),
    with_version("prometheus-alertmanager", "prometheus-alertmanager"),
    with_version("prometheus-pushgateway", "prometheus-pushgateway"),
    with_version("prometheus-node-exporter", "prometheus-node-exporter"),
    // The types of Grafana's dashboards are a package of npm.
    with_version("node", "nodejs"),
    with_version("npm", "npm"),
    // Makes the certificate of a server with TLS.
    Program { shown: "openssl", name: "openssl", arguments: &["version"], package: "openssl", instead: None },
    // Opens the live page. Older releases have no package for the browser without windows.
    Program {
        instead: Some(&with_version("chromium", "chromium")),
        ..with_version("chromium-headless-shell", "chromium-headless-shell")
    },
    Program {
        shown: "venv for python3",
        name: "/usr/bin/python3",
        arguments: &["-c", "import ensurepip, venv"],
        package: "python3-venv",
        instead: None,
    },
    // A strict parser of OpenMetrics, for Debian's Python.
    Program {
        shown: "prometheus_client for python3",
        name: "/usr/bin/python3",
        arguments: &["-c", "import prometheus_client.openmetrics.parser"],
        package: "python3-prometheus-client",
        instead: None,
    },
];

/// Installs what is missing, and prints what it does.
pub(crate) fn install() -> Result<(), String> {
    let missing: Vec<&Program> = NEEDED.iter().filter(|program| !is_installed(program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_installed(&with_version("apt-get", "apt")) {
        return Err(install_by_hand(&missing, "this machine has no `apt-get` to install them"));
    }
    // The package lists that are already here may be good enough.
    if let Err(problem) = apt_get(&["update", "-qq"]) {
        println!("{problem}; continuing with the package lists that are already here");
    }
    let missing: Vec<&Program> = missing.into_iter().map(|program| available(program, &is_in_the_lists)).collect();
    for program in &missing {
        println!("`{}` is missing: installing Debian's package `{}`", program.shown, program.package);
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages_of(&missing));
    apt_get(&arguments).map_err(|problem| install_by_hand(&missing, &problem))?;
    match NEEDED.iter().find(|program| !is_installed(program)) {
        None => Ok(()),
        Some(program) => Err(install_by_hand(&[program], "it still does not start after its installation")),
    }
}

/// Whether the program can be run, or the one that does as well.
fn is_installed(program: &Program) -> bool {
    succeeds(program.name, program.arguments) || program.instead.is_some_and(is_installed)
}

/// The program, or the one that does as well where only that one has a package.
fn available<'a>(program: &'a Program, has_package: &dyn Fn(&str) -> bool) -> &'a Program {
    match program.instead {
        Some(other) if !has_package(program.package) && has_package(other.package) => other,
        _ => program,
    }
}

fn is_in_the_lists(package: &str) -> bool {
    succeeds("apt-cache", &["show", package])
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// On a new machine another `apt-get` may run, which updates it, and a mirror may fail for a moment.
const OPTIONS: [&str; 4] = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    // Only root can install. Another user may be allowed to use `sudo` without a password.
    let (program, prefix): (_, &[&str]) = if is_root() {
        ("apt-get", &[])
    } else {
        ("sudo", &["--non-interactive", "--preserve-env=DEBIAN_FRONTEND,RUNLEVEL", "apt-get"])
    };
    let status = Command::new(program)
        .args(prefix)
        .args(OPTIONS)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // A server's package starts the server on its usual port, unless this variable says that the machine is not in
        // normal operation.
        .env("RUNLEVEL", "1")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("`{program}` does not start: {error}"))?;
    let command = || [&[program], prefix, arguments].concat().join(" ");
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", command())) }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The packages of these programs, each once.
fn packages_of(programs: &[&Program]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = programs.iter().map(|program| program.package).collect();
    packages.dedup();
    packages
}

fn install_by_hand(missing: &[&Program], problem: &str) -> String {
    let mut message = String::from("the tests need ");
    for (at, program) in missing.iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        let _ = write!(message, "{separator}`{}`", program.shown);
    }
    let packages = packages_of(missing).join(" ");
    let _ = write!(message, ", but {problem}; install by hand Debian's packages `{packages}`, and run this again");
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_installed_once() {
        let all: Vec<&Program> = NEEDED.iter().collect();
        assert_eq!(
            packages_of(&all),
            [
                "g++",
                "espeak-ng",
                "redis-server",
                "prometheus",
                "prometheus-alertmanager",
                "prometheus-pushgateway",
                "prometheus-node-exporter",
                "nodejs",
                "npm",
                "openssl",
                "chromium-headless-shell",
                "python3-venv",
                "python3-prometheus-client"
            ]
        );
    }

    #[test]
    fn another_program_is_installed_only_where_the_first_has_no_package() {
        let browser = NEEDED.iter().find(|program| program.instead.is_some()).expect("one has another");
        let installed = |lists: &[&str]| available(browser, &|package| lists.contains(&package)).package;
        assert_eq!(installed(&["chromium", "chromium-headless-shell"]), "chromium-headless-shell");
        assert_eq!(installed(&["chromium"]), "chromium");
        assert_eq!(installed(&[]), "chromium-headless-shell", "the message names the first");
    }

    #[test]
    fn a_failure_says_what_to_install() {
        let message = install_by_hand(&[&NEEDED[2], &NEEDED[4]], "this machine has no `apt-get`");
        assert_eq!(
            message,
            "the tests need `redis-server`, `promtool`, but this machine has no `apt-get`; install by hand Debian's packages \
             `redis-server prometheus`, and run this again"
        );
    }

    #[test]
    fn a_missing_program_is_not_installed() {
        assert!(is_installed(&with_version("cargo", "cargo")));
        assert!(!is_installed(&with_version("no-such-program-anywhere", "none")));
    }
}
