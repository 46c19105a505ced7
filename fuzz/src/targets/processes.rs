use std::fs;
use std::path::{Path, PathBuf};

use metrics_runtime::fuzzing::Detached;
use tempfile::TempDir;

use crate::page::{Format, read};
use crate::program::detached;

/// The words of a head, by their places in the file.
const FINGERPRINT: usize = 2;
const NUMBER: usize = 4;
const CHECK: usize = 15;
const FIRST_TAG: usize = 32;
const CHUNKS_IN_SEGMENT: usize = 31;
const CHUNK: usize = 1024;
/// The words before the first chunk, and those of a segment.
const HEAD: usize = 1024;
const SEGMENT: usize = HEAD + CHUNKS_IN_SEGMENT * CHUNK;
const TAG_MARK: u64 = 0x4348_554e << 32;

/// A program that shares a folder, and the file of another process of it.
struct Program {
    folder: TempDir,
    detached: Detached,
    /// A file of the same version, without values.
    words: Vec<u64>,
    /// The names of the files that stay.
    kept: Vec<PathBuf>,
    /// The name of the files of this version.
    version: String,
    /// The first word of the counter's row, and of the histogram's.
    counter: usize,
    histogram: usize,
}

impl Program {
    fn new() -> Self {
        // In memory, where there is such a folder.
        let parent = Path::new("/dev/shm");
        let folder = if parent.is_dir() { tempfile::tempdir_in(parent) } else { tempfile::tempdir() };
        let folder = folder.expect("a temporary folder can be made");
        let detached =
            detached(metrics_runtime::builder().multiprocess_dir(folder.path())).expect("the folder is ours");
        let kept = files(folder.path());
        let of = |extension: &str| {
            kept.iter().find(|file| file.extension().is_some_and(|its| its == extension)).expect("it was made")
        };
        let bytes = fs::read(of("words")).expect("it can be read");
        let words = bytes.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().expect("it has eight bytes")));
        let description = fs::read_to_string(of("catalog")).expect("it is a text");
        let first = |name: &str| {
            let line = description.lines().find(|line| line.contains(name)).expect("it is in the catalog");
            let rest = line.split_once(name).expect("the line has it").1;
            rest.split(' ').nth(1).and_then(|first| first.parse().ok()).expect("a number follows")
        };
        Self {
            counter: first("program_jobs_total"),
            histogram: first("program_wait_seconds"),
            version: of("catalog").file_stem().expect("it has a name").to_string_lossy().into_owned(),
            words: words.collect(),
            kept: kept.clone(),
            detached,
            folder,
        }
    }

    fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.folder.path().join(name), content).expect("there is room");
    }

    /// Removes what the last input has left.
    fn clean(&self) {
        for file in files(self.folder.path()).iter().filter(|file| !self.kept.contains(file)) {
            fs::remove_file(file).expect("it is ours");
        }
    }

    /// The counter and the histogram that the page must show for these words.
    fn expected(&self, words: &[u64]) -> Values {
        let is_head_right = words.len() >= SEGMENT && words[..2] == self.words[..2] && words[CHECK] == check(words);
        let is_of_this =
            is_head_right && words[FINGERPRINT..FINGERPRINT + 2] == self.words[FINGERPRINT..FINGERPRINT + 2];
        if !is_of_this {
            return Values::default();
        }
        let mut values = Values::default();
        for segment in words.chunks_exact(SEGMENT) {
            for place in 0..CHUNKS_IN_SEGMENT {
                let tag = segment[FIRST_TAG + place];
                if tag == 0 {
                    continue;
                }
                let number = (tag ^ TAG_MARK).wrapping_sub(1);
                if number >= CHUNK as u64 {
                    return Values::default();
                }
                let word = |at: usize| {
                    let is_here = at / CHUNK == usize::try_from(number).expect("it is small");
                    if is_here { segment[HEAD + place * CHUNK + at % CHUNK] } else { 0 }
                };
                values.counter += word(self.counter);
                values.buckets[0] += word(self.histogram + 2);
                values.buckets[1] += word(self.histogram + 3);
            }
        }
        values
    }
}

