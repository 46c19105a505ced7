//! What the words of a process mean, as text. Two processes with the same text have the same words.

use std::fmt::Write as _;

use crate::recorder::Store;
use crate::vocabulary::Kind;

/// The metrics of a store, each with its rows and labels, in a text that is written beside the words.
///
/// A text is written with its length, `5:ready`, so that it can hold any character.
pub(super) fn describe(store: &Store) -> String {
    let mut text = String::from("metrics-runtime 1\n");
    for metric in store.metrics() {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let (first, label_sets) = metric.region.map_or((0, 0), |region| (region.first(), region.series()));
        let _ = write!(text, "{kind} {}:{} {first} {label_sets}", metric.name.len(), metric.name);
        for bound in metric.bounds_in_nanoseconds() {
            let _ = write!(text, " {bound}");
        }
        text.push('\n');
        for (name, cardinality, values) in metric.labels() {
            let _ = write!(text, "label {}:{name} {cardinality}", name.len());
            match values {
                None => text.push_str(" capped"),
                Some(values) => {
                    for value in values {
                        let value = value.unwrap_or_default();
                        let _ = write!(text, " {}:{value}", value.len());
                    }
                }
            }
            text.push('\n');
        }
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
