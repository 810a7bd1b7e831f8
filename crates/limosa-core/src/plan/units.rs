//! Statements to units.
