//! One crate: its tests as published, and its tests with attributes on every function.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::annotation::Annotated;
use crate::attributes::{AttributeSet, unique_name};
use crate::functions::{self, Function};
use crate::messages::{Build, Message};
use crate::reasons::reason_of;
use crate::test_results::{Difference, TestResults};
use crate::workspace::{Package, Workspace, read, write};

/// What was found out about a crate.
#[derive(Debug)]
pub struct Trial {
    /// The crate.
    pub package: Package,
    /// The tests as published. Those whose result changes from run to run are left out.
    pub before: TestResults,
    /// The tests whose result changes from run to run.
    pub unstable: BTreeSet<(String, String)>,
    /// With attributes.
    pub sets: Vec<SetTrial>,
}

/// What was found out with one set of attributes.
#[derive(Debug)]
pub struct SetTrial {
    /// The name of the set.
    pub set: &'static str,
    /// The functions that the compiler saw. The others are for other systems or features.
    pub functions: usize,
    /// The functions whose attributes were taken back, by their number, with the reason's place in the list of reasons.
    pub taken_back: BTreeMap<usize, usize>,
    /// The tests.
    pub tests: TestResults,
    /// What must not be: errors without a documented reason, new warnings, tests that end otherwise.
    pub faults: Vec<String>,
}

/// Tries the crate with each set of attributes.
///
/// # Errors
///
/// If the crate does not build as published, or cargo does not start.
pub fn try_crate(workspace: &Workspace, package: &Package, sets: &[AttributeSet]) -> Result<Trial, String> {
    let name = &package.name;
    println!("{name} {}: as published", package.version);
    let build = workspace.build(package)?;
    if !build.success {
        let errors: Vec<&str> = build.messages.iter().map(|message| message.rendered.as_str()).collect();
        return Err(format!("{name} does not build as published:\n{}", errors.join("\n")));
    }
    let roots = workspace.roots(package)?;
    let functions = functions::find(&package.published, &roots)?;
    let mut before = run_tests(workspace, package, "--tests")?;
    let again = run_tests(workspace, package, "--tests")?;
    let unstable: BTreeSet<(String, String)> =
        again.differences(&before).into_iter().map(|Difference { target, name, .. }| (target, name)).collect();
    // Documentation tests take long to build, and say the same each time.
    before.0.extend(run_tests(workspace, package, "--doc")?.0);
    let mut trial = Trial { package: package.clone(), before, unstable, sets: Vec::new() };
    trial.before.0.retain(|test, _| !trial.unstable.contains(test));
    for set in sets {
        println!("{name}: {}", set.name);
        trial.sets.push(try_set(workspace, &trial, &build, &functions, set)?);
    }
    Ok(trial)
}

fn try_set(
    workspace: &Workspace,
    trial: &Trial,
    published: &Build,
    functions: &[Function],
    set: &AttributeSet,
) -> Result<SetTrial, String> {
    let package = &trial.package;
    let mut sources = Sources::read(package, functions)?;
    let mut taken_back = BTreeMap::new();
    let mut faults = Vec::new();
    let mut undocumented: BTreeSet<usize> = BTreeSet::new();
    let build = loop {
        let off: BTreeSet<usize> = taken_back.keys().chain(&undocumented).copied().collect();
        sources.annotate(functions, set, &off);
        sources.write(&workspace.folder_of(package))?;
        let build = workspace.build(package)?;
        if build.success {
            break build;
        }
        for message in build.messages.iter().filter(|message| message.is_error) {
            let function = sources.function_of(workspace, package, functions, message);
            match (function, reason_of(&message.text)) {
                (Some(function), Some(reason)) => {
                    taken_back.insert(function, reason);
                }
                // It goes on, so that all faults are found in one run.
                (Some(function), None) => {
                    if undocumented.insert(function) {
                        faults.push(format!("this error has no documented reason:\n{}", message.rendered));
                    }
                }
                (None, _) => faults.push(format!("this error belongs to no function:\n{}", message.rendered)),
            }
        }
        if taken_back.len() + undocumented.len() == off.len() {
            return Err(format!("{}: {} does not build:\n{}", package.name, set.name, faults.join("\n")));
        }
    };
    faults.extend(new_warnings(&build, published));
    let mut compiled = functions_in(&build.artifacts, functions.len())?;
    if compiled.is_empty() {
        faults.push("no function is left with its attributes".to_owned());
    }
    compiled.extend(taken_back.keys());
    let mut tests = TestResults::default();
    for which in ["--tests", "--doc"] {
        tests.0.extend(test_again(workspace, trial, which)?.0);
    }
    let differences = tests.differences(&trial.before);
    faults.extend(differences.iter().map(|difference| format!("a test ended otherwise: {difference}")));
    Ok(SetTrial { set: set.name, functions: compiled.len(), taken_back, tests, faults })
}

