use std::num::ParseIntError;

use metrics_runtime::{counted_failure, measure};

#[derive(Debug)]
pub struct OrderError;

#[counted_failure(counter = "orders_failed_total")]
pub async fn converted(text: &str) -> Result<u32, OrderError> {
    Ok(text.parse::<u32>()?)
}

#[counted_failure(counter = "options_failed_total")]
pub async fn option(list: &[u32]) -> Result<u32, OrderError> {
    Ok(*list.first()?)
}

#[counted_failure(counter = "results_failed_total")]
pub async fn result(text: &str) -> Option<u32> {
    Some(text.parse::<u32>()?)
}

#[counted_failure(counter = "numbers_failed_total", error_if = |number| *number == 0)]
pub async fn number(text: &str) -> u32 {
    text.parse::<u32>()?
}

#[counted_failure(counter = "values_failed_total")]
pub async fn value(number: u32) -> Result<u32, OrderError> {
    Ok(number?)
}

pub async fn block(text: &str) -> Result<u32, ParseIntError> {
    let order = measure!(#[counted_failure(counter = "blocks_failed_total")] async {
        Ok::<_, OrderError>(text.parse::<u32>()?)
    });
    order.await.map_err(|_| "".parse::<u32>().unwrap_err())
}

fn main() {}
