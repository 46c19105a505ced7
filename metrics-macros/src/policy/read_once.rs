//! What is in a file, kept until the file changes. All macros of a crate run in one process and ask for the same files, so a
//! crate with a thousand annotated functions would read and parse them a thousand times.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What is known of files, by their paths.
pub(crate) struct ReadOnce<T>(Mutex<BTreeMap<PathBuf, (Stamp, T)>>);

/// It changes when the file does.
type Stamp = (SystemTime, u64);

impl<T: Clone> ReadOnce<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// What `read` says of the file. It is asked again after the file has changed, and always if the system cannot tell.
    pub(crate) fn get(&self, file: &Path, read: impl FnOnce() -> T) -> T {
        let stamp = std::fs::metadata(file).and_then(|about| Ok((about.modified()?, about.len())));
        let Ok(stamp) = stamp else { return read() };
        if let Some((known, value)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(file)
            && *known == stamp
        {
            return value.clone();
        }
        let value = read();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), (stamp, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_only_after_it_has_changed() {
        let file = std::env::temp_dir().join(format!("read-once-{}.toml", std::process::id()));
        let (files, mut times) = (ReadOnce::new(), 0);
        let mut read = |text: Option<&str>| {
            if let Some(text) = text {
                std::fs::write(&file, text).expect("the folder for temporary files can be written");
            }
            let text = files.get(&file, || {
                times += 1;
                std::fs::read_to_string(&file).ok()
            });
            (text, times)
        };
        assert_eq!(read(None), (None, 1));
        assert_eq!(read(None), (None, 2), "nothing is known of a file that is not there");
        assert_eq!(read(Some("a")), (Some("a".to_owned()), 3));
        assert_eq!(read(None), (Some("a".to_owned()), 3));
        assert_eq!(read(Some("ab")), (Some("ab".to_owned()), 4));
        std::fs::remove_file(&file).expect("the file is there");
    }
}
