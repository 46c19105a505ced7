//! Reads the imports of a crate's sources, as text.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// One name that a file imports.
pub(crate) struct Import {
    /// The file, below the crate's `src`.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The path, such as `crate`, `storage`, `Row` or `std`, `env`.
    pub(crate) path: Vec<String>,
    /// The file that it leads to, if it is one of this crate.
    pub(crate) target: Option<String>,
}

impl Import {
    /// The layer of the file.
    pub(crate) fn layer(&self) -> &str {
        layer_of(&self.file)
    }

    /// The layer that it leads to.
    pub(crate) fn target_layer(&self) -> Option<&str> {
        self.target.as_deref().map(layer_of)
    }

    /// The names by which a rule can forbid it: its layer, or the first two parts of a path outside of the crate.
    pub(crate) fn forbidden_names(&self) -> impl Iterator<Item = String> {
        let outside = self.target.is_none().then(|| self.path.iter().take(2).cloned().collect::<Vec<_>>().join("::"));
        self.target_layer().map(str::to_owned).into_iter().chain(outside)
    }
}

/// The first part of the path below `src`.
fn layer_of(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// All imports of all files below `root`.
pub(crate) fn imports(root: &Path) -> Vec<Import> {
    let mut files = BTreeSet::new();
    list(root, root, &mut files);
    let mut imports = Vec::new();
    for file in &files {
        let text = fs::read_to_string(root.join(file)).expect("the file was listed just now");
        for (line, path) in paths(&text) {
            let target = target(file, &path, &files);
            // A path that leads to its own file is not an import.
            if target.as_ref() != Some(file) {
                imports.push(Import { file: file.clone(), line, path, target });
            }
        }
    }
    imports
}

fn list(root: &Path, folder: &Path, files: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.ends_with("src/bin") {
            // Each is a crate of its own.
            continue;
        }
        if path.is_dir() {
            list(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).expect("it is below the root");
            files.insert(below.to_string_lossy().replace('\\', "/"));
        }
    }
}

/// The imported paths of a file with their lines: those of `use`, and those that begin with `crate::` elsewhere.
fn paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut paths = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let code = line.split("//").next().unwrap_or_default().trim();
        // `pub(in crate::a)` says who may see something, and imports nothing.
        let code =
            code.strip_prefix("pub(in ").and_then(|rest| rest.split_once(')')).map_or(code, |(_, rest)| rest.trim());
        // The tests of a file may use whatever they want.
        if code == "#[cfg(test)]" {
            let next = text.lines().skip(at + 1).find(|next| !next.starts_with("#["));
            if next.is_some_and(|next| next.starts_with("mod ")) {
                break;
            }
        }
        let is_use = |code: &str| {
            let code = code.strip_prefix("pub").map_or(code, |rest| rest.trim_start_matches(|c: char| c != ' ').trim());
            code.strip_prefix("use ").map(str::to_owned)
        };
        if let Some(mut tree) = is_use(code) {
            while !tree.contains(';') {
                let Some((_, next)) = lines.next() else { break };
                tree.push_str(next.trim());
            }
            expand(&[], tree.trim_end_matches(';'), &mut |path| paths.push((at + 1, path)));
            continue;
        }
        for (start, _) in code.match_indices("crate::") {
            let is_path = !code[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '`'));
            let end = code[start..].find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')));
            let path = &code[start..end.map_or(code.len(), |end| start + end)];
            if is_path && !path.contains(":::") {
                paths.push((at + 1, path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()));
            }
        }
    }
    paths
}

/// Every path of a `use` tree: `a::{b, c::d}` has `a::b` and `a::c::d`.
fn expand(prefix: &[String], tree: &str, found: &mut dyn FnMut(Vec<String>)) {
    let (head, braces) =
        tree.split_once('{').map_or((tree, None), |(head, rest)| (head, rest.trim().strip_suffix('}')));
    let name = head.split(" as ").next().unwrap_or(head);
    let parts = name.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
    let path: Vec<String> = prefix.iter().cloned().chain(parts).collect();
    let Some(inner) = braces else { return found(path) };
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let item = inner[start..at].trim();
                if !item.is_empty() {
                    expand(&path, item, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The file that a path of a file leads to.
fn target(file: &str, path: &[String], files: &BTreeSet<String>) -> Option<String> {
    let mut module = module_of(file);
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            module.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                module.pop()?;
                rest = &rest[1..];
            }
        }
        first => {
            // A child of this module, or another crate.
            module.push(first.to_owned());
            file_of(&module, files)?;
            rest = &path[1..];
        }
    }
    for part in rest {
        module.push(part.clone());
        if file_of(&module, files).is_none() {
            module.pop();
            break;
        }
    }
    file_of(&module, files)
}

/// `storage/row.rs` is the module `storage::row`, and `storage/mod.rs` is `storage`.
fn module_of(file: &str) -> Vec<String> {
    let mut parts: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

fn file_of(module: &[String], files: &BTreeSet<String>) -> Option<String> {
    let path = module.join("/");
    let candidates = if module.is_empty() {
        ["lib.rs".to_owned(), "main.rs".to_owned()]
    } else {
        [format!("{path}.rs"), format!("{path}/mod.rs")]
    };
    candidates.into_iter().find(|file| files.contains(file))
}