/// What the page shows of another process.
#[derive(Debug, Default, PartialEq)]
struct Values {
    counter: u64,
    buckets: [u64; 2],
}

/// The last word of a header depends on the others.
fn check(words: &[u64]) -> u64 {
    let mix = |hash: u64, word: &u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    words[..CHECK].iter().fold(u64::from_ne_bytes(*b"mtrwords"), mix)
}

/// FNV-1a.
fn fingerprint(text: &[u8]) -> u128 {
    let mix = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul((1 << 88) + 0x13b);
    text.iter().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, mix)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("it is there").flatten().map(|file| file.path()).collect()
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// What kind of file, in the first byte. For words: how many bytes are missing at the end, and changes of words, each with the
/// place in two bytes and the new value in eight. For others: the text.
///
/// The page is well formed, and has the counts that are in the words; or none of the file where its head is wrong.
pub fn processes(data: &[u8]) {
    thread_local! {
        static PROGRAM: Program = Program::new();
    }
    let Some((kind, data)) = data.split_first() else { return };
    PROGRAM.with(|program| {
        program.clean();
        let mut expected = Values::default();
        match kind % 4 {
            kind @ (0 | 1) => {
                let Some((cut, changes)) = data.split_first_chunk() else { return };
                let cut = usize::from(u16::from_le_bytes(*cut));
                let mut words = program.words.clone();
                // Another process has another number.
                words[NUMBER] ^= 1;
                words[CHECK] = check(&words);
                for change in changes.chunks_exact(10) {
                    let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % words.len();
                    let value = u64::from_le_bytes(change[2..].try_into().expect("it has eight bytes"));
                    // Sums of values in chunks do not wrap around.
                    words[at] = if at % SEGMENT < HEAD { value } else { value >> 8 };
                }
                let all = bytes(&words);
                let name =
                    if kind == 0 { "0123456789abcdef.words".to_owned() } else { format!("{}.ended", program.version) };
                program.write(&name, &all[..all.len().saturating_sub(cut)]);
                if cut == 0 {
                    expected = program.expected(&words);
                }
            }
            2 => {
                let fingerprint = fingerprint(data);
                let mut words = program.words.clone();
                words[NUMBER] ^= 1;
                words[FINGERPRINT] = u64::try_from(fingerprint & u128::from(u64::MAX)).expect("it is the half");
                words[FINGERPRINT + 1] = u64::try_from(fingerprint >> 64).expect("it is the half");
                words[CHECK] = check(&words);
                // Every word of the first chunks is 1.
                for place in 0..4 {
                    words[FIRST_TAG + place] = TAG_MARK | (place as u64 + 1);
                    words[HEAD + place * CHUNK..HEAD + (place + 1) * CHUNK].fill(1);
                }
                program.write(&format!("{fingerprint:032x}.catalog"), data);
                program.write("0123456789abcdef.words", &bytes(&words));
            }
            _ => program.write("labels.texts", data),
        }
        let page = program.detached.render(false);
        let families = match read(&page, Format::Text) {
            Ok(families) => families,
            Err(problem) => panic!("{problem}\n{page}"),
        };
        if kind % 4 < 2 {
            let value = |name: &str, suffix: &str, le: Option<&str>| {
                let lines = families.get(name).into_iter().flat_map(|family| &family.lines);
                let line = lines.filter(|(its, labels, _)| its == suffix && labels.get("le").map(String::as_str) == le);
                line.fold(0.0, |sum: f64, (_, _, value)| sum + value)
            };
            let first = value("program_wait_seconds", "_bucket", Some("1"));
            let all = value("program_wait_seconds", "_bucket", Some("+Inf"));
            let found = [value("program_jobs_total", "", None), first, all];
            #[allow(clippy::cast_precision_loss, reason = "the page's numbers are read in the same way")]
            let expected = [expected.counter, expected.buckets[0], expected.buckets[0] + expected.buckets[1]]
                .map(|value| value as f64);
            assert!(found.map(f64::to_bits) == expected.map(f64::to_bits), "{found:?} is not {expected:?}\n{page}");
        }
    });
}
