//! What the operating system says of this process.

/// The state of this process. A value is `None` where the system does not give it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only our own page reads them"))]
pub(crate) struct ProcessStatus {
    /// The time that its threads have run, in the program and in the system, in seconds.
    pub(crate) cpu_seconds: Option<f64>,
    /// The number of its open file descriptors.
    pub(crate) open_fds: Option<f64>,
    /// The largest number of file descriptors that it can have.
    pub(crate) max_fds: Option<f64>,
    /// The size of its address space in bytes.
    pub(crate) virtual_memory: Option<f64>,
    /// The size of its memory that is not swapped out, in bytes.
    pub(crate) resident_memory: Option<f64>,
    /// When it started, in seconds since 1970.
    pub(crate) start_time: Option<f64>,
    /// The number of its threads.
    pub(crate) threads: Option<f64>,
}

/// Other systems have no `/proc`.
#[cfg(all(feature = "exporter", not(target_os = "linux")))]
impl ProcessStatus {
    pub(crate) fn read() -> Self {
        Self::default()
    }
}
