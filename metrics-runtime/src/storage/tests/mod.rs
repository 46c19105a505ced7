//! The tests of the files that the model checker includes. In the files themselves they would be tests of the model too,
//! where they cannot run.

mod gauge;
mod row;
mod shard_set;
