//! Why a command has failed.

use redis::RedisError;

use crate::Label;

/// Why a command to Redis has failed, as the label `kind`.
///
/// ```
/// use metrics_runtime::redis::ErrorKind;
///
/// let error = redis::RedisError::from(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
/// assert_eq!(ErrorKind::of(&error), ErrorKind::Connection);
/// assert_eq!(ErrorKind::of(&error).as_str(), "connection");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Redis did not answer in time.
    Timeout,
    /// Redis could not be reached, or the connection broke.
    Connection,
    /// Redis refused the command, or its reply has an unexpected type.
    Response,
    /// Any other reason; also a command whose caller stopped waiting for the reply.
    Other,
}

const NAMES: [&str; 4] = ["timeout", "connection", "response", "other"];

impl ErrorKind {
    /// The kind of an error.
    #[must_use]
    pub fn of(error: &RedisError) -> Self {
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_io_error() || error.is_connection_dropped() || error.is_connection_refusal() {
            Self::Connection
        } else {
            match error.kind() {
                redis::ErrorKind::Server(_)
                | redis::ErrorKind::Extension
                | redis::ErrorKind::AuthenticationFailed
                | redis::ErrorKind::Parse
                | redis::ErrorKind::UnexpectedReturnType => Self::Response,
                _ => Self::Other,
            }
        }
    }

    /// The label's value: `timeout`, `connection`, `response` or `other`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        NAMES[self as usize]
    }
}

#[diagnostic::do_not_recommend]
impl Label for ErrorKind {
    const CARDINALITY: usize = NAMES.len();
    // A command whose caller stopped waiting has no result to read the kind from.
    const NONE: Option<usize> = Some(Self::Other as usize);

    fn index(&self) -> usize {
        *self as usize
    }

    fn value(index: usize) -> Option<&'static str> {
        NAMES.get(index).copied()
    }
}
