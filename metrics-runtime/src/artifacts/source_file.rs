//! The file of a site, as the generated files show it.

use crate::Site;

/// The path of a site's file, if it is a path in the program's own repository. The compiler gets an absolute path for other
/// crates, which differs from machine to machine.
fn source_file(site: &Site) -> Option<String> {
    let path = site.file().replace('\\', "/");
    let is_absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
    (!is_absolute).then_some(path)
}

/// A function and its file: `` `video::render` in `src/render.rs` ``.
pub(super) fn place(site: &Site) -> String {
    let path = format!("`{}`", site.path());
    match source_file(site) {
        Some(file) => format!("{path} in `{file}`"),
        None => path,
    }
}
