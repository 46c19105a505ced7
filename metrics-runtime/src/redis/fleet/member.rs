//! The registration of one worker.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::app::check_label;

/// The most bytes of a registration.
pub(super) const MAX_LENGTH: usize = 1024;
/// The longest name of a machine: <https://www.rfc-editor.org/rfc/rfc1123.html#section-2.1>.
const MAX_HOST: usize = 255;

/// A worker: the address of its metrics, and the labels that Prometheus gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) address: String,
    pub(super) labels: BTreeMap<String, String>,
}

impl Member {
    /// The text in Redis: the address, and a line for each label.
    pub(super) fn registration(&self) -> String {
        let mut text = self.address.clone();
        for (name, value) in &self.labels {
            text.extend(["\n", name, "=", value]);
        }
        text
    }

    /// Reads the text. `None` if no worker has written it.
    pub(super) fn parse(registration: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(registration).ok().filter(|text| text.len() <= MAX_LENGTH)?;
        let mut lines = text.split('\n');
        let address = lines.next().filter(|address| is_address(address))?.to_owned();
        let mut labels = BTreeMap::new();
        for line in lines {
            let (name, value) = line.split_once('=')?;
            check_target_label(name, value).ok()?;
            if labels.insert(name.to_owned(), value.to_owned()).is_some() {
                return None;
            }
        }
        Some(Self { address, labels })
    }
}

/// Whether a worker can have this label; an error completes a sentence.
pub(super) fn check_target_label(name: &str, value: &str) -> Result<(), String> {
    check_label(name, value)?;
    if matches!(name, "job" | "instance") {
        return Err("is one that Prometheus' configuration gives: choose another name".to_owned());
    }
    if value.contains(char::is_control) {
        return Err("has a control character in its value".to_owned());
    }
    Ok(())
}

/// Whether the text is a host and a port by which a machine can be reached.
pub(super) fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| is_port(port) && is_host(host))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port != 0)
}

/// An IPv6 address must be in brackets.
pub(super) fn is_host(text: &str) -> bool {
    if let Some(inside) = text.strip_prefix('[') {
        let address = inside.strip_suffix(']').and_then(|address| address.parse::<Ipv6Addr>().ok());
        return address.is_some_and(|address| !address.to_canonical().is_unspecified());
    }
    let is_in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = (1..=MAX_HOST).contains(&text.len()) && text.bytes().all(is_in_name);
    is_name && text.parse::<Ipv4Addr>().map_or(true, |address| !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_is_read_as_it_was_written() {
        for (address, labels) in [
            ("worker-1:8000", vec![]),
            ("10.0.0.7:1", vec![("zone", "a")]),
            ("[2001:db8::7]:65535", vec![("rack", "a=b"), ("zone", "\"é\\ </script>")]),
        ] {
            let labels = labels.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let member = Member { address: address.to_owned(), labels };
            assert_eq!(Member::parse(member.registration().as_bytes()), Some(member));
        }
    }

    #[test]
    fn what_no_worker_writes_is_not_read() {
        let long = format!("w:1\nzone={}", "x".repeat(MAX_LENGTH));
        for wrong in [
            "",
            "gap",
            "w",
            "w:",
            ":1",
            "w:0",
            "w:65536",
            "w:+1",
            "w:1 ",
            "w 1:1",
            "http://w:1",
            "u@w:1",
            "w:1/metrics",
            "w:1\n",
            "w:1\nzone",
            "w:1\n=a",
            "w:1\nzone=",
            "w:1\nzone=a\nzone=b",
            "w:1\nzone=\u{1b}[31m",
            "w:1\nzone=a\r",
            "w:1\n__address__=evil:1",
            "w:1\n__metrics_path__=/",
            "w:1\njob=another",
            "w:1\ninstance=another",
            "w:1\nle=1",
            "w:1\nzo-ne=a",
            "0.0.0.0:1",
            "[::]:1",
            "[::1:1",
            "::1:1",
            "[fe80::1%eth0]:1",
            "é:1",
            &long,
        ] {
            assert_eq!(Member::parse(wrong.as_bytes()), None, "{wrong:?}");
        }
        assert_eq!(Member::parse(b"w:1\nzone=\xff"), None);
    }
}
