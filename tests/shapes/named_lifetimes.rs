//! A function with named lifetimes.

use super::prelude::*;

#[measured]
fn shape<'a, 'b: 'a>(one: &'a str, other: &'b str, end: End) -> Result<&'a str, io::Error> {
    let number = act(end)?;
    Ok(if number == 0 { one } else { other })
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape("a", "b", End::Ok).is_ok());
    run.error(|| shape("a", "b", End::Error).is_err());
    run.timeout(|| shape("a", "b", End::Timeout).is_err());
    run.panic(|| shape("a", "b", End::Panic).is_ok());
}
