//! TLS.

use rustls::crypto::CryptoProvider;

/// Gives rustls its cryptography, unless the program has chosen one. Without a choice it panics where several are compiled
/// in.
pub(super) fn install_provider() {
    if CryptoProvider::get_default().is_none() {
        // An error means that another thread has chosen one just now, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
