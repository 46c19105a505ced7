//! The whole way on a small crate, without the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use annotate_crates::attributes::{AttributeSet, SETS};
use annotate_crates::functions;
use annotate_crates::reasons::REASONS;
use annotate_crates::report::tables;
use annotate_crates::summary::Summary;
use annotate_crates::trial::{SetTrial, Trial, try_crate};
use annotate_crates::workspace::{Package, Workspace};
use tempfile::TempDir;

/// The trials write programs of one name to one folder.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Tries the sample. The folder is gone afterwards, but the dependencies are built only once.
fn try_sample(features: &str, sets: &[AttributeSet]) -> Trial {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let repository = package().ancestors().nth(2).expect("the package is in the repository");
    let folder = TempDir::new().expect("a temporary folder can be made");
    let sample = Package {
        name: "sample".into(),
        version: "1.0.0".into(),
        features: features.into(),
        published: package().join("sample"),
    };
    let (target, runtime) = (repository.join("target/tests/temporary"), repository.join("metrics-runtime"));
    let lock = repository.join("Cargo.lock");
    let workspace =
        Workspace::new(&folder.path().join("crates"), &target, &runtime, Some(&lock), std::slice::from_ref(&sample))
            .expect("the workspace can be made");
    try_crate(&workspace, &sample, sets).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The names of the functions that a set does not measure, each with a word of the reason.
fn taken_back(set: &SetTrial) -> BTreeMap<String, &'static str> {
    let roots = [PathBuf::from("src/lib.rs"), PathBuf::from("src/bin/program.rs")];
    let functions = functions::find(&package().join("sample"), &roots).expect("the sample can be read");
    let words = ["const", "body", "signature", "stream", "track_caller", "borrows"];
    assert!(REASONS.iter().zip(words).all(|(reason, word)| reason.what.contains(word)), "the reasons have moved");
    set.taken_back.iter().map(|(number, reason)| (functions[*number].name.clone(), words[*reason])).collect()
}

#[test]
fn what_is_refused_is_taken_back_and_the_tests_end_as_before() {
    let trial = try_sample("", &SETS);
    let ending = |target: &str, name: &str| trial.before.0[&(target.to_owned(), name.to_owned())].as_str();
    assert_eq!(ending("src/lib.rs", "tests::the_caller_is_known"), "ok");
    assert_eq!(ending("src/lib.rs", "tests::fails_as_published"), "FAILED");
    assert_eq!(ending("src/lib.rs", "tests::takes_long"), "ignored");
    assert_eq!(ending("tests/queue.rs", "jobs_come_out"), "ok");
    assert_eq!(ending("doc", "sample/src/lib.rs - half example 1"), "ok");
    assert!(trial.unstable.is_empty(), "{:?}", trial.unstable);

    let always = [("half", "const"), ("soon", "body"), ("at_once", "signature")];
    let [timed, all, counted] = &trial.sets[..] else { panic!("there are three sets") };
    let expected = |more: &[(&str, &'static str)]| -> BTreeMap<String, &'static str> {
        always.iter().chain(more).map(|(name, word)| ((*name).to_owned(), *word)).collect()
    };
    assert_eq!(taken_back(timed), expected(&[]));
    assert_eq!(taken_back(all), expected(&[("line", "track_caller")]));
    assert_eq!(taken_back(counted), BTreeMap::from([("half".to_owned(), "const"), ("soon".to_owned(), "body")]));
    for set in &trial.sets {
        assert!(set.faults.is_empty(), "{}", set.faults.join("\n"));
        assert_eq!(set.tests, trial.before);
        // All but `never`, which is for no system.
        assert_eq!(set.functions, 12);
    }
    assert!(tables(&[Summary::from(&trial)]).contains("| `sample` 1.0.0 | 12 | 9 | 8 | 10 |"));
}

#[test]
fn errors_without_a_reason_new_warnings_and_other_results_are_faults() {
    let set = AttributeSet {
        name: "faulty",
        on_top: false,
        lines: &["#[::metrics_runtime::timed(histogram = \"{}_seconds\")]", "#[deprecated]"],
    };
    let trial = try_sample("reads-its-source", &[set]);
    let faults = trial.sets[0].faults.join("\n");
    for part in [
        "this error has no documented reason",
        "a new warning",
        "a test ended otherwise: src/lib.rs tests::has_its_lines: FAILED, before ok",
    ] {
        assert!(faults.contains(part), "{part}:\n{faults}");
    }
}
