//! Finds files that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Import;

/// The files of a circle, the first one again at its end; `None` if there is no circle.
pub(crate) fn circle(imports: &[Import]) -> Option<Vec<String>> {
    let mut targets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for import in imports {
        if let Some(target) = &import.target {
            targets.entry(&import.file).or_default().insert(target);
        }
    }
    let mut done = BTreeSet::new();
    targets.keys().find_map(|file| follow(file, &targets, &mut Vec::new(), &mut done))
}

fn follow<'a>(
    file: &'a str,
    targets: &BTreeMap<&str, BTreeSet<&'a str>>,
    path: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|earlier| *earlier == file) {
        return Some(path[start..].iter().chain([&file]).map(|file| (*file).to_owned()).collect());
    }
    if !done.insert(file) {
        return None;
    }
    path.push(file);
    let found = targets.get(file).into_iter().flatten().find_map(|next| follow(next, targets, path, done));
    path.pop();
    found
}
