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

pub fn drive(run: &mut Run) {
    run.ok(|| with_a_type(End::Ok).is_ok());
    run.error(|| with_a_type(End::Error).is_err());
    run.ok(|| that_takes("a".to_owned(), End::Ok).is_ok());
    run.timeout(|| that_takes("a".to_owned(), End::Timeout).is_err());
    run.ok(|| that_changes(&mut 1, End::Ok).is_ok());
    run.panic(|| that_changes(&mut 1, End::Panic).is_ok());
}
