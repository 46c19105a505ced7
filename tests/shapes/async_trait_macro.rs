//! Methods that `#[async_trait]` rewrites.

use super::prelude::*;

#[async_trait::async_trait]
trait Job: Sync {
    async fn shape(&self, text: &str, end: End) -> Result<u32, io::Error>;

    #[measured]
    async fn provided(&self, end: End) -> Result<u32, io::Error> {
        act_later(end).await
    }
}

#[async_trait::async_trait]
impl Job for u32 {
    #[measured]
    async fn shape(&self, text: &str, end: End) -> Result<u32, io::Error> {
        if text.is_empty() {
            return Ok(0);
        }
        Ok(act_later(end).await? + self)
    }
}

pub fn drive(run: &mut Run) {
    let job: Box<dyn Job> = Box::new(3);
    run.ok(|| finish(job.shape("a", End::Ok)).is_ok());
    run.error(|| finish(job.shape("a", End::Error)).is_err());
    run.timeout(|| finish(job.provided(End::Timeout)).is_err());
    run.panic(|| finish(job.provided(End::Panic)));
    run.cancel(|| cancel(job.shape("a", End::Wait)));
    drop(job.shape("a", End::Ok));
}
