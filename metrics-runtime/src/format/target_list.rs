//! The list of targets that Prometheus asks for: <https://prometheus.io/docs/prometheus/latest/http_sd/>.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::json::{push_list, push_object, push_text};

/// Writes a list: the addresses of the targets with the labels of each, in an order that does not change.
pub(crate) fn write_targets<'a>(targets: impl IntoIterator<Item = (&'a str, &'a BTreeMap<String, String>)>) -> String {
    let mut groups: BTreeMap<&BTreeMap<String, String>, BTreeSet<&str>> = BTreeMap::new();
    for (address, labels) in targets {
        groups.entry(labels).or_default().insert(address);
    }
    let mut json = String::new();
    push_list(&mut json, groups, |json, (labels, addresses)| {
        push_object(json, |group| {
            group.list("targets", addresses, push_text);
            group.object("labels", |object| labels.iter().for_each(|(name, value)| object.text(name, value)));
        });
    });
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_grouped_by_their_labels() {
        let labels = |zone: &str| BTreeMap::from([("zone".to_owned(), zone.to_owned())]);
        let (none, a, b) = (BTreeMap::new(), labels("a"), labels("\"b\"\\"));
        let targets = [("w3:1", &b), ("w2:1", &a), ("w1:1", &a), ("w1:1", &a), ("[::1]:1", &none)];
        assert_eq!(
            write_targets(targets),
            concat!(
                r#"[{"targets":["[::1]:1"],"labels":{}},"#,
                r#"{"targets":["w3:1"],"labels":{"zone":"\"b\"\\"}},"#,
                r#"{"targets":["w1:1","w2:1"],"labels":{"zone":"a"}}]"#,
                "\n"
            )
        );
        assert_eq!(write_targets([]), "[]\n");
    }
}
