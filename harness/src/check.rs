//! Claims about a timeline, and judging them.
