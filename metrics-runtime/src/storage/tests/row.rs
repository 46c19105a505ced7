use std::cell::Cell;

use crate::storage::Row;
use crate::storage::sync::CHUNK;

#[test]
fn a_row_lies_in_one_chunk() {
    let rows: Vec<Row> = (0..3).filter_map(|_| Row::allocate(CHUNK - 1)).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.first() as usize % CHUNK + CHUNK - 1 <= CHUNK));
    assert!(Row::allocate(CHUNK + 1).is_none());
}

#[test]
fn a_destructor_that_runs_after_the_shard_was_released_still_counts() {
    struct Late(Row);

    impl Drop for Late {
        fn drop(&mut self) {
            self.0.add(0, 1);
        }
    }

    thread_local! {
        static LATE: Cell<Option<Late>> = const { Cell::new(None) };
    }

    let words = Row::allocate(1).expect("there is room");
    for _ in 0..10 {
        std::thread::spawn(move || {
            // Destructors run in the order in which they were registered, on some systems in the other.
            LATE.with(|late| late.set(Some(Late(words))));
            words.add(0, 1);
            LATE.with(|late| late.set(Some(Late(words))));
        })
        .join()
        .expect("the thread does not panic");
    }
    // One by hand, one for the first value that was replaced, one at the end.
    assert_eq!(words.sum(0), 30);
}
