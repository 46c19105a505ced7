//! Reads the state of this process from Linux' `/proc`.

use std::fs;
use std::sync::OnceLock;

use rustix::process::{Resource, getrlimit};

use super::process_status::ProcessStatus;

/// In which steps `/proc` gives times: the same on every architecture that Rust has, whatever the kernel itself uses.
const TICKS_PER_SECOND: f64 = 100.0;

impl ProcessStatus {
    /// Reads the state of this process from `/proc`.
    pub(crate) fn read() -> Self {
        let stat = fs::read("/proc/self/stat").ok();
        let stat = stat.as_deref().and_then(Stat::parse);
        let status = fs::read("/proc/self/status").unwrap_or_default();
        let status = String::from_utf8_lossy(&status);
        Self {
            cpu_seconds: stat.map(|stat| stat.cpu_ticks / TICKS_PER_SECOND),
            open_fds: open_fds(),
            max_fds: getrlimit(Resource::Nofile).current.map(as_number),
            virtual_memory: bytes(&status, "VmSize"),
            resident_memory: bytes(&status, "VmRSS"),
            start_time: stat.and_then(|stat| start_time(stat.start_ticks)),
            threads: value(&status, "Threads").and_then(|threads| threads.parse().ok()),
        }
    }
}

/// The times in `/proc/self/stat`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stat {
    cpu_ticks: f64,
    /// Since the machine started.
    start_ticks: f64,
}

impl Stat {
    fn parse(stat: &[u8]) -> Option<Self> {
        // The second field is the program's name in parentheses, which may itself contain spaces and parentheses, and bytes
        // that are not UTF-8. The third field comes after the last parenthesis.
        let end = stat.iter().rposition(|byte| *byte == b')')?;
        let fields: Vec<&str> = std::str::from_utf8(&stat[end + 1..]).ok()?.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        Some(Self { cpu_ticks: field(14)? + field(15)?, start_ticks: field(22)? })
    }
}

/// When the process started. The system gives the time at which the machine started, and moves it a little when it sets its
/// clock. A process that seems to start anew looks like a restart, so the first answer is kept.
fn start_time(start_ticks: f64) -> Option<f64> {
    static KEPT: OnceLock<(u32, f64)> = OnceLock::new();
    let id = std::process::id();
    if let Some((_, kept)) = KEPT.get().filter(|(of, _)| *of == id) {
        return Some(*kept);
    }
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let boot: f64 = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    let begun = boot + start_ticks / TICKS_PER_SECOND;
    // In the child of a fork, the time that is kept is the parent's.
    let (of, kept) = *KEPT.get_or_init(|| (id, begun));
    Some(if of == id { kept } else { begun })
}

/// The number of open file descriptors.
fn open_fds() -> Option<f64> {
    const FOLDER: &str = "/proc/self/fd";
    // Since Linux 6.2 the size of the folder is their number.
    let length = fs::metadata(FOLDER).ok()?.len();
    if length > 0 {
        return Some(as_number(length));
    }
    // One of them reads the folder.
    let count = fs::read_dir(FOLDER).ok()?.count().saturating_sub(1);
    Some(as_number(count as u64))
}

#[allow(clippy::cast_precision_loss, reason = "what is counted is less than 2^53")]
fn as_number(count: u64) -> f64 {
    count as f64
}

/// A line such as `VmRSS: 1234 kB`, in bytes.
fn bytes(status: &str, name: &str) -> Option<f64> {
    let kilobytes: f64 = value(status, name)?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// The value of a line of `/proc/self/status`.
fn value<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &[u8] =
        b"7 (a ) \xff(b) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 3 0 12345 1000000 250 18446744073709551615\n";

    #[test]
    fn a_name_with_parentheses_does_not_move_the_fields() {
        assert_eq!(Stat::parse(STAT), Some(Stat { cpu_ticks: 300.0, start_ticks: 12345.0 }));
    }

    #[test]
    fn a_file_that_is_cut_off_gives_nothing() {
        for length in 0..STAT.len() - 40 {
            assert_eq!(Stat::parse(&STAT[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn sizes_are_in_bytes() {
        let status = "Name:\tVmRSS\nVmPeak:\t  9 kB\nVmSize:\t    2048 kB\nVmRSS:\t 1 kB\nThreads:\t3\n";
        assert_eq!(bytes(status, "VmSize"), Some(2_097_152.0));
        assert_eq!(bytes(status, "VmRSS"), Some(1024.0));
        assert_eq!(value(status, "Threads"), Some("3"));
        assert_eq!(bytes("", "VmRSS"), None);
    }
}
