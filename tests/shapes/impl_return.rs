//! A function that returns an `impl Trait`.

use super::prelude::*;

#[measured]
fn shape(end: End) -> impl Iterator<Item = u32> + use<> {
    let number = act(end).unwrap_or(0);
    (0..number).map(|count| count + 1)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).count() == 1);
    run.panic(|| shape(End::Panic).count());
}
