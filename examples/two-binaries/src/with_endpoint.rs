//! The library in a program with the toolkit's recorder: `cargo run -p two-binaries --bin with-endpoint -- WORD FILE…`.

use std::path::PathBuf;

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let word = std::env::args().nth(1).context("usage: with-endpoint WORD FILE…")?;
    let metrics = metrics_runtime::init()?;
    for file in std::env::args_os().skip(2).map(PathBuf::from) {
        match word_search::search(&file, &word) {
            Ok(at) => println!("{}: {at}", file.display()),
            Err(error) => println!("{}: {error}", file.display()),
        }
    }
    println!("metrics are at http://{}/metrics", metrics.local_addr().map_or("nowhere".into(), |at| at.to_string()));
    loop {
        std::thread::park();
    }
}
