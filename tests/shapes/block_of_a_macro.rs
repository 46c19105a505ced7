//! A function whose body is a block that `macro_rules!` takes as an argument.

use super::prelude::*;

macro_rules! make {
    ($name:ident($argument:ident: $ty:ty) -> $returned:ty, $body:block) => {
        #[measured]
        fn $name($argument: $ty) -> $returned $body
    };
}

make!(shape(end: End) -> Result<u32, io::Error>, { act(end) });

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
