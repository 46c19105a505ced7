//! Patterns and `mut` in parameters.

use super::prelude::*;

struct Pair {
    one: u32,
    other: u32,
}

#[measured]
fn shape(
    (first, second): (u32, u32),
    [third, ..]: [u32; 3],
    Pair { one, other: fourth }: &Pair,
    mut total: u32,
    _: u32,
    _unused: u32,
    end: End,
) -> Result<u32, io::Error> {
    total += act(end)?;
    total += first + second + third + one + *fourth;
    Ok(total)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape((1, 2), [3, 4, 5], &Pair { one: 6, other: 7 }, 8, 9, 10, End::Ok).is_ok());
    run.error(|| shape((1, 2), [3, 4, 5], &Pair { one: 6, other: 7 }, 8, 9, 10, End::Error).is_err());
    run.timeout(|| shape((1, 2), [3, 4, 5], &Pair { one: 6, other: 7 }, 8, 9, 10, End::Timeout).is_err());
    run.panic(|| shape((1, 2), [3, 4, 5], &Pair { one: 6, other: 7 }, 8, 9, 10, End::Panic).is_ok());
}
