//! A function that never returns.

use super::prelude::*;

#[measured]
fn shape(end: End) -> ! {
    let ended = act(end);
    panic!("it cannot return {ended:?}")
}

pub fn drive(run: &mut Run) {
    run.panic(|| shape(End::Ok));
}
