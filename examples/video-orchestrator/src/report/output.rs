//! Standard output, whose reader may have gone.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;

/// Prints lines. A reader that has seen enough, such as `head -1`, is no error: the rest is for nobody.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("standard output cannot be written"),
        _ => Ok(()),
    }
}
