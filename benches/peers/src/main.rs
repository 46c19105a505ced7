//! What a measured call costs, beside other libraries, and what a page costs.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p peers
//! ```
//!
//! Every subject measures the same function: a histogram with eight buckets and one label, and a counter of failures. They
//! run in turns, so that whatever else the machine does falls on all of them, and the median of the rounds counts. What
//! the function costs by itself is taken off.

mod calls;
mod pages;

fn main() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    calls::run();
    pages::run(&handle);
}