/// Runs the tests, and those that end otherwise than before once more: a test may depend on the time.
fn test_again(workspace: &Workspace, trial: &Trial, which: &str) -> Result<TestResults, String> {
    let before = &trial.before.0;
    let mut results = run_tests(workspace, &trial.package, which)?;
    results.0.retain(|test, _| !trial.unstable.contains(test));
    let is_as_before = |results: &TestResults| results.0.iter().all(|(test, ending)| before.get(test) == Some(ending));
    if !is_as_before(&results) {
        let again = run_tests(workspace, &trial.package, which)?;
        results.0.retain(|test, _| before.contains_key(test) || again.0.contains_key(test));
        for (test, ending) in again.0 {
            if before.get(&test) == Some(&ending)
                && results.0.insert(test.clone(), ending) != before.get(&test).cloned()
            {
                println!("  ended as published only the second time: {} {}", test.0, test.1);
            }
        }
    }
    Ok(results)
}

/// Warnings that the crate has only with attributes.
fn new_warnings(build: &Build, published: &Build) -> Vec<String> {
    let mut old: BTreeMap<&str, usize> = BTreeMap::new();
    for message in &published.messages {
        *old.entry(&message.summary).or_default() += 1;
    }
    let is_new = |message: &&Message| match old.get_mut(message.summary.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    build.messages.iter().filter(is_new).map(|message| format!("a new warning:\n{}", message.rendered)).collect()
}

/// The functions whose metrics are in these files.
fn functions_in(artifacts: &[PathBuf], count: usize) -> Result<BTreeSet<usize>, String> {
    let beginning = unique_name(0);
    let beginning = beginning.trim_end_matches('0').as_bytes();
    let mut found = BTreeSet::new();
    for artifact in artifacts {
        let bytes = fs::read(artifact).map_err(|error| format!("{}: {error}", artifact.display()))?;
        let places = bytes.windows(beginning.len()).enumerate().filter(|(_, window)| *window == beginning);
        // Behind a quote it is a source text that the program includes.
        for (at, _) in places.filter(|(at, _)| at.checked_sub(1).is_none_or(|before| bytes[before] != b'"')) {
            let digits = bytes.get(at + beginning.len()..).and_then(|rest| rest.get(..5)).unwrap_or_default();
            let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            found.extend(number.filter(|number: &usize| *number < count));
        }
    }
    Ok(found)
}

/// The files of a package that have functions.
struct Sources {
    files: BTreeMap<PathBuf, (String, Annotated)>,
}

const NOTHING: AttributeSet = AttributeSet { name: "nothing", on_top: false, lines: &[] };

impl Sources {
    fn read(package: &Package, functions: &[Function]) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for function in functions {
            if !files.contains_key(&function.file) {
                let text = read(&package.published.join(&function.file))?;
                let annotated = Annotated::new(&text, &[], &NOTHING, &BTreeSet::new());
                files.insert(function.file.clone(), (text, annotated));
            }
        }
        Ok(Self { files })
    }

    fn annotate(&mut self, functions: &[Function], set: &AttributeSet, taken_back: &BTreeSet<usize>) {
        for (file, (text, annotated)) in &mut self.files {
            let in_file: Vec<&Function> = functions.iter().filter(|function| function.file == *file).collect();
            *annotated = Annotated::new(text, &in_file, set, taken_back);
        }
    }

    fn write(&self, folder: &Path) -> Result<(), String> {
        self.files.iter().try_for_each(|(file, (_, annotated))| write(&folder.join(file), &annotated.text))
    }

    /// The innermost function in which a message has its place.
    fn function_of(
        &self,
        workspace: &Workspace,
        package: &Package,
        functions: &[Function],
        message: &Message,
    ) -> Option<usize> {
        message.places.iter().find_map(|place| {
            let file = workspace.file_in(package, &place.file)?;
            let byte = self.files.get(&file)?.1.published_byte(place.byte);
            let around = functions.iter().filter(|function| function.file == file && function.range.contains(&byte));
            around.min_by_key(|function| function.range.len()).map(|function| function.number)
        })
    }
}

fn run_tests(workspace: &Workspace, package: &Package, which: &str) -> Result<TestResults, String> {
    Ok(TestResults::read(&workspace.run_tests(package, which)?))
}
