//! Several processes of one program, which share their values: each has a file in one folder, and any of them can make the
//! page of all.
//!
//! A process is alive while it holds the lock of its file, not by its number: numbers are used again. The counts of one that
//! has ended are added to a file for all that have ended, and its own is removed. Whatever changes the folder holds the
//! folder's lock, and leaves it right if it is killed in the middle.

#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod tokens;
#[cfg(unix)]
mod texts;
#[cfg(unix)]
mod description;
#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod translation;
#[cfg(unix)]
mod fold;
#[cfg(unix)]
mod others;
#[cfg(unix)]
mod number;
#[cfg(unix)]
mod files;
#[cfg(unix)]
mod membership;
#[cfg(not(unix))]
mod absent;

#[cfg(not(unix))]
pub(crate) use absent::{Membership, Others};
#[cfg(unix)]
pub(crate) use membership::Membership;
#[cfg(unix)]
pub(crate) use others::Others;
