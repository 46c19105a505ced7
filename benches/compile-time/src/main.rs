//! The cost of `cargo check` for a thousand annotated async functions, compared with the same functions under other attributes.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p compile-time
//! ```
//!
//! The same crate is written once for each attribute. Its dependencies are built first and not counted. Then the crates are
//! checked again in turns, so that other load on the machine affects all of them alike.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

const FUNCTIONS: usize = 1_000;
const FUNCTIONS_IN_A_MODULE: usize = 50;
const ROUNDS: usize = 7;
/// The subject that the others are compared with.
const BASE: &str = "tracing";

/// One attribute, or several, to measure; `{n}` is the function's number.
struct Subject {
    name: &'static str,
    title: &'static str,
    dependency: &'static str,
    attributes: &'static str,
}

const SUBJECTS: [Subject; 5] = [
    Subject { name: "plain", title: "no attribute", dependency: "", attributes: "" },
    Subject {
        name: BASE,
        title: "#[tracing::instrument(skip_all)]",
        dependency: "tracing = \"0.1\"",
        attributes: "#[tracing::instrument(skip_all)]",
    },
    Subject {
        name: "autometrics",
        title: "#[autometrics::autometrics]",
        dependency: "autometrics = { version = \"3\", features = [\"prometheus\"] }",
        attributes: "#[autometrics::autometrics]",
    },
    Subject {
        name: "timed",
        title: "#[timed(histogram)]",
        dependency: "metrics-runtime = { path = \"RUNTIME\", default-features = false }",
        attributes: "#[metrics_runtime::timed(histogram = \"step_{n}_seconds\")]",
    },
    Subject {
        name: "all-four",
        title: "all four attributes, with a label",
        dependency: "metrics-runtime = { path = \"RUNTIME\", default-features = false }",
        attributes: "#[metrics_runtime::timed(histogram = \"step_{n}_seconds\", labels(wide))]\n\
                     #[metrics_runtime::counted(counter = \"step_{n}_total\")]\n\
                     #[metrics_runtime::counted_failure(counter = \"step_{n}_failures_total\")]\n\
                     #[metrics_runtime::in_flight(gauge = \"step_{n}\")]",
    },
];

fn main() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/compile-time");
    for subject in &SUBJECTS {
        write(subject, &folder.join(subject.name));
        check(&folder.join(subject.name));
    }
    let mut times: Vec<Vec<Duration>> = SUBJECTS.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (subject, times) in SUBJECTS.iter().zip(&mut times) {
            times.push(check(&folder.join(subject.name)));
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    let base = SUBJECTS.iter().position(|subject| subject.name == BASE).expect("the base is one of the subjects");
    println!("`cargo check` of {FUNCTIONS} async functions, median of {ROUNDS} rounds:\n");
    println!("| attribute | seconds | relative to `#[tracing::instrument]` |");
    println!("| --- | --- | --- |");
    for (subject, median) in SUBJECTS.iter().zip(&medians) {
        let ratio = median.as_secs_f64() / medians[base].as_secs_f64();
        println!("| `{}` | {:.2} | {ratio:.2} |", subject.title, median.as_secs_f64());
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Writes the crate of a subject, as a separate workspace.
fn write(subject: &Subject, folder: &Path) {
    let runtime = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../metrics-runtime");
    let runtime = runtime.canonicalize().expect("the runtime is in the repository");
    let dependency = subject.dependency.replace("RUNTIME", &runtime.display().to_string());
    let manifest = format!(
        "[package]\nname = \"subject-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n\
         [workspace]\n",
        subject.name
    );
    let mut library = String::new();
    for module in 0..FUNCTIONS / FUNCTIONS_IN_A_MODULE {
        let _ = writeln!(library, "pub mod m{module:02};");
        let mut text = String::from("use std::io::Error;\n\n");
        for index in 0..FUNCTIONS_IN_A_MODULE {
            let number = format!("{:04}", module * FUNCTIONS_IN_A_MODULE + index);
            let attributes = subject.attributes.replace("{n}", &number);
            let _ = write!(text, "{attributes}\n{}", FUNCTION.replace("{n}", &number));
        }
        write_file(&folder.join(format!("src/m{module:02}.rs")), &text);
    }
    library.push_str("\npub async fn wait() {}\n");
    write_file(&folder.join("src/lib.rs"), &library);
    write_file(&folder.join("Cargo.toml"), &manifest);
}

/// A function that is typical of a worker: it takes a reference, awaits in a loop, and can fail.
const FUNCTION: &str = "\
pub async fn step_{n}(wide: bool, prompts: &[&str]) -> Result<usize, Error> {
    let mut total = usize::from(wide);
    for prompt in prompts {
        crate::wait().await;
        total += prompt.parse::<usize>().map_err(Error::other)?;
    }
    Ok(total)
}

";

fn write_file(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be created");
    fs::write(path, text).expect("the file can be written");
}

/// Checks the whole crate of a subject, but not its dependencies.
fn check(folder: &Path) -> Duration {
    let library = folder.join("src/lib.rs");
    let text = fs::read(&library).expect("the library has been written");
    fs::write(&library, text).expect("the file can be written");
    let start = Instant::now();
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet"])
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(folder)
        .status()
        .expect("cargo starts");
    assert!(status.success(), "{} does not compile", folder.display());
    start.elapsed()
}
