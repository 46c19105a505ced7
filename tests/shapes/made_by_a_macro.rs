//! A function that `macro_rules!` makes.

use super::prelude::*;

macro_rules! make {
    ($name:ident, $argument:ident: $ty:ty => $returned:ty, $body:expr) => {
        #[measured]
        fn $name($argument: $ty) -> $returned {
            let number = $body?;
            Ok(number)
        }
    };
}

make!(shape, end: End => Result<u32, io::Error>, act(end));

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
