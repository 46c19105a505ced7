//! Errors whose `Debug` prints the same message as `Display`. If `main` returns an error, Rust prints its `Debug`, and that
//! is what users see.

/// Implements `Debug` for errors by their `Display`.
macro_rules! debug_is_display {
    ($($error:ty),+ $(,)?) => {
        $(
            impl std::fmt::Debug for $error {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Display::fmt(self, f)
                }
            }
        )+
    };
}

pub(crate) use debug_is_display;
