//! What was seen, and how a run is stored.
