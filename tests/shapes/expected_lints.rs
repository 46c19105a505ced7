//! Lints that the functions expect, also those that look at the last expression or at the parameters; and a lint that wants
//! a `return` at each end.
#![deny(clippy::implicit_return, clippy::allow_attributes, clippy::allow_attributes_without_reason)]
#![expect(clippy::needless_return, reason = "it contradicts `implicit_return`")]

use super::prelude::{End, Run, act, finish, io};

#[measured]
#[expect(clippy::needless_pass_by_value, unused_variables, clippy::unnecessary_wraps, reason = "it was so before")]
fn shape(text: String) -> Result<usize, io::Error> {
    let unused = act(End::Ok);
    return Ok(text.len());
}

#[measured]
#[expect(clippy::unused_async, clippy::needless_question_mark, reason = "it was so before")]
async fn later(end: End) -> Result<u32, io::Error> {
    return Ok(act(end)?);
}

/// without a full stop
#[measured]
#[expect(clippy::doc_paragraphs_missing_punctuation, clippy::useless_conversion, reason = "it was so before")]
fn converted(texts: Vec<String>) -> Result<Vec<String>, io::Error> {
    let mut all = Vec::new();
    act(End::Ok)?;
    all.extend(texts.into_iter());
    return Ok(all);
}

#[measured]
#[expect(clippy::diverging_sub_expression, unused_variables, reason = "it was so before")]
fn referred(text: &str) -> &str {
    let length: usize = { panic!("no length") };
}

#[measured]
#[expect(unconditional_recursion, reason = "it is never called")]
fn endless() -> Result<u32, io::Error> {
    return endless();
}

pub fn drive(run: &mut Run) {
    let _: fn() -> _ = endless;
    let _: fn(&'static str) -> _ = referred;
    run.ok(|| return converted(Vec::new()).is_ok());
    run.ok(|| return shape(String::from("four")).is_ok_and(|length| return length == 4));
    run.ok(|| return finish(later(End::Ok)).is_ok());
    run.error(|| return finish(later(End::Error)).is_err());
    run.panic(|| return finish(later(End::Panic)));
}
