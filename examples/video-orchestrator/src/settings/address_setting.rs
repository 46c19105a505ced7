//! An address in the settings.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use metrics_runtime::redis::redact_address;

/// An address as it was given, which may hold a password. What is printed shows none.
#[derive(Clone)]
pub(crate) struct AddressSetting(String);

impl AddressSetting {
    /// The address with its password.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Any text will do: the error of the command line would show it.
impl FromStr for AddressSetting {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for AddressSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_address(&self.0))
    }
}

impl fmt::Debug for AddressSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
