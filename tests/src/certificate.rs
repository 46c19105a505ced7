//! A certificate for servers on this machine.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A certificate for `localhost` that is signed with its own key. Its files go with this value.
#[derive(Debug)]
pub struct Certificate {
    folder: TempDir,
}

impl Certificate {
    /// Makes one, with `openssl`.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let output = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            // Without this it would be one that signs others, which rustls does not take from a server.
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key", "-out", "certificate"])
            .current_dir(folder.path())
            .output()
            .expect("`openssl` is installed: `cargo xtask test` installs it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder }
    }

    /// The file of the certificate.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("certificate")
    }

    /// The file of its key.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}
