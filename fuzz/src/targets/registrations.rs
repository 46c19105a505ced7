use std::collections::{BTreeMap, BTreeSet};

use metrics_runtime::redis::fuzzing::{list, registration};
use serde::Deserialize;

/// The most bytes of a registration.
const MAX_LENGTH: usize = 1024;

/// A group of targets, as Prometheus reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    targets: Vec<String>,
    labels: BTreeMap<String, String>,
}

/// Registrations in a fleet, each up to a zero byte, from the newest on.
///
/// One that is taken is an address and labels that a worker can have, and the same when it is written and read again. The list is
/// JSON, is not empty, and has each address once, with the labels of its first registration.
pub fn registrations(data: &[u8]) {
    let texts: Vec<&[u8]> = data.split(|byte| *byte == 0).collect();
    let mut expected = BTreeMap::new();
    for text in &texts {
        let Some((address, labels, written)) = registration(text) else { continue };
        assert!(text.len() <= MAX_LENGTH);
        assert_address(&address);
        for (name, value) in &labels {
            assert_label(name, value);
        }
        assert_eq!(written.lines().count(), 1 + labels.len(), "{written:?}");
        assert_eq!(registration(written.as_bytes()), Some((address.clone(), labels.clone(), written.clone())));
        expected.entry(address).or_insert(labels);
    }
    let Some(json) = list(texts) else {
        assert!(expected.is_empty());
        return;
    };
    let groups: Vec<Group> = serde_json::from_str(&json).expect("it is JSON");
    let mut labels_of_groups = BTreeSet::new();
    let mut found = BTreeMap::new();
    for Group { targets, labels } in groups {
        assert!(!targets.is_empty());
        assert!(labels_of_groups.insert(labels.clone()), "two groups have the same labels: {json}");
        for target in targets {
            assert_eq!(found.insert(target, labels.clone()), None, "{json}");
        }
    }
    assert_eq!(found, expected);
}

/// Prometheus would read `http://{address}/metrics`.
fn assert_address(address: &str) {
    let (host, port) = address.rsplit_once(':').expect("it has a port");
    assert!(port.parse::<u16>().is_ok_and(|port| port > 0), "{address}");
    let is_ipv6 = host.strip_prefix('[').is_some_and(|host| host.ends_with(']'));
    let is_allowed = |letter: char| {
        letter.is_ascii_alphanumeric()
            || matches!(letter, '-' | '.' | '_')
            || is_ipv6 && matches!(letter, ':' | '[' | ']')
    };
    assert!(!host.is_empty() && host.chars().all(is_allowed), "{address}");
}

fn assert_label(name: &str, value: &str) {
    let is_name = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    assert!(is_name && !name.starts_with(|first: char| first.is_ascii_digit()) && !name.starts_with("__"), "{name}");
    assert!(!["", "job", "instance", "le", "quantile"].contains(&name), "{name}");
    assert!(!value.is_empty() && !value.contains(char::is_control), "{value:?}");
}
