//! A module with its own `Result`, `Option`, `Ok`, `String` and the rest.

use super::prelude::{End, Run, act};

type Result<T> = std::result::Result<T, std::io::Error>;
#[allow(dead_code)]
struct Option;
#[allow(dead_code)]
struct String;
#[allow(dead_code)]
struct Box;
#[allow(dead_code)]
struct Drop;
#[allow(dead_code)]
trait Future {}
#[allow(dead_code)]
trait FnOnce {}
#[allow(dead_code, non_snake_case)]
fn Ok() {}
#[allow(dead_code, non_snake_case)]
fn Some() {}
#[allow(dead_code, non_snake_case)]
fn Err() {}
#[allow(dead_code, non_upper_case_globals)]
const None: u32 = 3;
#[allow(dead_code)]
mod core {}
#[allow(dead_code)]
mod std_like {}

#[measured]
fn shape(end: End) -> Result<u32> {
    act(end)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
