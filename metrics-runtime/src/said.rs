//! Errors whose `Debug` is what they say: Rust prints it where `main` returns one, which is where users meet them.

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
