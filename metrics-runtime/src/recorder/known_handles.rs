//! The handles that other crates got, by their keys. Every call of one of the facade's macros asks for its handle, so a look-up
//! takes no lock. Handles are never removed, as their series never are.

use std::sync::OnceLock;

use metrics::Key;

/// Handles of one kind: a table of search trees, each of which leads by the bits of the key's hash.
#[derive(Debug)]
pub(super) struct KnownHandles<Handle> {
    trees: Box<[Link<Handle>]>,
}

type Link<Handle> = OnceLock<Box<Known<Handle>>>;

#[derive(Debug)]
struct Known<Handle> {
    key: Key,
    handle: Handle,
    branches: [Link<Handle>; BRANCHES],
}

const TREES: usize = 256;
const BRANCHES: usize = 4;

impl<Handle> KnownHandles<Handle> {
    pub(super) fn new() -> Self {
        Self { trees: (0..TREES).map(|_| Link::new()).collect() }
    }

    /// The handle for this key, if one was inserted.
    #[inline]
    pub(super) fn get(&self, key: &Key) -> Option<&Handle> {
        let mut way = Way::of(key);
        let mut link = &self.trees[way.next(TREES)];
        loop {
            let known = link.get()?;
            if known.key == *key {
                return Some(&known.handle);
            }
            link = &known.branches[way.next(BRANCHES)];
        }
    }

    /// Adds a handle. If the key has one already, that one stays.
    pub(super) fn insert(&self, key: Key, handle: Handle) {
        let mut way = Way::of(&key);
        let mut link = &self.trees[way.next(TREES)];
        let mut known = Box::new(Known { key, handle, branches: Default::default() });
        // If another thread fills the link first, this handle goes behind that thread's.
        while let Err(back) = link.set(known) {
            let Some(first) = link.get().filter(|first| first.key != back.key) else { return };
            known = back;
            link = &first.branches[way.next(BRANCHES)];
        }
    }
}

/// The way to a key: the bits of its hash, piece by piece. After the last bit it stays the same at each step, so that keys with
/// equal hashes form a list.
struct Way(u64);

impl Way {
    fn of(key: &Key) -> Self {
        // The lowest bits of the product depend on few bits of the hash, which has no last mixing step, and the highest on all.
        Self(key.get_hash().wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The next branch of this many, a power of two.
    #[inline(always)]
    fn next(&mut self, branches: usize) -> usize {
        let bits = branches.trailing_zeros();
        let next = self.0 >> (u64::BITS - bits);
        self.0 <<= bits;
        #[allow(clippy::cast_possible_truncation, reason = "it is less than the number of branches")]
        {
            next as usize
        }
    }
}

#[cfg(test)]
mod tests {
    use metrics::Label;

    use super::*;

    fn key(thread: usize, at: usize) -> Key {
        Key::from_parts(format!("metric_{thread}"), vec![Label::new("at", at.to_string()), Label::new("b", "c")])
    }

    #[test]
    fn handles_that_several_threads_insert_are_all_found() {
        let known = KnownHandles::new();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let known = &known;
                scope.spawn(move || {
                    for at in 0..2000 {
                        assert_eq!(known.get(&key(thread, at)), None);
                        known.insert(key(thread, at), (thread, at));
                        assert_eq!(known.get(&key(thread, at)), Some(&(thread, at)));
                    }
                });
            }
        });
        for thread in 0..4 {
            assert!((0..2000).all(|at| known.get(&key(thread, at)) == Some(&(thread, at))));
        }
        assert_eq!(known.get(&key(4, 0)), None);
    }

    #[test]
    fn the_first_handle_of_a_key_stays() {
        let known = KnownHandles::new();
        known.insert(key(0, 0), 1);
        known.insert(key(0, 0), 2);
        let swapped = Key::from_parts("metric_0", vec![Label::new("b", "c"), Label::new("at", "0")]);
        assert_eq!(known.get(&swapped), Some(&1), "the order of the labels does not matter");
    }
}
