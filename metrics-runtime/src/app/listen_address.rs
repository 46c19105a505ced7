//! The addresses that `listen` takes, in code and in the environment.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::util::redact_address;

/// What [`Builder::listen`](crate::Builder::listen) takes: a text such as `"127.0.0.1:9101"` or `"localhost:9101"`, a
/// [`SocketAddr`], or an IP address with a port, `([127, 0, 0, 1], 9101)`. Port 0 takes a free port.
///
/// Nobody else can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an address that can be listened on",
    label = "give a text such as \"127.0.0.1:9101\", a `SocketAddr`, or `([127, 0, 0, 1], 9101)`"
)]
pub trait ListenAddress: Sealed {
    #[doc(hidden)]
    fn given(self) -> Given;
}

/// An address as the program gives it.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Address(SocketAddr),
    Text(String),
}

#[doc(hidden)]
pub trait Sealed {}

macro_rules! addresses {
    ($([$($generic:tt)*] $type:ty, $self:ident => $given:expr;)+) => {
        $(
            impl<$($generic)*> Sealed for $type {}

            impl<$($generic)*> ListenAddress for $type {
                fn given($self) -> Given {
                    $given
                }
            }
        )+
    };
}

addresses! {
    [] &str, self => Given::Text(self.to_owned());
    [] String, self => Given::Text(self);
    [] &String, self => Given::Text(self.clone());
    [] SocketAddr, self => Given::Address(self);
    [] SocketAddrV4, self => Given::Address(self.into());
    [] SocketAddrV6, self => Given::Address(self.into());
    [Ip: Into<IpAddr>] (Ip, u16), self => Given::Address(self.into());
}

pub(super) const LISTEN_TAKES: &str = "an IP address and a port, such as `127.0.0.1:8000` or `0.0.0.0:8000` \
    (port 0 for a free port), or `off` for no listener";

/// The address in a text; `None` for `off`. The error says what is wrong with the text.
pub(super) fn parse_address(text: &str) -> Result<Option<SocketAddr>, &'static str> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let numeric = text.strip_prefix("localhost:").map(|port| format!("{}:{port}", Ipv4Addr::LOCALHOST));
    numeric.as_deref().unwrap_or(text).parse().map(Some).map_err(|_| problem(text))
}

fn problem(text: &str) -> &'static str {
    let has_no_port = text.parse::<IpAddr>().is_ok() || text == "localhost";
    if text.is_empty() {
        return "is empty";
    }
    if text.contains('/') {
        return "is a URL or a path, and not an address";
    }
    if has_no_port {
        return "has no port";
    }
    if text.strip_prefix(':').unwrap_or(text).parse::<u16>().is_ok() {
        return "is a port, and has no IP address";
    }
    match text.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_err() => "has no port from 0 to 65535",
        Some((host, _)) if host.chars().any(char::is_alphabetic) && !host.contains(':') => {
            "has a name instead of an IP address"
        }
        _ => "is not an address",
    }
}

/// The text for messages. A wrong port is shown, as long as it is a number: anything else may be the password of another address.
pub(super) fn shown_address(text: &str) -> String {
    let is_numeric = text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | ':' | '[' | ']'));
    if is_numeric { text.to_owned() } else { redact_address(text) }
}
