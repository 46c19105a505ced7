//! A function that returns nothing.

use super::prelude::*;

#[measured]
fn shape(end: End, seen: &mut u32) {
    if let Ok(number) = act(end) {
        *seen += number;
    }
}

pub fn drive(run: &mut Run) {
    let mut seen = 0;
    run.ok(|| {
        shape(End::Ok, &mut seen);
        seen == 1
    });
    run.panic(|| shape(End::Panic, &mut seen));
}
