//! Claims about a timeline, and judging them.

pub mod claim;
pub mod crash;
pub mod dimension;
mod evaluate;
pub mod expression;
pub mod figure;
pub mod judge;
pub mod margin;
pub mod measure;
pub mod pattern;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "each reader names its own figures; a test reads every figure there is"
)]
mod read;
pub mod sample;
#[cfg(test)]
mod staged;
pub mod subject;
mod value;
mod view;
