//! The exemplars of all words. They are in the memory of this process, also where processes share their words.

use std::sync::OnceLock;

use super::exemplar::{Exemplar, ExemplarSlot};
use super::row::Row;
use super::sync::{CHUNK, CHUNKS};

type Slots = [ExemplarSlot; CHUNK];

/// A slot for each word of each chunk. A chunk gets its slots with the first exemplar of one of its words.
static SLOTS: [OnceLock<Box<Slots>>; CHUNKS] = [const { OnceLock::new() }; CHUNKS];

impl Row {
    /// Where the exemplar of a word of this row is kept.
    #[inline(always)]
    pub(crate) fn exemplar_slot(self, word: usize) -> &'static ExemplarSlot {
        let at = self.first() as usize + word;
        // The remainders show the compiler that the indexes are valid.
        let slots = SLOTS[at / CHUNK % CHUNKS].get().map_or_else(|| first_slots(at), |slots| &**slots);
        &slots[at % CHUNK]
    }

    /// The exemplar of a word of this row.
    pub(crate) fn exemplar(self, word: usize) -> Option<Exemplar> {
        let at = self.first() as usize + word;
        SLOTS[at / CHUNK % CHUNKS].get()?[at % CHUNK].read()
    }
}

#[cold]
#[inline(never)]
fn first_slots(at: usize) -> &'static Slots {
    SLOTS[at / CHUNK % CHUNKS].get_or_init(|| {
        let slots: Box<[ExemplarSlot]> = (0..CHUNK).map(|_| ExemplarSlot::empty()).collect();
        slots.try_into().unwrap_or_else(|_| unreachable!("there are as many"))
    })
}
