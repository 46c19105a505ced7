//! A body whose types are inferred from its return type: `collect`, `sum`, `parse`, `into`, `Default`.

use super::prelude::*;

#[measured]
fn collects(text: &str, end: End) -> Result<Vec<u32>, std::num::ParseIntError> {
    drop(act(end));
    text.split(',').map(str::parse).collect()
}

#[measured]
fn shape(text: &str, end: End) -> Result<u64, Box<dyn std::error::Error>> {
    act(end)?;
    let parsed = text.split(',').map(str::parse::<u64>).collect::<Result<Vec<_>, _>>()?;
    if parsed.is_empty() {
        return Ok(Default::default());
    }
    let first = text.split(',').next().ok_or("it is empty")?.parse()?;
    let rest: u64 = parsed.into_iter().skip(1).sum();
    Ok(rest.checked_add(first).ok_or("too much")?)
}

pub fn drive(run: &mut Run) {
    run.ok(|| collects("1,2", End::Ok).is_ok_and(|numbers| numbers == [1, 2]));
    run.error(|| collects("1,x", End::Ok).is_err());
    run.ok(|| shape("1,2", End::Ok).is_ok_and(|sum| sum == 3));
    run.error(|| shape("1,x", End::Ok).is_err());
    run.timeout(|| shape("1", End::Timeout).is_err());
    run.panic(|| shape("1", End::Panic));
}
