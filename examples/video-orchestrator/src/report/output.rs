//! Standard output, which may be closed early.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;

/// Prints text. A reader that closes early, such as `head -1`, is not an error: it has read what it wanted.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("standard output cannot be written"),
        _ => Ok(()),
    }
}
