//! The live page in a real browser, and what the endpoint answers for it.

mod live_page {
    pub(crate) mod program;
    pub(crate) mod document;
    pub(crate) mod callers;
    pub(crate) mod browser;
    pub(crate) mod outage;
    pub(crate) mod traces;
}
