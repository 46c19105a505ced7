//! Why a program cannot join a fleet.

use std::io;
use std::net::SocketAddr;

use super::member::MAX_LENGTH;
use crate::util::{debug_is_display, shown};

/// Why [`Fleet::join`](super::Fleet::join) has failed.
///
/// Its `Debug` is the same text as its `Display`, because Rust prints `Debug` for an error that `main` returns.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FleetError {
    /// The endpoint listens at an address that does not lead other machines to it.
    #[error(
        "the metrics are served at {address}, which does not lead other machines to this one: say with `Fleet::address` \
         at which host Prometheus reaches it, such as `worker-1:{}`",
        .address.port()
    )]
    NotReachable {
        /// Where the endpoint listens.
        address: SocketAddr,
    },
    /// The program has no listener, so nothing says where Prometheus reaches its metrics.
    #[error(
        "the program has no listener of its own for the metrics: say with `Fleet::address` at which host and port \
         Prometheus reaches them, such as `worker-1:8000`"
    )]
    NoListener,
    /// The address cannot be that of a target.
    #[error(
        "`{}` cannot be the address of a target: write a host and a port, such as `worker-1:8000`, `10.0.0.7:8000` or \
         `[2001:db8::7]:8000`",
        shown(.address)
    )]
    Address {
        /// The address that was given.
        address: String,
    },
    /// A label cannot be used.
    #[error("the label `{}` of the fleet {problem}", shown(.name))]
    // Its name is not `Label`: the compiler would then write the path of the trait `Label` in all its messages.
    TargetLabel {
        /// The label's name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The address and the labels are too long.
    #[error(
        "the address and the labels of this worker have {length} bytes together, and a registration has at most \
         {MAX_LENGTH}: give fewer or shorter labels"
    )]
    TooLong {
        /// How long they are.
        length: usize,
    },
    /// The program is in a fleet already.
    #[error("the program is in a fleet already, and can be in one: leave that one first")]
    AlreadyJoined,
    /// The thread that renews the registration did not start.
    #[error("cannot start the thread that renews the registration: {0}")]
    Thread(io::Error),
}

debug_is_display!(FleetError);
