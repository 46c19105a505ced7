use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use crate::foreign::{Call, Expected, Script};
use crate::log;
use crate::page::{Format, read};
use crate::program::detached;
use crate::texts::assert_is_line;

const MAX_ERROR: usize = 1024;

/// The calls of other crates, as a text.
///
/// The page is one that a strict reader takes, in both formats. It has the values that the crates have recorded, each in its
/// series, or none where the reference says that a metric is refused. Each line of the log is short, and a line.
pub fn foreign_metrics(data: &[u8]) {
    log::check_from_now_on();
    let script = Script::parse(data);
    let program = match detached(script.builder()) {
        Ok(program) => program,
        Err(error) => return assert_is_line(&error.to_string(), MAX_ERROR),
    };
    program.record(|| script.calls.iter().for_each(Call::run));
    let expected = Expected::of(&script);
    for (is_openmetrics, format) in [(false, Format::Text), (true, Format::OpenMetrics)] {
        let page = program.render(is_openmetrics);
        // For parsers that are programs of their own.
        if let Some(folder) = std::env::var_os("METRICS_FUZZ_PAGES") {
            write(Path::new(&folder), data, format, &page);
        }
        match read(&page, format) {
            Ok(families) => expected.check(&families, format),
            Err(problem) => panic!("{problem}\n{page}"),
        }
    }
}

fn write(folder: &Path, data: &[u8], format: Format, page: &str) {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    let name = format!("{:016x}.{format:?}", hasher.finish());
    fs::write(folder.join(name), page).expect("the page can be written");
}
