//! Thread-locals as the standard library has them.
//!
//! The checker's own do not fit: their destructors run after the thread was joined, in any order, and a value without a
//! destructor is gone too. Here a value without a destructor stays until the end, destructors run in the order in which the
//! values were first used, and [`explore::spawn`](crate::explore::spawn) runs them before the thread can be joined.

use std::cell::{Cell, RefCell};

/// A thread-local that was used in or after its destructor.
#[derive(Debug)]
pub(super) struct AccessError;

/// The value of one thread.
pub(super) struct Local<T> {
    /// `None` after the destructor has begun.
    value: RefCell<Option<T>>,
    is_registered: Cell<bool>,
}

impl<T> Local<T> {
    pub(super) fn new(value: T) -> Self {
        Self { value: RefCell::new(Some(value)), is_registered: Cell::new(false) }
    }
}

/// A name for the values of all threads.
pub(super) struct LocalKey<T: 'static> {
    locals: fn() -> &'static loom::thread::LocalKey<Local<T>>,
}

impl<T: 'static> LocalKey<T> {
    pub(super) const fn new(locals: fn() -> &'static loom::thread::LocalKey<Local<T>>) -> Self {
        Self { locals }
    }

    pub(super) fn try_with<R>(&'static self, f: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        (self.locals)().with(|local| {
            if std::mem::needs_drop::<T>() && !local.is_registered.replace(true) {
                DESTRUCTORS.with(|all| all.borrow_mut().push(Box::new(|| self.destroy())));
            }
            local.value.borrow().as_ref().map(f).ok_or(AccessError)
        })
    }

    fn destroy(&'static self) {
        let value = (self.locals)().with(|local| local.value.take());
        // The destructor finds that the value is gone.
        drop(value);
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    fn with_cell<R>(&'static self, f: impl FnOnce(&Cell<T>) -> R) -> R {
        self.try_with(f).expect("a cell without a destructor stays")
    }

    pub(super) fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with_cell(Cell::get)
    }

    pub(super) fn set(&'static self, value: T) {
        self.with_cell(|cell| cell.set(value));
    }

    pub(super) fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with_cell(Cell::take)
    }
}

/// As the standard library's, for what storage writes.
macro_rules! standard_thread_local {
    ($($(#[$attribute:meta])* static $name:ident: $type:ty = const { $value:expr };)*) => {$(
        $(#[$attribute])*
        static $name: $crate::thread_locals::LocalKey<$type> = $crate::thread_locals::LocalKey::new(|| {
            loom::thread_local! {
                static LOCAL: $crate::thread_locals::Local<$type> = $crate::thread_locals::Local::new($value);
            }
            &LOCAL
        });
    )*};
}
pub(super) use standard_thread_local;

type Destructors = RefCell<Vec<Box<dyn FnOnce()>>>;

loom::thread_local! {
    static DESTRUCTORS: Destructors = RefCell::new(Vec::new());
}

/// Runs the destructors of this thread, also those of values that a destructor uses for the first time.
pub(super) fn run_destructors() {
    loop {
        let all = DESTRUCTORS.with(RefCell::take);
        if all.is_empty() {
            return;
        }
        for destroy in all {
            destroy();
        }
    }
}
