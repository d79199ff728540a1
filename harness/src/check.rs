//! Claims about a timeline, and judging them.

pub mod claim;
pub mod dimension;
pub mod expression;
pub mod figure;
pub mod measure;
pub mod subject;
