//! Addresses in messages.

/// An address without its secrets, for messages: what cannot hold a secret is kept, and `…` stands for the rest.
///
/// It hides the user and the password, the query (`unix:///redis.sock?pass=…`), and each part that does not look like what
/// belongs there. So it may be given any text, also one that is not an address.
///
/// ```
/// use metrics_runtime::redis::redact_address;
///
/// assert_eq!(redact_address("rediss://worker:secret@db:6379/3"), "rediss://…@db:6379/3");
/// assert_eq!(redact_address("unix:///run/redis.sock?db=3&pass=secret"), "unix:///run/redis.sock?…");
/// assert_eq!(redact_address("redis://:secret"), "redis://…");
/// assert_eq!(redact_address("http://gpu:8188"), "http://gpu:8188");
/// ```
#[must_use]
#[cfg_attr(not(feature = "redis"), allow(unreachable_pub, reason = "only the feature `redis` exports it"))]
pub fn redact_address(address: &str) -> String {
    let address = address.trim();
    let (scheme, rest) = match address.find("://") {
        Some(end) if is_scheme(&address[..end]) => address.split_at(end + "://".len()),
        _ => ("", address),
    };
    // The last one: a password may contain the sign, although it should not.
    let (user, shown) = match rest.rfind('@') {
        // Either the query or the password contains a sign of the other.
        Some(at) if rest[..at].contains('?') => return format!("{scheme}…"),
        Some(at) => ("…@", &rest[at + 1..]),
        None => ("", rest),
    };
    let (authority, shown) = shown.split_at(shown.find(['/', '?', '#']).unwrap_or(shown.len()));
    if !is_authority(authority) {
        return format!("{scheme}{user}…");
    }
    let (path, hidden) = shown.split_at(shown.find(|sign| !is_in_path(sign)).unwrap_or(shown.len()));
    let hidden = match hidden.chars().next() {
        None => "",
        Some(_) if hidden == "#insecure" => hidden,
        Some('?') => "?…",
        Some(_) => "…",
    };
    format!("{scheme}{user}{authority}{path}{hidden}")
}

fn is_scheme(text: &str) -> bool {
    text.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '-' | '.'))
}

/// Whether it is a host, perhaps with a port; also if it is empty.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((ip, port)) if ip.chars().all(|sign| sign.is_ascii_hexdigit() || matches!(sign, ':' | '.')) => ("", port),
        _ => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    host.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '.' | '_'))
        && port.len() <= 5
        && port.chars().all(|sign| sign.is_ascii_digit())
}

/// Without those that could begin a query, also where they are encoded or the `?` is missing.
fn is_in_path(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '/' | '-' | '.' | '_' | '~' | '+' | ',')
}

#[cfg(test)]
mod tests {
    use super::redact_address;

    #[test]
    fn no_secret_is_left() {
        for address in [
            "redis://user:secret@db",
            "redis://:secret@db:6379/0",
            "rediss://user:s@secret@db:6379/0#insecure",
            "redis://user:s/secret@db",
            "redis://user:s?secret@db/0",
            "redis://user:s#secret@db",
            "redis://user:s%40secret",
            "redis://user:secret",
            "redis://:secret",
            "redis:user:secret@db",
            "redis:secret",
            "user:secret@db:6379",
            "user:secret",
            "secret@db",
            "unix:///s.sock?pass=secret",
            "unix:///s.sock?pass=a@secret",
            "redis+unix:///s.sock?user=me&pass=secret&db=3",
            "unix:/s.sock?pass=secret",
            "unix:///s.sock&pass=secret",
            "unix:///s.sock%3Fpass=secret",
            "unix:///s.sock;secret",
            "valkeys://user:secret@[::1]:6379/0",
            "http://user:secret@gpu:8188/prompt?token=secret",
            "http://gpu#secret",
            "https:\\\\user:secret@gpu",
            "redis://user:1\nsecret@db",
            "redis://db 6379 secret",
            "redis://[secret]:6379",
            "redis://db:6379,other:secret@db2:6379",
            "é:secret",
        ] {
            assert!(!redact_address(address).contains("secret"), "{address} shows {}", redact_address(address));
        }
    }

    #[test]
    fn what_helps_is_left() {
        for (address, shown) in [
            ("redis://user:p@ss@db:6379/0", "redis://…@db:6379/0"),
            ("user:p@ss@db:6379", "…@db:6379"),
            ("redis://user:pass@[::1]:6379/0", "redis://…@[::1]:6379/0"),
            ("redis://db/3?protocol=resp3", "redis://db/3?…"),
            ("unix:///run/redis/s_1.sock?pass=x", "unix:///run/redis/s_1.sock?…"),
            (" http://gpu:8188/comfy\n", "http://gpu:8188/comfy"),
        ] {
            assert_eq!(redact_address(address), shown);
        }
        for address in ["redis://db:6379", "rediss://db/#insecure", "127.0.0.1:6379", "gpu", "ftp://gpu", "", "http://"]
        {
            assert_eq!(redact_address(address), address);
        }
    }
}
