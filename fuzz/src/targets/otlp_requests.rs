use metrics_runtime::fuzzing::otlp_requests as requests;

use crate::message::{fields, messages};

/// When the counting began, and the time of the points.
const TIMES: [u64; 2] = [1_700_000_000_000_000_000, 1_700_000_060_000_000_000];

/// A page in the text format, with exemplars behind its values.
///
/// The body of the export is a message, no matter what the page is. The buckets of a histogram have as many values as it has. An
/// exemplar in it has two ids and a value, and a time between those of the points. There are no more of them than the page has, and the
/// next export of the same page has no more than that.
pub fn otlp_requests(data: &[u8]) {
    let page = String::from_utf8_lossy(data);
    let [first, second] = requests(&page, TIMES[0], TIMES[1]).map(|body| check(&body));
    let written = page.matches(" # {").count();
    assert!(first <= written, "{first} exemplars are sent, and the page has {written}");
    assert!(second <= first, "{first} exemplars are sent, and then {second}");
}

/// Checks a body, and gives the number of its exemplars.
fn check(body: &[u8]) -> usize {
    let mut number = 0;
    let metrics = messages(body, 1).flat_map(|resource| messages(resource, 2)).flat_map(|scope| messages(scope, 2));
    for metric in metrics {
        for (kind, data) in fields(metric).into_iter().filter(|(field, _)| *field > 3) {
            for point in messages(data, 1) {
                number += match kind {
                    5 => {
                        assert_eq!(messages(point, 5).count(), 0, "a gauge has no exemplars");
                        0
                    }
                    7 => exemplars(point, 5),
                    9 => {
                        let [count] = integers(point, 4)[..] else { panic!("a histogram has one count") };
                        // A sum that overflows is a panic here.
                        assert_eq!(integers(point, 6).iter().sum::<u64>(), count, "the buckets have all values");
                        exemplars(point, 8)
                    }
                    kind => panic!("a metric of the kind {kind}"),
                };
            }
        }
    }
    number
}

/// The integers of a field, which have 8 bytes each: one of them, or many together.
fn integers(point: &[u8], field: u64) -> Vec<u64> {
    let bytes = messages(point, field).flat_map(|bytes| bytes.as_chunks::<8>().0);
    bytes.map(|integer| u64::from_le_bytes(*integer)).collect()
}

fn exemplars(point: &[u8], field: u64) -> usize {
    let mut number = 0;
    for exemplar in messages(point, field) {
        let fields = fields(exemplar);
        let [(2, time), (3, value), (4, span), (5, trace)] = fields[..] else { panic!("{fields:?} is no exemplar") };
        let time = u64::from_le_bytes(time.try_into().expect("a time has 8 bytes"));
        assert!((TIMES[0]..=TIMES[1]).contains(&time), "{time} is not a time of the point");
        assert_eq!((value.len(), span.len(), trace.len()), (8, 8, 16));
        assert!(span.iter().any(|byte| *byte > 0) && trace.iter().any(|byte| *byte > 0), "an id is not zero");
        number += 1;
    }
    number
}
