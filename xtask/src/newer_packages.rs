//! Programs of a newer release of Debian than this machine's, unpacked beside the tests and not installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::install_once::install_once;

/// Older releases have a `victoria-metrics` that takes no OTLP in Protocol Buffers.
const RELEASE: &str = "trixie";
const PACKAGE: &str = "victoria-metrics";

/// Where Debian's packages are, if this machine's own sources do not say.
const SITE: &str = "http://deb.debian.org/debian";

const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Unpacks the package into `tests/debian/unpacked`, unless it is there. `apt-get` gets sources and folders of its own, so that
/// the machine's packages stay as they are.
pub(crate) fn install() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/debian/unpacked");
    let wanted = format!("{PACKAGE} of {RELEASE}\n");
    install_once(&folder.join(".installed"), wanted.as_bytes(), || unpack(&folder))
}

fn unpack(folder: &Path) -> Result<(), String> {
    println!("unpacking Debian's package `{PACKAGE}` of {RELEASE}");
    let failed = |error: std::io::Error| format!("{} cannot be prepared: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    for part in ["sources", "state/lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(folder.join(part)).map_err(failed)?;
    }
    // `apt-get` takes whole paths only.
    let folder = folder.canonicalize().map_err(failed)?;
    let source = format!("deb [signed-by={KEYS}] {} {RELEASE} main\n", site());
    for (file, text) in
        [("sources/newer.list", source), ("status", String::new()), ("apt.conf", configuration(&folder))]
    {
        fs::write(folder.join(file), text).map_err(failed)?;
    }
    let run = |name: &str, arguments: &[&str]| {
        let mut command = Command::new(name);
        command.args(arguments).current_dir(&folder).env("APT_CONFIG", folder.join("apt.conf"));
        let status =
            command.stdin(Stdio::null()).status().map_err(|error| format!("`{name}` does not start: {error}"))?;
        let shown = || format!("{name} {}", arguments.join(" "));
        if status.success() {
            Ok(())
        } else {
            Err(format!("`{}` failed ({status}); the tests need `{PACKAGE}`", shown()))
        }
    };
    run("apt-get", &["update", "-qq"])?;
    run("apt-get", &["download", "-qq", PACKAGE])?;
    let entries = fs::read_dir(&folder).map_err(failed)?.filter_map(Result::ok).map(|entry| entry.path());
    let package = entries.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "deb"));
    let package = package.ok_or_else(|| format!("`apt-get download {PACKAGE}` has left no package"))?;
    run("dpkg", &["-x", &package.to_string_lossy(), "."])?;
    // The package and the lists are large, and are not needed any more.
    let _ = fs::remove_file(package);
    for part in ["state", "cache"] {
        let _ = fs::remove_dir_all(folder.join(part));
    }
    Ok(())
}

/// The place of Debian's packages in the machine's own sources.
fn site() -> String {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(ORIGIN) $(COMPONENT) $(SITE)"])
        .stdin(Stdio::null())
        .output();
    let targets = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    first_site(&targets).unwrap_or(SITE).to_owned()
}

fn first_site(targets: &str) -> Option<&str> {
    let mut sites = targets.lines().filter_map(|line| line.strip_prefix("Debian main "));
    sites.find(|site| !site.contains("security"))
}

fn configuration(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "Dir::Etc::SourceList \"/dev/null\";\n\
         Dir::Etc::SourceParts \"{folder}/sources\";\n\
         Dir::State \"{folder}/state\";\n\
         Dir::State::status \"{folder}/status\";\n\
         Dir::Cache \"{folder}/cache\";\n\
         APT::Sandbox::User \"root\";\n\
         Acquire::Retries \"3\";\n"
    )
}

#[cfg(test)]
mod tests {
    use super::first_site;

    #[test]
    fn the_machines_own_place_of_debian_is_used() {
        let targets = "Other main http://a\nDebian main http://b/debian-security\nDebian main http://c/debian\n";
        assert_eq!(first_site(targets), Some("http://c/debian"));
        assert_eq!(first_site("Other main http://a\n"), None);
    }
}
