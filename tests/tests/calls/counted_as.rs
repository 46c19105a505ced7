//! Checks with which reason an error is counted.

use metrics_runtime::Reason;

use super::support::{metrics, sure};

/// Checks the reason that a function which returned this error was counted with.
macro_rules! counted_as {
    ($counter:literal, $error:ty: $($value:expr => $expected:ident),+ $(,)?) => {{
        use metrics_runtime::Reason;

        #[metrics_runtime::counted_failure(counter = $counter)]
        fn call(error: $error) -> Result<u32, $error> {
            Err(error)
        }
        $(
            assert_eq!($crate::calls::counted_as::difference($counter, || assert!(call($value).is_err())), Reason::$expected);
        )+
    }};
}

pub(super) use counted_as;

/// The reason that one failure was counted with.
pub fn difference(counter: &str, fail: impl FnOnce()) -> Reason {
    metrics();
    let seen = || [reason(counter, "timeout"), reason(counter, "error")];
    let before = seen();
    fail();
    let after = seen();
    match [after[0] - before[0], after[1] - before[1]] {
        [1.0, 0.0] => Reason::Timeout,
        [0.0, 1.0] => Reason::Error,
        other => panic!("one failure was counted as {other:?}"),
    }
}

fn reason(counter: &str, reason: &str) -> f64 {
    sure(&format!("{counter}{{reason=\"{reason}\"}}"))
}
