//! What has gone wrong with a command.

use redis::RedisError;

use crate::Label;

/// Why a command to Redis has failed, as the label `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There was no answer in time.
    Timeout,
    /// Redis could not be reached, or the connection broke.
    Connection,
    /// Redis refused the command, or gave an answer that does not fit.
    Response,
    /// Anything else; also a command that was given up before it was answered.
    Other,
}

const ALL: [&str; 4] = ["timeout", "connection", "response", "other"];

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

    /// The label's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ALL[self as usize]
    }
}

#[diagnostic::do_not_recommend]
impl Label for ErrorKind {
    const CARDINALITY: usize = ALL.len();
    // A command that was given up has no result.
    const NONE: Option<usize> = Some(Self::Other as usize);

    fn index(&self) -> usize {
        *self as usize
    }

    fn value(index: usize) -> Option<&'static str> {
        ALL.get(index).copied()
    }
}
