//! The published crates: of the kind that workers, queues and services are made of, with tests that need no other server.

/// A crate at one version.
#[derive(Clone, Copy, Debug)]
pub struct Crate {
    /// Its name.
    pub name: &'static str,
    /// Its version, exactly.
    pub version: &'static str,
    /// The features that its tests need, and those that add code.
    pub features: &'static str,
}

/// All of them.
pub const CRATES: [Crate; 10] = [
    Crate { name: "mini-redis", version: "0.4.1", features: "" },
    Crate { name: "tower", version: "0.5.3", features: "full" },
    Crate { name: "tokio-util", version: "0.7.20", features: "full" },
    Crate { name: "deadpool", version: "0.13.1", features: "managed,unmanaged,rt_tokio_1,serde" },
    Crate { name: "backon", version: "1.6.0", features: "" },
    Crate { name: "apalis-core", version: "1.0.0", features: "test-utils" },
    Crate { name: "hyper-util", version: "0.1.21", features: "full" },
    Crate { name: "tokio-retry", version: "0.3.2", features: "" },
    Crate { name: "async-channel", version: "2.5.0", features: "" },
    Crate { name: "bb8", version: "0.9.1", features: "" },
];
