//! Gives the pages of a target to the parsers that are programs of their own: Prometheus', and the strict one of OpenMetrics.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::run::{Run, cannot, files, run};

/// Its exit code for a page that is well formed and has names that it advises against.
const ADVICE: i32 = 3;

/// Reads all pages, so that the interpreter starts once. Each page is a file in the folder that is the argument.
const PARSE_OPENMETRICS: &str = "\
import pathlib, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for page in pathlib.Path(sys.argv[1]).glob('*.OpenMetrics'):
    try:
        list(text_string_to_metric_families(page.read_bytes().decode()))
    except ValueError as error:
        sys.exit(f'{page}: {error!r}')
";

/// Checks the pages of every input that is kept or was found.
pub(super) fn check_pages(target: &Run<'_>) -> Result<(), String> {
    let pages = target.folder("logs")?.join("pages");
    let _ = fs::remove_dir_all(&pages);
    fs::create_dir_all(&pages).map_err(|error| cannot("create", &pages, &error))?;
    let log = target.folder("logs")?.join("pages.log");
    let mut command = target.command()?;
    command.arg("-runs=0").arg(target.folder("corpus")?).arg(target.seeds()?).env("METRICS_FUZZ_PAGES", &pages);
    if !run(&mut command, &log)?.success() {
        return Err(format!("the pages cannot be made: {}", log.display()));
    }
    let all = files(&pages)?;
    let of = |kind: &str| all.iter().filter(|page| page.extension().is_some_and(|extension| extension == kind)).count();
    println!("{}: checking {} pages with promtool, and as many in OpenMetrics", target.target, of("Text"));
    if of("Text") == 0 || of("Text") != of("OpenMetrics") {
        return Err("there are no pages".to_owned());
    }
    for page in all.iter().filter(|page| page.extension().is_some_and(|extension| extension == "Text")) {
        parse_text(page)?;
    }
    parse_openmetrics(&pages)
}

fn parse_text(page: &PathBuf) -> Result<(), String> {
    let file = File::open(page).map_err(|error| cannot("read", page, &error))?;
    let output = Command::new("promtool").args(["check", "metrics"]).stdin(file).output();
    let output = output.map_err(|error| format!("`promtool` does not start: {error}"))?;
    if output.status.success() || output.status.code() == Some(ADVICE) {
        return Ok(());
    }
    Err(format!("promtool does not take {}: {}", page.display(), String::from_utf8_lossy(&output.stderr)))
}

fn parse_openmetrics(pages: &Path) -> Result<(), String> {
    let mut command = Command::new("/usr/bin/python3");
    let output = command.args(["-c", PARSE_OPENMETRICS]).arg(pages).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("`python3` does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("the parser of OpenMetrics does not take {}", String::from_utf8_lossy(&output.stderr)))
}
