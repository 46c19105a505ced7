//! All functions of an `impl`.

use super::prelude::*;

struct Store<T> {
    row: T,
}

#[measured]
impl<T: Clone> Store<T> {
    fn get(&self, end: End) -> Result<T, io::Error> {
        act(end)?;
        Ok(self.row.clone())
    }

    async fn put(&mut self, row: T, end: End) -> Result<(), io::Error> {
        act_later(end).await?;
        self.row = row;
        Ok(())
    }

    fn later<'a>(&'a self, end: End) -> Pin<Box<dyn Future<Output = Result<&'a T, io::Error>> + 'a>> {
        Box::pin(async move {
            act_later(end).await?;
            Ok(&self.row)
        })
    }

    #[skip]
    const fn limit() -> usize {
        3
    }
}

pub fn drive(run: &mut Run) {
    let store = || Store { row: Store::<u8>::limit() };
    run.ok(|| store().get(End::Ok).is_ok());
    run.error(|| store().get(End::Error).is_err());
    run.timeout(|| finish(store().put(1, End::Timeout)).is_err());
    run.cancel(|| cancel(store().put(1, End::Wait)));
    run.ok(|| finish(store().later(End::Ok)).is_ok());
    run.panic(|| finish(store().later(End::Panic)).is_ok());
}
