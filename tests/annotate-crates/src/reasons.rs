//! Why an attribute may be refused: the limits that the documentation lists. Any other compile error is a fault of ours.

/// A documented reason.
#[derive(Debug)]
pub struct Reason {
    /// What is refused.
    pub what: &'static str,
    /// The parts of the compiler's message by which it is known; in the order of the message.
    pub message: &'static [&'static str],
    /// What to write instead.
    pub instead: &'static str,
}

/// All of them, in the order of the table.
pub const REASONS: [Reason; 6] = [
    Reason {
        what: "`const fn`",
        message: &["a `const fn` cannot be measured"],
        instead: "remove `const`, or annotate the function that calls it",
    },
    Reason {
        what: "a function that returns a future which its body does not show",
        message: &["returns a future, and"],
        instead: "write it as `async fn`, or end its body with `async move { … }` or `Box::pin(async move { … })`",
    },
    Reason {
        what: "a function that returns a future which its signature does not show, such as `Self::Future` or an alias",
        message: &["this function returns a future, but its signature does not show it"],
        instead: "annotate the `async fn` that does the work, and call that; write an alias in full",
    },
    Reason {
        what: "a function that returns a stream",
        message: &["returns a stream, which does its work later"],
        instead: "annotate the `async fn` that makes one item, or the one that reads the stream to its end",
    },
    Reason {
        what: "a method with `#[track_caller]` that does not return a reference, where the outcome is recorded",
        message: &["is a method with `#[track_caller]`"],
        instead: "remove `#[track_caller]`, or annotate a free function that the method calls",
    },
    Reason {
        what: "an error that borrows and is known only as `dyn Error`, where the outcome is recorded",
        message: &["borrowed data escapes outside of", "this error originates in the attribute macro"],
        instead: "return an error of a known type, or one that owns its data",
    },
];

/// The place in [`REASONS`] of the reason that this message gives.
#[must_use]
pub fn reason_of(message: &str) -> Option<usize> {
    REASONS.iter().position(|reason| {
        let mut rest = message;
        reason.message.iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    })
}
