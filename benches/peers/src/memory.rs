//! The memory of this process, as the system counts it.

use std::fs;

/// The resident memory, in bytes.
pub fn resident() -> Result<f64, String> {
    status("VmRSS:")
}

/// The resident memory that is not part of a file, in bytes: what the process has written.
pub fn anonymous() -> Result<f64, String> {
    status("RssAnon:")
}

fn status(key: &str) -> Result<f64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| format!("cannot read /proc: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes = kilobytes.and_then(|number| number.trim().parse::<f64>().ok());
    kilobytes.map(|number| number * 1024.0).ok_or_else(|| format!("/proc/self/status does not give `{key}`"))
}
