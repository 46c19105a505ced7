//! The list of registrations without Redis. It is compiled only with `--cfg fuzzing`.

use std::collections::BTreeMap;

use super::list::write_list;
use super::member::Member;

/// The address and the labels of a registration, and how a worker would write it. `None` if no worker has written it.
pub fn registration(text: &[u8]) -> Option<(String, BTreeMap<String, String>, String)> {
    let member = Member::parse(text)?;
    let written = member.registration();
    Some((member.address, member.labels, written))
}

/// The list of these registrations, from the newest on.
pub fn list<'a>(registrations: impl IntoIterator<Item = &'a [u8]>) -> Option<String> {
    let members: Vec<Member> = registrations.into_iter().filter_map(Member::parse).collect();
    write_list(&members)
}
