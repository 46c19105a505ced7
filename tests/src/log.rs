//! What a program logs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A writer for `tracing_subscriber::fmt()`. Its clones write the same log.
#[derive(Clone, Default, Debug)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// All that was logged.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// The number of lines with this text.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.text().lines().filter(|line| line.contains(text)).count()
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        // A test that fails may panic while it logs.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
