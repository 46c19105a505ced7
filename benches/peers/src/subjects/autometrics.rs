//! `autometrics`.

use std::hint::black_box;

use super::work;

pub fn set_up() {
    autometrics::prometheus_exporter::init();
}

pub fn call(number: u32) {
    #[autometrics::autometrics]
    fn measured(number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }
    let _ = black_box(measured(number));
}

#[autometrics::autometrics]
pub async fn autometrics_async(number: u32) -> Result<u32, std::fmt::Error> {
    work(number)
}
