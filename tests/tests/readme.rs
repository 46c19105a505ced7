//! The README shows what a user sees.

use std::fs;
use std::path::Path;
use std::process::Command;

use system_tests::{Process, Response, TemporaryCrate, start_on_free_port, wait_until};

/// The fenced blocks of the README in this language, such as `rust` and `text`.
fn blocks(language: &str) -> Vec<String> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).expect("the README is there");
    let start = format!("```{language}\n");
    let blocks = readme.split(&start).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(str::to_owned).collect()
}

/// The lines, without the values of the sums, which are durations, and without the metrics of the process, which the README
/// leaves out.
fn lines(page: &str) -> Vec<String> {
    page.lines()
        .filter(|line| !line.trim_start_matches("# HELP ").trim_start_matches("# TYPE ").starts_with("process_"))
        .map(|line| match line.split_once("_sum{") {
            Some((name, rest)) => format!("{name}_sum{{{}", rest.split(' ').next().unwrap_or_default()),
            None => line.to_owned(),
        })
        .collect()
}

#[test]
fn the_example_serves_the_page_that_is_shown() {
    let folder = TemporaryCrate::workspace(&["readme-example"]);
    folder.package(
        "readme-example",
        "metrics-runtime = { path = \"RUNTIME\" }\n\
         tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }",
    );
    let program = &blocks("rust,no_run")[0];
    assert!(program.lines().filter(|line| line.ends_with([';', '}', ']'])).count() <= 15, "the example is long");
    folder.write("readme-example/src/main.rs", &format!("#![allow(dead_code)]\n{program}"));
    let build = folder.cargo(&["build", "--quiet"]);
    let message = String::from_utf8_lossy(&build.stderr);
    assert!(build.status.success() && message.is_empty(), "{message}");

    let program = folder.target().join("debug/readme-example");
    let start = |port| Process::start(Command::new(&program).env("METRICS_LISTEN", format!("127.0.0.1:{port}")));
    let get = |port| Response::get(&format!("http://127.0.0.1:{port}/metrics")).ok();
    let (_process, port) = start_on_free_port("the example", start, |port, _| get(port).is_some());
    let page = wait_until("the page with the one call", || {
        let page = get(port)?.body;
        page.contains("_count{step=\"upscale\"} 1").then_some(page)
    });
    assert_eq!(lines(&page), lines(&blocks("text")[0]), "the page is\n{page}");
}

#[test]
fn the_refused_label_has_the_error_that_is_shown() {
    let folder = TemporaryCrate::workspace(&["readme-refused"]);
    let code = &blocks("rust,ignore")[0];
    folder.member("readme-refused", &format!("use metrics_runtime::counted;\n\n{code}"));
    let check = folder.cargo(&["check", "--quiet"]);
    let message = String::from_utf8_lossy(&check.stderr);
    let (error, _) = message.split_once("\n\nerror: could not compile").expect("it does not compile");
    let error = error.replace("readme-refused/src", "src");
    assert_eq!(error.trim(), blocks("text")[1].trim());
}
