//! The tables of the documentation.

use crate::reasons::REASONS;
use crate::summary::{Summary, Tests};

const BEGIN: &str = "<!-- written by `cargo xtask annotate-crates --write` -->\n";
const END: &str = "<!-- end -->\n";

/// The two tables: the limits with their counts, and the crates.
#[must_use]
pub fn tables(crates: &[Summary]) -> String {
    let sets: Vec<&str> =
        crates.first().map_or(Vec::new(), |one| one.sets.iter().map(|set| set.set.as_str()).collect());
    format!("{}\n{}", limits(crates, &sets), results(crates, &sets))
}

fn limits(crates: &[Summary], sets: &[&str]) -> String {
    let mut table = Table::new(
        ["rejected", "the message", "what to write instead"].map(str::to_owned).into_iter().chain(owned(sets)),
    );
    for (place, reason) in REASONS.iter().enumerate() {
        let message = reason.message.join(" … ");
        let counts = (0..sets.len()).map(|at| {
            let count: usize = crates.iter().map(|one| one.sets[at].taken_back[place]).sum();
            count.to_string()
        });
        table.row([reason.what.to_owned(), message, reason.instead.to_owned()].into_iter().chain(counts));
    }
    let rejected = (0..sets.len()).map(|at| {
        let count: usize = crates.iter().map(|one| one.sets[at].functions - one.sets[at].annotated()).sum();
        count.to_string()
    });
    table.row(["**all**", "", ""].map(str::to_owned).into_iter().chain(rejected));
    table.0
}

fn results(crates: &[Summary], sets: &[&str]) -> String {
    let head = ["crate", "functions"].map(str::to_owned).into_iter().chain(owned(sets));
    let tests = sets.iter().map(|set| format!("tests, {set}"));
    let mut table = Table::new(head.chain(["tests as published".to_owned()]).chain(tests));
    let functions = |one: &Summary| one.sets.iter().map(|set| set.functions).max().unwrap_or_default();
    for one in crates {
        let first = [format!("`{}` {}", one.name, one.version), functions(one).to_string()];
        let annotated = one.sets.iter().map(|set| set.annotated().to_string());
        let tests = one.sets.iter().map(|set| ending(&set.tests));
        table.row(first.into_iter().chain(annotated).chain([ending(&one.before)]).chain(tests));
    }
    let all: usize = crates.iter().map(functions).sum();
    let annotated = (0..sets.len()).map(|at| {
        let count: usize = crates.iter().map(|one| one.sets[at].annotated()).sum();
        count.to_string()
    });
    let tests = std::iter::repeat_n(String::new(), sets.len() + 1);
    table.row(["**all**".to_owned(), all.to_string()].into_iter().chain(annotated).chain(tests));
    table.0
}

fn owned<'a>(names: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    names.iter().map(|name| (*name).to_owned())
}

struct Table(String);

impl Table {
    fn new(head: impl Iterator<Item = String>) -> Self {
        let head: Vec<String> = head.collect();
        let rule = "| --- ".repeat(head.len()) + "|\n";
        let mut table = Self(String::new());
        table.row(head.into_iter());
        table.0.push_str(&rule);
        table
    }

    fn row(&mut self, cells: impl Iterator<Item = String>) {
        for cell in cells {
            self.0.push_str("| ");
            self.0.push_str(&cell);
            self.0.push(' ');
        }
        self.0.push_str("|\n");
    }
}

fn ending(tests: &Tests) -> String {
    let Tests { passed, failed } = tests;
    if *failed == 0 { format!("{passed} passed") } else { format!("{passed} passed, {failed} failed") }
}

/// The page with these tables instead of those that it has.
///
/// # Errors
///
/// If the page does not show where they stand.
pub fn replace_tables(page: &str, tables: &str) -> Result<String, String> {
    let parts = || {
        let (before, rest) = page.split_once(BEGIN)?;
        let (_, after) = rest.split_once(END)?;
        Some(format!("{before}{BEGIN}\n{tables}\n{END}{after}"))
    };
    parts().ok_or_else(|| format!("the page has no place for the tables: {}…{END}", BEGIN.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tables_are_replaced() {
        let page = format!("# Limits\n{BEGIN}\nold\n\n{END}rest\n");
        assert_eq!(replace_tables(&page, "| new |\n"), Ok(format!("# Limits\n{BEGIN}\n| new |\n\n{END}rest\n")));
        assert!(replace_tables("# Limits\n", "").is_err());
    }
}
