//! An async body whose types are inferred from its return type.

use super::prelude::*;

#[measured]
async fn collects(text: &str, end: End) -> Result<Vec<u32>, std::num::ParseIntError> {
    drop(act_later(end).await);
    text.split(',').map(str::parse).collect()
}

#[measured]
async fn boxes(end: End) -> Result<Box<dyn std::fmt::Display>, Box<dyn std::error::Error>> {
    if end == End::Error {
        Err("on purpose")?;
    }
    if end == End::Ok {
        act_later(end).await?;
        return Ok(Box::new("text"));
    }
    Ok(Box::new(act_later(end).await?))
}

#[measured]
async fn sums(end: End) -> u64 {
    drop(act_later(end).await);
    [1, 2].into_iter().sum()
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(collects("1,2", End::Ok)).is_ok_and(|numbers| numbers == [1, 2]));
    run.error(|| finish(collects("1,x", End::Ok)).is_err());
    run.ok(|| finish(boxes(End::Ok)).is_ok());
    run.error(|| finish(boxes(End::Error)).is_err());
    run.timeout(|| finish(boxes(End::Timeout)).is_err());
    run.panic(|| finish(boxes(End::Panic)).is_ok());
    run.cancel(|| cancel(boxes(End::Wait)));
    run.ok(|| finish(sums(End::Ok)) == 3);
}
