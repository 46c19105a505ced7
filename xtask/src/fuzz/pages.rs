//! Gives the pages of a target to the parsers that are programs of their own: Prometheus', and the strict one of OpenMetrics.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::run::{Run, cannot, files, run};

/// Its exit code for a page that is well formed and has names that it advises against.
const ADVICE: i32 = 3;

/// It reads so many in far less time than it needs to start for each.
const PAGES_AT_ONCE: usize = 200;

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
    let of = |kind: &str| all.iter().filter(|page| is_of(page, kind)).count();
    println!("{}: checking {} pages with promtool, and as many in OpenMetrics", target.target, of("Text"));
    if of("Text") == 0 || of("Text") != of("OpenMetrics") {
        return Err("there are no pages".to_owned());
    }
    let texts: Vec<PathBuf> = all.into_iter().filter(|page| is_of(page, "Text")).collect();
    for texts in texts.chunks(PAGES_AT_ONCE) {
        parse_texts(texts)?;
    }
    parse_openmetrics(&pages)
}

fn is_of(page: &Path, kind: &str) -> bool {
    page.extension().is_some_and(|extension| extension == kind)
}

/// Has many pages read as one, in which each has names of its own; and each alone if they are not taken.
fn parse_texts(pages: &[PathBuf]) -> Result<(), String> {
    let mut all = String::new();
    let mut texts = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let text = fs::read_to_string(page).map_err(|error| cannot("read", page, &error))?;
        for line in text.lines() {
            let (comment, metric) = line.split_at(if line.starts_with("# ") { "# HELP ".len() } else { 0 });
            for part in [comment, &format!("page{at}_"), metric, "\n"] {
                all.push_str(part);
            }
        }
        texts.push(text);
    }
    let Err(problem) = promtool(&all) else { return Ok(()) };
    for (page, text) in pages.iter().zip(&texts) {
        promtool(text).map_err(|problem| format!("promtool does not take {}: {problem}", page.display()))?;
    }
    Err(format!("promtool takes each of the pages, and not all of them as one: {problem}"))
}

fn promtool(text: &str) -> Result<(), String> {
    let cannot = |error| format!("`promtool` does not start: {error}");
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(cannot)?;
    // It reads all of the page before it prints anything. Where it ends before that, its exit code says why.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(cannot)?;
    if output.status.success() || output.status.code() == Some(ADVICE) {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_taken_is_named() {
        let folder = std::env::temp_dir().join(format!("pages-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("it can be created");
        let write = |name: &str, text: &str| {
            let page = folder.join(name);
            fs::write(&page, text).expect("it can be written");
            page
        };
        let one = write("1.Text", "# HELP a A.\n# TYPE a gauge\na 1\n");
        let same = write("2.Text", "# TYPE a counter\na{x=\"1\"} 1\n");
        assert_eq!(parse_texts(&[one.clone(), same]), Ok(()));
        let twice = write("3.Text", "# TYPE a gauge\na 1\n# TYPE a gauge\na 2\n");
        let problem = parse_texts(&[one, twice]).expect_err("the type is there twice");
        assert!(problem.contains("3.Text") && problem.contains("TYPE"), "{problem}");
        write("4.OpenMetrics", "# TYPE a gauge\na 1\n# EOF\n");
        assert_eq!(parse_openmetrics(&folder), Ok(()));
        write("5.OpenMetrics", "# TYPE a gauge\na 1\n");
        let problem = parse_openmetrics(&folder).expect_err("the end is missing");
        assert!(problem.contains("5.OpenMetrics") && problem.contains("EOF"), "{problem}");
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}
