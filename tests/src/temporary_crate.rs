//! A crate that a test writes and compiles as a user's crate is compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A workspace in a temporary folder, with this repository's `Cargo.lock`. All share one target folder, so that their
/// dependencies are built once.
#[derive(Debug)]
pub struct TemporaryCrate {
    folder: TempDir,
}

impl TemporaryCrate {
    /// Makes the folder, with the root manifest `[workspace]` and its members.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    #[must_use]
    pub fn workspace(members: &[&str]) -> Self {
        let this = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        let members: Vec<String> = members.iter().map(|member| format!("{member:?}")).collect();
        this.write("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", ")));
        fs::copy(repository().join("Cargo.lock"), this.path().join("Cargo.lock")).expect("the lock file can be copied");
        this
    }

    /// Adds a member, named by its folder, that depends on the runtime and has this source as its library.
    pub fn member(&self, name: &str, library: &str) {
        self.package(name, "metrics-runtime = { path = \"RUNTIME\" }");
        self.write(&format!("{name}/src/lib.rs"), library);
    }

    /// Adds the manifest of a member, named by its folder, with these lines as its dependencies; `RUNTIME` in them stands
    /// for the runtime's path.
    pub fn package(&self, name: &str, dependencies: &str) {
        let runtime = repository().join("metrics-runtime");
        let dependencies = dependencies.replace("RUNTIME", &runtime.display().to_string());
        let package = name.rsplit('/').next().unwrap_or(name);
        self.write(
            &format!("{name}/Cargo.toml"),
            &format!(
                "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\n{dependencies}\n"
            ),
        );
    }

    /// Writes a file.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The target folder, which all share.
    #[must_use]
    pub fn target(&self) -> PathBuf {
        repository().join("target/tests/temporary")
    }

    /// Runs cargo in it.
    ///
    /// # Panics
    ///
    /// If cargo does not start.
    #[must_use]
    pub fn cargo(&self, arguments: &[&str]) -> Output {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        for (name, _) in std::env::vars_os() {
            // Cargo's variables about the test's own package must not reach the other cargo.
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG") || name == "CARGO_MANIFEST_DIR") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .arg("--offline")
            .current_dir(self.path())
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo starts")
    }
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the repository").to_owned()
}
