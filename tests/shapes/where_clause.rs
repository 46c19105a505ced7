//! A function with a `where` clause.

use super::prelude::*;

#[measured]
fn shape<T>(value: T, end: End) -> Result<String, io::Error>
where
    T: std::fmt::Display,
{
    let number = act(end)?;
    Ok(format!("{value}{number}"))
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape("a", End::Ok).is_ok());
    run.error(|| shape("a", End::Error).is_err());
    run.timeout(|| shape("a", End::Timeout).is_err());
    run.panic(|| shape("a", End::Panic).is_ok());
}
