//! Functions with `#[tracing::instrument]` below the attributes.

use super::prelude::*;

pub struct Scene {
    size: u32,
}

impl Scene {
    #[measured]
    #[tracing::instrument(skip(self), fields(size = self.size), err)]
    pub async fn draw(&mut self, end: End) -> Result<&mut u32, io::Error> {
        self.size += act_later(end).await?;
        Ok(&mut self.size)
    }

    #[measured]
    #[tracing::instrument(skip(self, name))]
    pub fn name<'a>(&'a mut self, name: &'a str, end: End) -> io::Result<&'a str> {
        self.size += act(end)?;
        Ok(name.trim())
    }
}

#[measured]
#[tracing::instrument]
fn plain(end: End) -> Result<u32, io::Error> {
    if end == End::Timeout {
        return act(end);
    }
    let number = act(end)?;
    Ok(number + 1)
}

#[measured]
#[tracing::instrument(err, ret)]
fn read(end: End) -> Result<u32, io::Error> {
    const MORE: u32 = 1;
    Ok(act(end)? + MORE)
}

#[measured]
#[tracing::instrument(skip_all)]
fn parts<T: Into<u32>>((end, more): (End, T), unused_by_the_body: &str) -> Result<impl Sized + use<T>, io::Error> {
    let _ = unused_by_the_body;
    Ok(act(end)? + more.into())
}

#[measured]
#[tracing::instrument]
async fn shape(end: End) -> Result<u32, io::Error> {
    let number = act_later(end).await?;
    Ok(number + 1)
}

#[measured]
#[tracing::instrument(ret)]
async fn text(name: &str, end: End) -> Result<String, io::Error> {
    act_later(end).await.map(|number| format!("{name}{number}"))
}

#[measured]
#[tracing::instrument(skip_all, err, ret)]
async fn hidden(names: Vec<String>, end: End) -> Result<usize, io::Error> {
    let (number, ()) = tokio::join!(act_later(end), async {});
    Ok(number? as usize + names.len())
}

#[measured]
#[tracing::instrument]
fn boxed(end: End) -> Pin<Box<dyn Future<Output = Result<u32, io::Error>> + Send>> {
    let more = u32::from(end == End::Ok);
    Box::pin(async move {
        if end == End::Error {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        Ok(act_later(end).await? + more)
    })
}

#[measured]
#[tracing::instrument]
fn by_method<'a>(end: End) -> BoxFuture<'a, Result<u32, io::Error>> {
    async move { Ok(act_later(end).await? + 1) }.boxed()
}

#[measured]
#[tracing::instrument]
fn nothing(end: End) {
    let _ = act(end);
}

#[measured]
#[tracing::instrument]
async fn nothing_later(end: End) {
    act_later(end).await.ok();
}

#[async_trait::async_trait]
trait Job {
    async fn run(&self, end: End) -> Result<u32, io::Error>;
}

#[async_trait::async_trait]
impl Job for u32 {
    #[measured]
    #[tracing::instrument(err)]
    async fn run(&self, end: End) -> Result<u32, io::Error> {
        if *self == 0 {
            return Ok(0);
        }
        Ok(act_later(end).await? + self)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(Scene { size: 1 }.draw(End::Ok)).is_ok());
    run.error(|| finish(Scene { size: 1 }.draw(End::Error)).is_err());
    run.ok(|| Scene { size: 1 }.name(" a ", End::Ok).is_ok_and(|name| name == "a"));
    run.timeout(|| Scene { size: 1 }.name(" a ", End::Timeout).is_err());
    run.ok(|| plain(End::Ok).is_ok());
    run.timeout(|| plain(End::Timeout).is_err());
    run.panic(|| plain(End::Panic));
    run.error(|| read(End::Error).is_err());
    run.panic(|| read(End::Panic));
    run.ok(|| parts((End::Ok, 2_u8), "").is_ok());
    run.error(|| parts((End::Error, 2_u8), "").is_err());
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.panic(|| finish(shape(End::Panic)));
    run.cancel(|| cancel(shape(End::Wait)));
    drop(shape(End::Ok));
    run.timeout(|| finish(text("a", End::Timeout)).is_err());
    run.cancel(|| cancel(text("a", End::Wait)));
    run.ok(|| finish(hidden(vec![String::new()], End::Ok)).is_ok());
    run.cancel(|| cancel(hidden(Vec::new(), End::Wait)));
    run.ok(|| finish(boxed(End::Ok)).is_ok());
    run.error(|| finish(boxed(End::Error)).is_err());
    run.cancel(|| cancel(boxed(End::Wait)));
    drop(boxed(End::Ok));
    run.timeout(|| finish(by_method(End::Timeout)).is_err());
    run.cancel(|| cancel(by_method(End::Wait)));
    run.ok(|| {
        nothing(End::Ok);
        true
    });
    run.panic(|| nothing(End::Panic));
    run.panic(|| finish(nothing_later(End::Panic)));
    run.ok(|| finish(3.run(End::Ok)).is_ok());
    run.error(|| finish(3.run(End::Error)).is_err());
    run.cancel(|| cancel(3.run(End::Wait)));
}
