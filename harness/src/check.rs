//! Claims about a timeline, and judging them.

pub mod claim;
pub mod dimension;
mod evaluate;
pub mod expression;
pub mod figure;
pub mod measure;
pub mod judge;
mod read;
pub mod subject;
mod value;
mod view;
