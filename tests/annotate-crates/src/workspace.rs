//! The copies of the crates that are built: members of one workspace, with one lock file and one target folder.

use std::env;
use std::fs;
use std::io::{Read, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::crates::Crate;
use crate::messages::Build;

/// A crate as published, and its copy in the workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name, which is that of the copy's folder too.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The features that are switched on, separated by commas.
    pub features: String,
    /// Where it is as published.
    pub published: PathBuf,
}

/// The workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    folder: PathBuf,
    target: PathBuf,
}

/// Downloads the crates with cargo.
///
/// # Errors
///
/// If one cannot be downloaded.
pub fn download(crates: &[Crate], folder: &Path) -> Result<Vec<Package>, String> {
    use std::fmt::Write as _;
    let mut manifest = "[workspace]\n\n[package]\nname = \"download\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [dependencies]\n"
        .to_owned();
    for Crate { name, version, .. } in crates {
        // Features that exclude each other are not needed to download.
        writeln!(manifest, "{name} = {{ version = \"={version}\" }}").map_err(|error| error.to_string())?;
    }
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("src/lib.rs"), "")?;
    let mut fetch = cargo(folder);
    fetch.arg("fetch");
    run(fetch)?;
    let mut metadata = cargo(folder);
    metadata.args(["metadata", "--format-version=1", "--offline"]);
    let metadata: Value = serde_json::from_str(&run(metadata)?).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata shows no packages")?;
    crates
        .iter()
        .map(|Crate { name, version, features }| {
            let package = packages.iter().find(|package| package["name"] == *name && package["version"] == *version);
            let manifest = package.and_then(|package| package["manifest_path"].as_str());
            let published = manifest.and_then(|manifest| Path::new(manifest).parent());
            Ok(Package {
                name: (*name).to_owned(),
                version: (*version).to_owned(),
                features: (*features).to_owned(),
                published: published.ok_or_else(|| format!("{name} {version} was not downloaded"))?.to_owned(),
            })
        })
        .collect()
}

impl Workspace {
    /// Makes the workspace anew, with fresh copies that may use the runtime.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn new(
        folder: &Path,
        target: &Path,
        runtime: &Path,
        lock: Option<&Path>,
        packages: &[Package],
    ) -> Result<Self, String> {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let members: Vec<String> = packages.iter().map(|package| format!("{:?}", package.name)).collect();
        // Line numbers of backtraces are not worth the room, and nothing is built often enough to be built in parts.
        let profile = "[profile.dev]\ndebug = false\nincremental = false\n";
        write(
            &folder.join("Cargo.toml"),
            &format!("[workspace]\nresolver = \"2\"\nmembers = [{}]\n\n{profile}", members.join(", ")),
        )?;
        if let Some(lock) = lock.filter(|lock| lock.exists()) {
            copy(lock, &folder.join("Cargo.lock"))?;
        }
        let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
        let this = Self { folder, target: target.to_owned() };
        for package in packages {
            let copied = this.folder_of(package);
            copy_folder(&package.published, &copied)?;
            // The attributes need it, and what is switched on in other crates by it must be so from the start.
            let manifest = copied.join("Cargo.toml");
            let text = read(&manifest)?;
            let runtime = runtime.display().to_string();
            let dependency =
                format!("\n[dependencies.metrics-runtime]\npath = {runtime:?}\ndefault-features = false\n");
            write(&manifest, &(text + &dependency))?;
        }
        Ok(this)
    }

    /// The folder of the copy.
    #[must_use]
    pub fn folder_of(&self, package: &Package) -> PathBuf {
        self.folder.join(&package.name)
    }

    /// The file that a message of the compiler names, as a path below the package's folder.
    #[must_use]
    pub fn file_in(&self, package: &Package, named: &Path) -> Option<PathBuf> {
        self.folder.join(named).strip_prefix(self.folder_of(package)).map(Path::to_owned).ok()
    }

    /// The lock file.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.folder.join("Cargo.lock")
    }

    /// Downloads what the crates and their tests depend on.
    ///
    /// # Errors
    ///
    /// If cargo fails.
    pub fn fetch(&self) -> Result<(), String> {
        let mut fetch = cargo(&self.folder);
        fetch.arg("fetch");
        run(fetch).map(|_| ())
    }

    /// The files that the package's library and programs begin with, as paths below its folder.
    ///
    /// # Errors
    ///
    /// If cargo fails.
    pub fn roots(&self, package: &Package) -> Result<Vec<PathBuf>, String> {
        let folder = self.folder_of(package);
        let mut metadata = cargo(&folder);
        metadata.args(["metadata", "--format-version=1", "--offline", "--no-deps"]);
        let metadata: Value = serde_json::from_str(&run(metadata)?).map_err(|error| error.to_string())?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let targets =
            packages.filter(|found| found["name"] == package.name).filter_map(|found| found["targets"].as_array());
        let is_ours = |target: &&Value| {
            let kinds = target["kind"].as_array().into_iter().flatten().filter_map(Value::as_str);
            kinds.into_iter().any(|kind| ["lib", "bin", "rlib"].contains(&kind))
        };
        let sources = targets.flatten().filter(is_ours).filter_map(|target| target["src_path"].as_str());
        Ok(sources.filter_map(|source| Path::new(source).strip_prefix(&folder).ok().map(Path::to_owned)).collect())
    }

    /// Builds the package with all tests.
    ///
    /// # Errors
    ///
    /// If cargo does not start.
    pub fn build(&self, package: &Package) -> Result<Build, String> {
        let mut build = self.cargo(package, &["build", "--tests", "--keep-going", "--message-format=json"]);
        let output = build.output().map_err(|error| format!("cargo does not start: {error}"))?;
        let manifest = self.folder_of(package).join("Cargo.toml");
        let read = Build::read(&String::from_utf8_lossy(&output.stdout), &manifest.display().to_string());
        if !read.success && !read.messages.iter().any(|message| message.is_error) {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(read)
    }

    /// Runs the tests of the package. Returns what they write.
    ///
    /// # Errors
    ///
    /// If cargo does not start.
    pub fn run_tests(&self, package: &Package, which: &str) -> Result<String, String> {
        let problem = |error: std::io::Error| format!("cargo does not start: {error}");
        let mut test = self.cargo(package, &["test", which, "--no-fail-fast"]);
        // Cargo names the program on one stream, and the program writes on the other: their order counts.
        let (mut reader, writer) = pipe().map_err(problem)?;
        test.stdout(writer.try_clone().map_err(problem)?).stderr(writer).stdin(Stdio::null());
        let mut child = test.spawn().map_err(problem)?;
        drop(test);
        let mut output = Vec::new();
        reader.read_to_end(&mut output).map_err(problem)?;
        child.wait().map_err(problem)?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    fn cargo(&self, package: &Package, arguments: &[&str]) -> Command {
        let mut command = cargo(&self.folder_of(package));
        command.args(arguments).arg("--offline").env("CARGO_TARGET_DIR", &self.target);
        if !package.features.is_empty() {
            command.args(["--features", &package.features]);
        }
        command
    }
}

/// Cargo, without the variables by which the cargo that runs this program speaks to it.
fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG") || name.starts_with("CARGO_MANIFEST")) {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).env("CARGO_TERM_COLOR", "never");
    command
}

fn run(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("cargo does not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Reads a file.
///
/// # Errors
///
/// If it cannot be read.
pub fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, unless it has this text already.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    // Not `fs::copy`: what is published may be read-only.
    fs::read(from).and_then(|bytes| fs::write(to, bytes)).map_err(|error| format!("{}: {error}", from.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(problem)?;
    for entry in fs::read_dir(from).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}
