//! The page, compressed.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::assembly::Page;
use crate::format::Format;

/// How many bytes of the page are compressed at a time.
const PART: usize = 64 * 1024;

/// Compresses the page while it is written, so that the whole text is never in memory. The fast level is enough: a page
/// repeats itself a lot, and a scraper usually has a fast network. It also gives the length of the page.
pub(crate) fn compress(page: &Page, format: Format) -> io::Result<(Vec<u8>, usize)> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let (mut written, mut length) = (Ok(()), 0);
    page.render_in_parts(format, PART, &mut |part| {
        if written.is_ok() {
            written = encoder.write_all(part.as_bytes());
        }
        length += part.len();
        part.clear();
    });
    written?;
    Ok((encoder.finish()?, length))
}
