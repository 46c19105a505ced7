//! What must hold in every order.

use loom::sync::Arc;
use loom::thread;

use crate::shards::{Shard, Shards};
use crate::sync::{CHUNK, Mutex, OnceLock, Ordering, RwLock};

/// The words of two metrics, in memory that is allocated together: nothing but their own order tells which is first.
const STARTED: usize = 0;
const ENDED: usize = 1;
/// One in memory that is allocated later.
const OTHER: usize = CHUNK;

fn shards() -> Arc<Shards> {
    Arc::new(Shards::of(RwLock::new(Vec::new()), Mutex::new(Vec::new()), OnceLock::new()))
}

/// What a page shows of a word.
fn read(shards: &Shards, at: usize) -> u64 {
    let mut all = Vec::new();
    shards.each(|shard| all.push(shard));
    let mut sum = [0];
    for shard in all {
        shard.add_to(at, &mut sum);
    }
    sum[0]
}

fn number_of(shards: &Shards) -> usize {
    let mut number = 0;
    shards.each(|_| number += 1);
    number
}

/// The life of a thread that counts once.
fn count_once(shards: &Shards, at: usize) {
    let own: &'static Shard = shards.take();
    own.add(at, (0, 1));
    shards.hand_on(own);
}

#[test]
fn no_count_is_lost_or_doubled_while_shards_change_hands() {
    loom::model(|| {
        let shards = shards();
        let others = [(); 2].map(|()| {
            let shards = Arc::clone(&shards);
            thread::spawn(move || count_once(&shards, STARTED))
        });
        for thread in others {
            thread.join().expect("it does not panic");
        }
        count_once(&shards, STARTED);
        assert_eq!(read(&shards, STARTED), 3);
        assert!(number_of(&shards) <= 2, "a shard that was handed on is used again");
    });
}

#[test]
fn no_count_goes_back_from_page_to_page() {
    loom::model(|| {
        let shards = shards();
        let first = Arc::clone(&shards);
        let thread = thread::spawn(move || {
            count_once(&first, STARTED);
            count_once(&first, OTHER);
            count_once(&first, STARTED);
        });
        let pages = [read(&shards, STARTED), read(&shards, STARTED)];
        assert!(pages[0] <= pages[1], "{pages:?}");
        thread.join().expect("it does not panic");
        assert_eq!((read(&shards, STARTED), read(&shards, OTHER)), (2, 1));
    });
}

#[test]
fn who_sees_the_end_of_a_call_sees_its_start() {
    loom::model(|| {
        let shards = shards();
        let worker = Arc::clone(&shards);
        let thread = thread::spawn(move || {
            let own = worker.take();
            own.add(STARTED, (0, 1));
            own.add(ENDED, (0, 1));
        });
        let ended = read(&shards, ENDED);
        let started = read(&shards, STARTED);
        assert!(started >= ended, "{started} have started, and {ended} have ended");
        thread.join().expect("it does not panic");
    });
}

#[test]
fn a_call_that_ends_on_another_thread_has_started_too() {
    loom::model(|| {
        let shards = shards();
        let worker = Arc::clone(&shards);
        let thread = thread::spawn(move || {
            worker.take().add(STARTED, (0, 1));
            let other = Arc::clone(&worker);
            thread::spawn(move || other.take().add(ENDED, (0, 1))).join().expect("it does not panic");
        });
        let ended = read(&shards, ENDED);
        let started = read(&shards, STARTED);
        assert!(started >= ended, "{started} have started, and {ended} have ended");
        thread.join().expect("it does not panic");
    });
}

#[test]
fn who_sees_an_observation_in_the_sum_sees_it_in_its_bucket() {
    loom::model(|| {
        let shards = shards();
        let worker = Arc::clone(&shards);
        // A histogram's row: its sum, then its buckets.
        let thread = thread::spawn(move || worker.take().add_both(0, (1, 1), (0, 5)));
        let mut row = [0, 0];
        shards.each(|shard| shard.add_to(0, &mut row));
        assert!(matches!(row, [0, 0 | 1] | [5, 1]), "the sum is {}, and {} are in the bucket", row[0], row[1]);
        thread.join().expect("it does not panic");
    });
}

#[test]
fn threads_that_are_ending_share_their_words() {
    loom::model(|| {
        let shards = shards();
        let threads = [(); 2].map(|()| {
            let shards = Arc::clone(&shards);
            thread::spawn(move || {
                shards.shared().word(STARTED).fetch_add(1, Ordering::Release);
            })
        });
        let before = read(&shards, STARTED);
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        assert!(before <= 2);
        assert_eq!(read(&shards, STARTED), 2);
    });
}
