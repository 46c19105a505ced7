//! The name of this instance of the program for receivers of OTLP.

use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;

/// The name of this run of the program: `worker-1:8000`, the machine and the port, as Prometheus names an instance.
///
/// It is the same after a restart, so that receivers go on with the same series. Without a port, nothing tells two instances on one
/// machine apart, and the name is a random UUID, as the specification advises.
pub(super) fn instance(address: Option<SocketAddr>) -> String {
    match (address, host()) {
        (Some(address), Some(host)) => format!("{host}:{}", address.port()),
        _ => random_uuid(),
    }
}

#[cfg(unix)]
fn host() -> Option<String> {
    let name = rustix::system::uname();
    let name = name.nodename().to_str().ok()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

#[cfg(not(unix))]
fn host() -> Option<String> {
    None
}

/// A UUID of version 4: <https://www.rfc-editor.org/rfc/rfc9562.html#name-uuid-version-4>.
fn random_uuid() -> String {
    // The keys of the hasher are random.
    let random = || u128::from(RandomState::new().hash_one(std::process::id()));
    let bits = random() << 64 | random();
    let bits = bits & !(0xf << 76) | 0x4 << 76;
    let bits = bits & !(0x3 << 62) | 0x2 << 62;
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_has_a_name_of_its_own() {
        let named = instance(Some(([0, 0, 0, 0], 8000).into()));
        assert!(named.ends_with(":8000") && named.len() > 5, "{named}");
        let random = instance(None);
        assert_ne!(random, instance(None));
        let parts: Vec<usize> = random.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12], "{random}");
        assert_eq!(&random[14..15], "4");
        assert!("89ab".contains(&random[19..20]), "{random}");
    }
}
