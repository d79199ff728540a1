//! Claims about a timeline, and judging them.

pub mod claim;
pub mod expression;
pub mod measure;
pub mod subject;
