//! `measure!` around an `async` block, which takes what it uses, and around one that borrows it.

use super::prelude::*;

async fn takes(name: String, end: End) -> Result<usize, io::Error> {
    let measured = metrics_runtime::measure!(
        #[measured]
        async move {
            let number = act_later(end).await?;
            if number > 9 {
                return Ok(0);
            }
            Ok::<_, io::Error>(name.len())
        }
    );
    measured.await
}

async fn borrows(name: &mut String, end: End) -> Result<usize, io::Error> {
    let measured = metrics_runtime::measure!(
        #[measured]
        async {
            name.push('x');
            act_later(end).await?;
            Ok::<_, io::Error>(name.len())
        }
    );
    measured.await
}

/// A macro hides an end, so the block gets one of its own inside.
macro_rules! hidden {
    ($future:expr) => {
        $future.await?
    };
}

async fn hides(end: End) -> Result<u32, io::Error> {
    let measured = metrics_runtime::measure!(
        #[measured]
        async { Ok::<_, io::Error>(hidden!(act_later(end))) }
    );
    measured.await
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(takes("a".to_owned(), End::Ok)).is_ok());
    run.error(|| finish(takes("a".to_owned(), End::Error)).is_err());
    run.cancel(|| cancel(takes("a".to_owned(), End::Wait)));
    run.ok(|| finish(borrows(&mut "a".to_owned(), End::Ok)).is_ok());
    run.timeout(|| finish(borrows(&mut "a".to_owned(), End::Timeout)).is_err());
    run.panic(|| finish(borrows(&mut "a".to_owned(), End::Panic)).is_ok());
    run.ok(|| finish(hides(End::Ok)).is_ok());
    run.error(|| finish(hides(End::Error)).is_err());
    run.cancel(|| cancel(hides(End::Wait)));
}
