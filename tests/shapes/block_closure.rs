//! `measure!` around closures.

use super::prelude::*;

fn with_a_type(end: End) -> Result<u32, io::Error> {
    let run = metrics_runtime::measure!(
        #[measured]
        |end: End| -> Result<u32, io::Error> {
            let number = act(end)?;
            if number > 9 {
                return Ok(0);
            }
            Ok(number)
        }
    );
    run(end)
}

fn that_takes(text: String, end: End) -> Result<String, io::Error> {
    let run = metrics_runtime::measure!(
        #[measured]
        move || act(end).map(|_| text)
    );
    run()
}

fn that_changes(number: &mut u32, end: End) -> Result<u32, io::Error> {
    let mut run = metrics_runtime::measure!(
        #[measured]
        |more| {
            *number += more;
            act(end)
        }
    );
    run(1)
}

fn in_braces(end: End) -> Result<u32, io::Error> {
    let run = metrics_runtime::measure!(
        #[measured]
        |end: End| { act(end) }
    );
    run(end)
}

fn in_parentheses(end: End) -> Result<u32, io::Error> {
    let run = metrics_runtime::measure!(
        #[measured]
        (|end: End| act(end))
    );
    run(end)
}

/// What is expected of the closure gives the type of the value that a `return` has, too.
fn that_becomes(end: End) -> impl Fn(u32) -> Result<Box<dyn Fn(u32) -> u32>, io::Error> {
    metrics_runtime::measure!(
        #[measured]
        move |number| {
            act(end)?;
            if number > 9 {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Ok(Box::new(move |other| number + other))
        }
    )
}

pub fn drive(run: &mut Run) {
    run.ok(|| in_braces(End::Ok).is_ok());
    run.error(|| in_parentheses(End::Error).is_err());
    run.ok(|| that_becomes(End::Ok)(1).is_ok());
    run.timeout(|| that_becomes(End::Ok)(10).is_err());
    run.ok(|| with_a_type(End::Ok).is_ok());
    run.error(|| with_a_type(End::Error).is_err());
    run.ok(|| that_takes("a".to_owned(), End::Ok).is_ok());
    run.timeout(|| that_takes("a".to_owned(), End::Timeout).is_err());
    run.ok(|| that_changes(&mut 1, End::Ok).is_ok());
    run.panic(|| that_changes(&mut 1, End::Panic).is_ok());
}
