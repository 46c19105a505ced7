//! Checks in a test that the files made from the catalog are current.

use std::path::Path;

use crate::artifacts::Artifacts;

/// What decides between a check and an update.
const VARIABLE: &str = "METRICS_FILES";

/// Checks that the files in a folder are those of the program's metrics: those that
/// [`Catalog::write_files`](crate::Catalog::write_files) would write. `METRICS_FILES=write cargo test` writes them instead.
///
/// It is one test of the program. A path that is not absolute is below the package's folder, where `cargo test` runs tests.
///
/// ```no_run
/// #[test]
/// fn the_files_of_the_metrics_are_current() {
///     metrics_runtime::testing::assert_files_current("metrics");
/// }
/// ```
///
/// The catalog is that of the test's own program: metrics that only tests record belong to it, so they should stand in
/// another test program.
///
/// # Panics
///
/// A file is missing or differs. The message says which changes of the metrics break queries, which alerts and panels these
/// are, and which changes only add. It also panics where the files cannot be written.
#[track_caller]
pub fn assert_files_current(folder: impl AsRef<Path>) {
    crate::catalog().artifacts().assert_current(folder);
}

impl Artifacts<'_> {
    /// The same as [`testing::assert_files_current`](crate::testing::assert_files_current), for files with options.
    ///
    /// # Panics
    ///
    /// A file is missing or differs, or cannot be written.
    #[track_caller]
    pub fn assert_current(&self, folder: impl AsRef<Path>) {
        let folder = folder.as_ref();
        match std::env::var(VARIABLE).as_deref() {
            Ok("write") => {
                if let Err(error) = self.write(folder) {
                    let cause =
                        std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
                    panic!("{error}{cause}");
                }
            }
            Ok("" | "check") | Err(_) => {
                if let Err(difference) = self.check(folder) {
                    panic!("{difference}\nif this is intended, write the files anew: {VARIABLE}=write cargo test\n");
                }
            }
            Ok(other) => panic!("`{VARIABLE}` is `{other}`; it takes `write` or `check`"),
        }
    }
}
