//! The numbers of the panels: links to a panel hold its number, so it must not change when another panel is added.

use std::collections::BTreeSet;

/// Gives each panel a number that depends on its own name alone.
#[derive(Debug, Default)]
pub(super) struct PanelIds {
    taken: BTreeSet<u32>,
}

impl PanelIds {
    /// The number of the panel with this name. Two names of one number are rare; then the later one gets the next.
    pub(super) fn id(&mut self, name: &str) -> u32 {
        // Grafana takes positive numbers of 31 bits.
        let mut id = (fnv1a(name) & 0x7fff_ffff).max(1);
        while !self.taken.insert(id) {
            id = id % 0x7fff_ffff + 1;
        }
        id
    }
}

/// The hash FNV-1a, which is the same everywhere.
pub(super) fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_and_stay() {
        let mut ids = PanelIds::default();
        let first = ids.id("generate_image / calls");
        assert_eq!(PanelIds::default().id("generate_image / calls"), first);
        assert_ne!(ids.id("generate_image / calls"), first, "a name that is there twice has two numbers");
        // A known value of the hash: http://www.isthe.com/chongo/tech/comp/fnv/
        assert_eq!(fnv1a("a"), 0xe40c_292c);
    }
}
