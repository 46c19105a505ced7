//! A function with another calling convention.

use super::prelude::*;

#[measured]
#[allow(improper_ctypes_definitions)]
extern "C-unwind" fn shape(end: End) -> u32 {
    act(end).unwrap_or(0)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok) == 1);
    run.panic(|| shape(End::Panic));
}
