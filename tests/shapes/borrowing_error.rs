//! An error that borrows.

use super::prelude::*;

#[derive(Debug)]
struct Borrowing<'a>(&'a str, io::Error);

impl std::fmt::Display for Borrowing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Borrowing<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.1)
    }
}

#[measured]
fn shape(text: &str, end: End) -> Result<u32, Borrowing<'_>> {
    act(end).map_err(|error| Borrowing(text, error))
}

pub fn drive(run: &mut Run) {
    let text = String::from("local");
    run.ok(|| shape(&text, End::Ok).is_ok());
    run.error(|| shape(&text, End::Error).is_err());
    run.timeout(|| shape(&text, End::Timeout).is_err());
    run.panic(|| shape(&text, End::Panic).is_ok());
}
