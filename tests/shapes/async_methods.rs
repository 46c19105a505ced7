//! Async methods with `self` in all its forms.

use super::prelude::*;

struct Worker {
    number: u32,
}

impl Worker {
    #[measured]
    async fn by_ref(&self, end: End) -> Result<&u32, io::Error> {
        act_later(end).await?;
        Ok(&self.number)
    }

    #[measured]
    async fn by_mut(&mut self, end: End) -> Result<&mut Self, io::Error> {
        self.number += act_later(end).await?;
        Ok(self)
    }

    #[measured]
    async fn owned(self, end: End) -> Result<Self, io::Error> {
        act_later(end).await?;
        Ok(self)
    }

    #[measured]
    async fn boxed(self: Box<Self>, end: End) -> Result<Box<Self>, io::Error> {
        act_later(end).await?;
        Ok(self)
    }

    #[measured]
    async fn pinned(self: Pin<&mut Self>, end: End) -> Result<u32, io::Error> {
        Ok(act_later(end).await? + self.number)
    }
}

pub fn drive(run: &mut Run) {
    let worker = || Worker { number: 1 };
    run.ok(|| finish(worker().by_ref(End::Ok)).is_ok());
    run.error(|| finish(worker().by_mut(End::Error)).is_err());
    run.ok(|| finish(worker().by_mut(End::Ok)).is_ok());
    run.timeout(|| finish(worker().owned(End::Timeout)).is_err());
    run.ok(|| finish(worker().owned(End::Ok)).is_ok());
    run.panic(|| finish(Box::new(worker()).boxed(End::Panic)).is_ok());
    run.cancel(|| cancel(Pin::new(&mut worker()).pinned(End::Wait)));
}
