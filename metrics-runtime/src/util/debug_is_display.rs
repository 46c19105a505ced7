//! Errors whose `Debug` is their message: Rust prints `Debug` where `main` returns an error, which is where users meet it.

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
