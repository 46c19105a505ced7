use metrics_runtime::counted_failure;

// A mistake in the user's own code is reported once, at its place, as in a plain function.
#[counted_failure(counter = "a_total")]
fn plain() -> Result<u32, String> {
    let number: u32 = "3";
    Ok(number)
}

#[counted_failure(counter = "b_total")]
async fn asynchronous() -> Result<u32, String> {
    missing().await
}

#[counted_failure(counter = "c_total")]
async fn wrong_return() -> Result<u32, String> {
    Ok("3")
}

fn main() {}
