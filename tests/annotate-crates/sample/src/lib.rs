//! A small crate, written as crates are that do not know these attributes.

mod jobs;
#[cfg(test)]
mod tests;

use std::future::{Future, Ready, ready};
use std::panic::Location;

macro_rules! cfg_all {
    ($($item:item)*) => { $($item)* };
}

cfg_all! {
    /// In a macro that only adds conditions.
    pub fn in_a_macro() -> u8 {
        1
    }
}

pub use jobs::Queue;

/// Half of a number.
///
/// ```
/// assert_eq!(sample::half(4), Ok(2));
/// ```
pub const fn half(number: u32) -> Result<u32, u32> {
    if number % 2 == 0 { Ok(number / 2) } else { Err(number) }
}

/// A future that the body does not show.
pub fn soon() -> impl Future<Output = u8> {
    ready(1)
}

/// A future that the signature does not show.
pub fn at_once() -> Ready<u8> {
    ready(1)
}

/// Where it was called: with a body in a closure it would be another place.
#[track_caller]
#[must_use] pub fn place() -> u32 {
    Location::caller().line()
}

/// Not compiled.
#[cfg(any())]
pub fn never() {}

/// The lines of this file.
///
/// ```should_panic
/// panic!("{}", sample::lines());
/// ```
pub fn lines() -> usize {
    fn count(text: &str) -> usize {
        text.lines().count()
    }
    count(include_str!("lib.rs"))
}

/// A place, where the outcome cannot be read.
pub struct Here(pub u32);

impl Here {
    /// Where it was called.
    #[track_caller]
    pub fn line(&self) -> Result<u32, String> {
        Ok(self.0 + Location::caller().line())
    }
}
