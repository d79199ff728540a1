//! The program in words.
