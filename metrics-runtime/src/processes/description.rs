//! What the words of a process mean, as text. Two processes with the same text have the same words.

use std::fmt::Write as _;

use super::calls::CallsOf;
use super::tokens::push_text;
use crate::recorder::{Store, StoredLabel};
use crate::vocabulary::Kind;

/// The metrics of a store, each with its rows and labels, and the functions whose calls are counted, in a text that is written
/// beside the words.
pub(super) fn describe(store: &Store, functions: &[CallsOf]) -> String {
    let mut text = String::from("metrics-runtime 1\n");
    for metric in store.metrics() {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let (first, label_sets) = metric.region.map_or((0, 0), |region| (region.first(), region.series()));
        let _ = write!(text, "{kind} ");
        push_text(&mut text, metric.name);
        let _ = write!(text, " {first} {label_sets}");
        for bound in metric.bounds_in_nanoseconds() {
            let _ = write!(text, " {bound}");
        }
        text.push('\n');
        for StoredLabel { name, values, capped } in metric.labels() {
            text.push_str("label ");
            push_text(&mut text, name);
            let _ = write!(text, " {}", values.len());
            match capped {
                // Its values come while the program runs.
                Some((path, kept)) => {
                    let _ = write!(text, " capped {kept} ");
                    push_text(&mut text, path);
                }
                None => {
                    for value in values {
                        text.push(' ');
                        push_text(&mut text, value.unwrap_or_default());
                    }
                }
            }
            text.push('\n');
        }
    }
    for function in functions {
        text.push_str("function ");
        push_text(&mut text, &function.function);
        text.push('\n');
    }
    text
}

/// A number for the text. Two texts that differ do not have the same one by chance.
pub(super) fn fingerprint(text: &str) -> u128 {
    // FNV-1a: <http://www.isthe.com/chongo/tech/comp/fnv/>.
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn the_fingerprint_is_the_published_function() {
        assert_eq!(fingerprint(""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fingerprint("a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }
}
