//! The exemplar of a word, which threads write and a page reads.

use loom::sync::Arc;

use crate::exemplar::{Exemplar, ExemplarSlot};
use crate::explore::{every_order, join, orders_with_few_switches, read_beside, spawn};

/// An exemplar whose parts all tell which one it is.
fn exemplar(number: u64) -> Exemplar {
    Exemplar { ids: [number, number + 10, number + 20], value: number + 30, time: number + 40 }
}

/// A slot with the first exemplar, which may be replaced from time 2 on.
fn slot() -> Arc<ExemplarSlot> {
    let slot = ExemplarSlot::empty();
    slot.write(1, 2, exemplar(1));
    Arc::new(slot)
}

#[test]
fn a_page_never_shows_half_an_exemplar() {
    orders_with_few_switches(4, || {
        let slot = slot();
        let writer = {
            let slot = Arc::clone(&slot);
            spawn(move || slot.write(2, 3, exemplar(2)))
        };
        let read = read_beside([writer], {
            let slot = Arc::clone(&slot);
            move || slot.read()
        });
        assert!([None, Some(exemplar(1)), Some(exemplar(2))].contains(&read), "{read:?}");
        assert_eq!(slot.read(), Some(exemplar(2)));
    });
}

#[test]
fn a_page_never_shows_parts_of_three_exemplars() {
    orders_with_few_switches(3, || {
        let slot = slot();
        let writer = {
            let slot = Arc::clone(&slot);
            spawn(move || {
                slot.write(2, 3, exemplar(2));
                slot.write(3, 4, exemplar(3));
            })
        };
        let read = read_beside([writer], {
            let slot = Arc::clone(&slot);
            move || slot.read()
        });
        assert!([None, Some(exemplar(1)), Some(exemplar(2)), Some(exemplar(3))].contains(&read), "{read:?}");
    });
}

#[test]
fn one_of_two_threads_writes() {
    every_order(|| {
        let slot = slot();
        let writers = [2, 3].map(|number| {
            let slot = Arc::clone(&slot);
            // Both come at the same time.
            spawn(move || slot.write(2, 3, exemplar(number)))
        });
        join(writers);
        let first = slot.read().expect("nobody is writing");
        assert!([exemplar(2), exemplar(3)].contains(&first), "{first:?}");
        assert_eq!(slot.due_at(), 3);
        slot.write(2, 3, exemplar(4));
        assert_eq!(slot.read(), Some(first), "it stays until it is due");
        slot.write(3, 4, exemplar(4));
        assert_eq!(slot.read(), Some(exemplar(4)));
    });
}

#[test]
fn there_is_none_before_the_first() {
    every_order(|| {
        let slot = ExemplarSlot::empty();
        assert_eq!(slot.read(), None);
        assert_eq!(slot.due_at(), 0);
    });
}
