//! A file for `node_exporter`'s textfile collector.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::road::{Road, RoadError};
use crate::definition::ExportRoad;
use crate::format::Format;
use crate::page::Page;

/// How often the file is written. The collector reads it at each scrape.
const INTERVAL: Duration = Duration::from_secs(15);

/// A temporary file of this age was left by a program that was killed.
const LEFT_OVER: Duration = Duration::from_secs(60 * 60);

/// The metrics that `node_exporter` has of its own process. It reports an error at each scrape where a file has one of them, too.
const OF_NODE_EXPORTER: [&str; 8] = [
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_network_receive_bytes_total",
    "process_network_transmit_bytes_total",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
];

/// The road that writes a file.
#[derive(Debug)]
pub(crate) struct Textfile {
    path: PathBuf,
}

impl Textfile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Road for Textfile {
    fn name(&self) -> ExportRoad {
        ExportRoad::Textfile
    }

    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn carries_all_processes(&self) -> bool {
        // Processes with the same file write the same.
        true
    }

    fn send(&mut self, page: &Page, _: Instant) -> Result<(), RoadError> {
        write_textfile(page, &self.path).map_err(|error| {
            RoadError::new(
                format!("{:?}", error.kind()),
                format!("{}: {error}", self.path.display().to_string().escape_debug()),
            )
        })
    }
}

/// Writes the page into a file. A reader, and a program that is killed meanwhile, see the old file or the new one as a whole.
pub(crate) fn write_textfile(page: &Page, path: &Path) -> io::Result<()> {
    /// Two threads would use one temporary file.
    static WRITING: Mutex<()> = Mutex::new(());
    let text = page.render(Format::Text);
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let name =
        path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it does not name a file"))?;
    let prefix = temporary_prefix(name);
    remove_left_over(path, &prefix);
    let mut temporary_name = prefix;
    temporary_name.push(format!("{}.tmp", std::process::id()));
    // Beside it: a file can be renamed only within one file system.
    let temporary = path.with_file_name(temporary_name);
    let written = create(&temporary).and_then(|file| write(file, &text)).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The error that is reported is the one of the write.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// `.x.prom.` for `x.prom`. The collector reads only names that end in `.prom`.
fn temporary_prefix(name: &std::ffi::OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    prefix
}

/// A new file. What is there with this name was left by another process, or is a link to elsewhere.
fn create(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    create().or_else(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => fs::remove_file(path).and_then(|()| create()),
        _ => Err(error),
    })
}

fn write(mut file: File, page: &str) -> io::Result<()> {
    let mut start = 0;
    // In as few pieces as possible: the lines in a row that are kept.
    let mut end = 0;
    for line in page.split_inclusive('\n') {
        if is_of_node_exporter(line) {
            file.write_all(&page.as_bytes()[start..end])?;
            start = end + line.len();
        }
        end += line.len();
    }
    file.write_all(&page.as_bytes()[start..end])
}

/// Whether the line belongs to a metric that `node_exporter` has of itself.
fn is_of_node_exporter(line: &str) -> bool {
    let rest = line.strip_prefix("# HELP ").or_else(|| line.strip_prefix("# TYPE ")).unwrap_or(line);
    rest.starts_with("process_")
        && OF_NODE_EXPORTER.iter().any(|name| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{'])))
}

/// Removes temporary files that programs have left which were killed while they wrote.
fn remove_left_over(path: &Path, prefix: &OsString) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // If the folder cannot be read, the write says so, or the files stay.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let (name, prefix) = (name.as_encoded_bytes(), prefix.as_encoded_bytes());
        let is_temporary = name
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix(b".tmp"))
            .is_some_and(|id| !id.is_empty() && id.iter().all(u8::is_ascii_digit));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_temporary && age().is_some_and(|age| age > LEFT_OVER) {
            // Another process may have removed it just now.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_node_exporter;

    #[test]
    fn only_the_metrics_of_node_exporter_itself_are_left_out() {
        for line in [
            "# HELP process_open_fds Number of open file descriptors.\n",
            "# TYPE process_open_fds gauge\n",
            "process_open_fds 5\n",
            "process_open_fds{zone=\"a\"} 5\n",
        ] {
            assert!(is_of_node_exporter(line), "{line}");
        }
        for line in [
            "process_open_fds_limit 5\n",
            "process_threads 5\n",
            "process_jobs_total{process_open_fds=\"1\"} 5\n",
            "# HELP jobs_total process_open_fds is another metric\n",
        ] {
            assert!(!is_of_node_exporter(line), "{line}");
        }
    }
}
