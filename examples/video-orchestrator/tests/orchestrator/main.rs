//! The program as its users run it: its own process, real HTTP, a real Redis and a real Prometheus.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

mod program;
mod collector;
mod once;
mod page;
mod roads;
mod traces;
mod traces_of_others;
mod exemplars;
mod lean;
mod serving;
mod intake;
mod redis;
mod addresses;
mod reliable;
mod late;
mod outage;
mod cluster;
mod compose;
mod export;
mod fleet;
mod pausing;
mod register;
mod workers;
mod secrets;
mod settings;
mod alert_chain;
mod catalog;
mod dashboard;
