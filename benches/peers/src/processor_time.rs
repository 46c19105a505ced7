// Generated programs contain this file too, so it stands on its own.

/// The time that the process has used on processors so far, in milliseconds.
#[allow(clippy::cast_precision_loss, reason = "a process does not run for years")]
pub fn processor() -> f64 {
    #[repr(C)]
    struct Time {
        seconds: std::ffi::c_long,
        nanoseconds: std::ffi::c_long,
    }
    unsafe extern "C" {
        fn clock_gettime(clock: std::ffi::c_int, time: *mut Time) -> std::ffi::c_int;
    }
    const PROCESS_CPUTIME_ID: std::ffi::c_int = 2;
    let mut time = Time { seconds: 0, nanoseconds: 0 };
    // SAFETY: it writes the time, whose layout on Linux is this one.
    unsafe { clock_gettime(PROCESS_CPUTIME_ID, &raw mut time) };
    time.seconds as f64 * 1e3 + time.nanoseconds as f64 / 1e6
}
