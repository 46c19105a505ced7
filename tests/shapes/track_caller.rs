//! A function that reports where it was called.

use super::prelude::*;

#[measured]
#[track_caller]
fn shape<T: Copy + Into<u32>, const N: usize>(
    (one, _): (T, T),
    mut total: u32,
    other: impl Into<u32>,
    end: End,
) -> Result<u32, io::Error> {
    total += act(end)? + one.into() + other.into() + u32::from(N == 3);
    let _ = total;
    Ok(std::panic::Location::caller().line())
}

pub fn drive(run: &mut Run) {
    let (mut called, mut seen) = (0, 0);
    run.ok(|| {
        called = line!() + 1;
        seen = shape::<u8, 3>((1, 2), 3, 4_u8, End::Ok).unwrap_or(0);
        seen == called
    });
    run.error(|| shape::<u8, 3>((1, 2), 3, 4_u8, End::Error).is_err());
    run.panic(|| shape::<u8, 3>((1, 2), 3, 4_u8, End::Panic));
}
