//! The live page: one HTML document without outside assets, and what it needs to know of the catalog.

mod lean;
mod catalog_json;
mod document;
mod program_page;

pub(crate) use document::{CONTENT_SECURITY_POLICY, DOCUMENT};
pub(crate) use program_page::LivePage;
