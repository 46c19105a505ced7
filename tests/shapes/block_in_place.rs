//! `measure!` around code that runs in its place.

use super::prelude::*;

fn shape(end: End) -> Result<u32, io::Error> {
    let mut number = 0;
    let ended = metrics_runtime::measure!(
        #[measured]
        {
            number += 1;
            act(end)
        }
    )?;
    Ok(ended + number)
}

fn in_parentheses(end: End) -> Result<u32, io::Error> {
    metrics_runtime::measure!(
        #[measured]
        (act(end))
    )
}

struct Two {
    one: String,
    other: u32,
}

/// It gives two variables their first value, and puts back a field that was moved away.
fn first_values(mut two: Two, end: End) -> Result<u32, io::Error> {
    drop(two.one);
    let (first, second);
    let ended = metrics_runtime::measure!(
        #[measured]
        {
            (first, second) = (1, two.other);
            two.one = String::new();
            act(end)
        }
    )?;
    Ok(ended + first + second + u32::from(two.one.is_empty()))
}

pub fn drive(run: &mut Run) {
    run.ok(|| in_parentheses(End::Ok).is_ok());
    run.error(|| first_values(Two { one: String::new(), other: 2 }, End::Error).is_err());
    run.ok(|| first_values(Two { one: String::new(), other: 2 }, End::Ok).is_ok());
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
