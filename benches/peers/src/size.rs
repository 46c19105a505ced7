//! The bytes that an annotated function adds to a program.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::child;
use crate::generated::{self, Source};
use crate::report::{head, row, version};

/// The bytes of a function are the difference of two programs with these numbers of functions, so that what a library adds
/// once does not count.
const FUNCTIONS: [usize; 2] = [100, 200];

/// An attribute, or several; `{n}` is the function's number.
struct Subject {
    name: &'static str,
    /// The crate, which the table shows with its version.
    of: &'static str,
    title: &'static str,
    dependency: &'static str,
    attributes: &'static str,
    /// What the program does first.
    set_up: &'static str,
}

const OURS: &str = "metrics-runtime";
const SET_UP: &str =
    "let _handle = metrics_runtime::builder().no_listener().init().expect(\"the settings are valid\");";

const SUBJECTS: [Subject; 5] = [
    Subject { name: "plain", of: "", title: "no attribute", dependency: "", attributes: "", set_up: "" },
    Subject {
        name: "timed",
        of: OURS,
        title: "`#[timed]`",
        dependency: "",
        attributes: "#[metrics_runtime::timed(histogram = \"step_{n}_seconds\")]",
        set_up: SET_UP,
    },
    Subject {
        name: "all-four",
        of: OURS,
        title: "all four attributes, with a label",
        dependency: "",
        attributes: "#[metrics_runtime::timed(histogram = \"step_{n}_seconds\", labels(wide))]\n\
                     #[metrics_runtime::counted(counter = \"step_{n}_total\")]\n\
                     #[metrics_runtime::counted_failure(counter = \"step_{n}_failures_total\")]\n\
                     #[metrics_runtime::in_flight(gauge = \"step_{n}\")]",
        set_up: SET_UP,
    },
    Subject {
        name: "tracing",
        of: "tracing",
        title: "`#[instrument(skip_all)]`",
        dependency: "tracing = \"0.1\"\n",
        attributes: "#[tracing::instrument(skip_all)]",
        set_up: "",
    },
    Subject {
        name: "autometrics",
        of: "autometrics",
        title: "`#[autometrics]`",
        dependency: "autometrics = { version = \"3\", features = [\"prometheus-exporter\"] }\n",
        attributes: "#[autometrics::autometrics]",
        set_up: "autometrics::prometheus_exporter::init();",
    },
];

/// A function that is typical of a worker: it takes a reference, and can fail. Its number keeps the compiler from merging it with
/// the others, and `run_{n}` makes sure that it is in the program.
const SYNC: &str = "
fn step_{n}(wide: bool, prompts: &[&str]) -> Result<usize, Error> {
    let mut total = usize::from(wide);
    for prompt in prompts {
        total += prompt.parse::<usize>().map_err(Error::other)?;
    }
    Ok(total + 1{n})
}

fn run_{n}(wide: bool, prompts: &[&str]) -> bool {
    step_{n}(wide, prompts).is_ok()
}
";

/// The same, with an `await` in the loop.
const ASYNC: &str = "
async fn step_{n}(wide: bool, prompts: &[&str]) -> Result<usize, Error> {
    let mut total = usize::from(wide);
    for prompt in prompts {
        std::future::ready(()).await;
        total += prompt.parse::<usize>().map_err(Error::other)?;
    }
    Ok(total + 1{n})
}

fn run_{n}(wide: bool, prompts: &[&str]) -> bool {
    let future = std::pin::pin!(step_{n}(wide, prompts));
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}
";

/// The bytes of a program, or those of a function.
#[derive(Clone, Copy)]
struct Bytes {
    code: f64,
    data: f64,
    zeros: f64,
}

pub struct Size(Vec<(&'static Subject, [Bytes; 2])>);

pub fn measure() -> Result<Size, String> {
    let mut sizes = Vec::new();
    for subject in &SUBJECTS {
        sizes.push((subject, [subject.bytes_of_function("sync", SYNC)?, subject.bytes_of_function("async", ASYNC)?]));
    }
    Ok(Size(sizes))
}

impl Subject {
    fn bytes_of_function(&self, kind: &str, function: &str) -> Result<Bytes, String> {
        let [fewer, more] = FUNCTIONS.map(|functions| self.bytes_of_program(kind, function, functions));
        let (fewer, more) = (fewer?, more?);
        #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
        let of_one = |fewer: f64, more: f64| (more - fewer) / (FUNCTIONS[1] - FUNCTIONS[0]) as f64;
        Ok(Bytes {
            code: of_one(fewer.code, more.code),
            data: of_one(fewer.data, more.data),
            zeros: of_one(fewer.zeros, more.zeros),
        })
    }

    fn bytes_of_program(&self, kind: &str, function: &str, functions: usize) -> Result<Bytes, String> {
        let dependencies = if self.of == OURS { generated::runtime("")? } else { self.dependency.to_owned() };
        let mut main = "#![allow(unused)]\nuse std::io::Error;\nuse std::task::{Context, Waker};\n\n".to_owned();
        for number in 0..functions {
            let number = format!("{number:03}");
            main += &self.attributes.replace("{n}", &number);
            main += &function.replace("{n}", &number);
        }
        let all: Vec<String> = (0..functions).map(|number| format!("run_{number:03}")).collect();
        let _ = write!(
            main,
            "\nfn main() {{\n    {}\n    let all: [fn(bool, &[&str]) -> bool; {functions}] = [{}];\n    \
             for run in std::hint::black_box(all) {{ run(true, &[\"1\"]); }}\n}}\n",
            self.set_up,
            all.join(", ")
        );
        let name = format!("size-{kind}-{}", self.name);
        size(&generated::build(&Source { name: &name, dependencies: &dependencies, main: &main })?)
    }
}

/// The bytes of a program's file, by `size`.
fn size(program: &Path) -> Result<Bytes, String> {
    let printed = child::output(Command::new("size").arg("-A").arg(program))?;
    let mut bytes = Bytes { code: 0.0, data: 0.0, zeros: 0.0 };
    for line in printed.lines() {
        let mut words = line.split_whitespace();
        let (Some(section), Some(Ok(size)), Some(address)) =
            (words.next(), words.next().map(str::parse::<f64>), words.next())
        else {
            continue;
        };
        match section {
            // It is not loaded.
            _ if address == "0" => {}
            ".text" => bytes.code += size,
            ".bss" => bytes.zeros += size,
            _ => bytes.data += size,
        }
    }
    Ok(bytes)
}

impl Size {
    pub fn table(&self) -> String {
        let mut table = format!(
            "Bytes that one annotated function adds to a release build over the plain function: the difference of programs with \
             {} and {} functions, divided by the number of functions. Zeroed memory is not in the program's file, and takes \
             no memory before it is used:\n\n",
            FUNCTIONS[0], FUNCTIONS[1]
        );
        for (at, kind) in ["function", "async function"].into_iter().enumerate() {
            table += &head(&[kind, "machine code", "data", "zeroed memory"]);
            let plain = self.0[0].1[at];
            for (subject, bytes) in &self.0 {
                let of = if subject.of.is_empty() {
                    String::new()
                } else {
                    format!("`{}` {}: ", subject.of, version(subject.of))
                };
                let bytes = bytes[at];
                let over = |bytes: f64, plain: f64| {
                    format!("{:.0}", if subject.of.is_empty() { bytes } else { bytes - plain })
                };
                table += &row(&[
                    format!("{of}{}", subject.title),
                    over(bytes.code, plain.code),
                    over(bytes.data, plain.data),
                    over(bytes.zeros, plain.zeros),
                ]);
            }
            table.push('\n');
        }
        table
    }
}
