//! Parameters and locals with the names that the expansion uses.

use super::prelude::*;

#[measured]
fn shape(
    call: u32,
    function: u32,
    value: u32,
    __metrics_call: u32,
    __metrics_function: u32,
    __metrics_value: u32,
    end: End,
) -> Result<u32, io::Error> {
    const __METRICS_FUNCTION: u32 = 1;
    let result = act(end)?;
    let sum = call + function + value + __metrics_call + __metrics_function + __metrics_value;
    if result + sum + __METRICS_FUNCTION == 8 { Ok(sum) } else { Err(io::Error::other("the names were mixed up")) }
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(1, 1, 1, 1, 1, 1, End::Ok).is_ok());
    run.error(|| shape(1, 1, 1, 1, 1, 1, End::Error).is_err());
    run.timeout(|| shape(1, 1, 1, 1, 1, 1, End::Timeout).is_err());
    run.panic(|| shape(1, 1, 1, 1, 1, 1, End::Panic).is_ok());
}
