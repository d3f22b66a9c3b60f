//! Text and positions: spans, derived text, folding, boundaries, numbers, outline, segmentation.
//!
//! This crate knows nothing of files, markup or rules, does no I/O and cannot fail on any input.

pub mod bounds;
pub mod fold;
pub mod map;
pub mod number;
pub mod outline;
pub mod segment;
pub mod span;
