#![deny(unused_must_use)]

use std::io::Error;

use metrics_runtime::counted_failure;

#[must_use]
pub struct Receipt;

async fn send() -> Result<(), Error> {
    Ok(())
}

async fn pay() -> Receipt {
    Receipt
}

fn receipt() -> Result<Receipt, Error> {
    Ok(Receipt)
}

/// The compiler finds it behind a plain `.await` only.
#[must_use]
async fn count() -> u32 {
    1
}

#[counted_failure(counter = "orders_failed_total")]
pub async fn order() -> Result<(), Error> {
    send().await;
    pay().await;
    receipt()?;
    count().await;
    send().await?;
    for _ in 0..2 {
        send().await;
    }
    Ok(())
}

fn main() {}
