//! A future that must be `Send`.

use super::prelude::*;

#[measured]
async fn shape(text: String, end: End) -> Result<String, io::Error> {
    act_later(end).await?;
    Ok(text)
}

async fn spawn(end: End) -> Result<String, io::Error> {
    match tokio::spawn(shape("a".to_owned(), end)).await {
        Ok(result) => result,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(spawn(End::Ok)).is_ok());
    run.error(|| finish(spawn(End::Error)).is_err());
    run.timeout(|| finish(spawn(End::Timeout)).is_err());
    run.panic(|| finish(spawn(End::Panic)));
}
