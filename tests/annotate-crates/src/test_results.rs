//! How the tests of a crate ended, read from the output of `cargo test`.

use std::collections::BTreeMap;
use std::fmt;

/// The results of all tests: by target (`src/lib.rs`, `tests/pool.rs`, `doc`) and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestResults(pub BTreeMap<(String, String), String>);

/// A test that ended otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where the test is.
    pub target: String,
    /// Its name.
    pub name: String,
    /// How it ended before.
    pub before: Option<String>,
    /// How it ended now.
    pub now: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = |ending: &Option<String>| ending.clone().unwrap_or_else(|| "absent".to_owned());
        write!(f, "{} {}: {}, before {}", self.target, self.name, ending(&self.now), ending(&self.before))
    }
}

impl TestResults {
    /// Reads what cargo and the test programs write.
    #[must_use]
    pub fn read(output: &str) -> Self {
        let mut results = BTreeMap::new();
        let mut documentation = BTreeMap::new();
        let mut target = String::new();
        for line in output.lines() {
            let words = line.trim_start();
            if let Some(rest) = words.strip_prefix("Running ") {
                let rest = rest.strip_prefix("unittests ").unwrap_or(rest);
                rest.split(" (").next().unwrap_or(rest).clone_into(&mut target);
            } else if words.starts_with("Doc-tests ") {
                "doc".clone_into(&mut target);
            } else if let Some((name, ending)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... ")) {
                let ending = ending.split([',', ' ']).next().unwrap_or(ending).to_owned();
                match ExampleName::read(name).filter(|_| target == "doc") {
                    Some(ExampleName { item, line, rest }) => {
                        documentation.insert((item.to_owned(), line, rest.to_owned()), ending);
                    }
                    None => _ = results.insert((target.clone(), name.to_owned()), ending),
                }
            } else if let Some(problem) = words.strip_prefix("error: test failed, to rerun pass ") {
                // A program that is killed has no results of its own.
                results.insert((problem.to_owned(), "the program".to_owned()), "failed".to_owned());
            }
        }
        let mut last = (String::new(), 0);
        for ((item, _, rest), ending) in documentation {
            last = if last.0 == item { (item, last.1 + 1) } else { (item, 1) };
            results.insert(("doc".to_owned(), format!("{}example {}{rest}", last.0, last.1)), ending);
        }
        Self(results)
    }

    /// The tests that ended otherwise than before.
    #[must_use]
    pub fn differences(&self, before: &Self) -> Vec<Difference> {
        let keys: std::collections::BTreeSet<_> = self.0.keys().chain(before.0.keys()).collect();
        keys.into_iter()
            .filter(|key| self.0.get(*key) != before.0.get(*key))
            .map(|key| Difference {
                target: key.0.clone(),
                name: key.1.clone(),
                before: before.0.get(key).cloned(),
                now: self.0.get(key).cloned(),
            })
            .collect()
    }

    /// How many ended so.
    #[must_use]
    pub fn count(&self, ending: &str) -> usize {
        self.0.values().filter(|value| *value == ending).count()
    }
}

/// The name of an example in the documentation: `src/lib.rs - Pool::get (line 12) - compile`. Its line is another one with
/// attributes above it, so it is named by its place among the examples of its item.
struct ExampleName<'a> {
    item: &'a str,
    line: usize,
    rest: &'a str,
}

impl<'a> ExampleName<'a> {
    fn read(name: &'a str) -> Option<Self> {
        let (item, rest) = name.split_once("(line ")?;
        let (line, rest) = rest.split_once(')')?;
        Some(Self { item, line: line.parse().ok()?, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_by_target() {
        let output = "     Running unittests src/lib.rs (target/debug/deps/sample-1)\n\
                      test one ... ok\ntest two ... ignored, slow\ntest three - should panic ... FAILED\n\
                      \x20  Doc-tests sample\ntest src/lib.rs - one (line 102) - compile ... ok\n\
                      test src/lib.rs - one (line 12) ... FAILED\n";
        let results = TestResults::read(output);
        let key = |target: &str, name: &str| (target.to_owned(), name.to_owned());
        assert_eq!(results.0[&key("src/lib.rs", "one")], "ok");
        assert_eq!(results.0[&key("src/lib.rs", "two")], "ignored");
        assert_eq!(results.0[&key("src/lib.rs", "three - should panic")], "FAILED");
        assert_eq!(results.0[&key("doc", "src/lib.rs - one example 1")], "FAILED");
        assert_eq!(results.0[&key("doc", "src/lib.rs - one example 2 - compile")], "ok");
        assert_eq!(results.count("ok"), 2);
    }

    #[test]
    fn tests_that_vanish_or_end_otherwise_are_differences() {
        let before = TestResults::read("test a ... ok\ntest b ... ok\ntest c ... FAILED\n");
        let now = TestResults::read("test b ... FAILED\ntest c ... FAILED\n");
        let differences: Vec<String> = now.differences(&before).iter().map(ToString::to_string).collect();
        assert_eq!(differences, [" a: absent, before ok", " b: FAILED, before ok"]);
    }
}
