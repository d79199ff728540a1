//! Tests of the project itself: that the house is built as `docs/architecture.md` says.

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod citations;
#[cfg(test)]
mod independence;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod source;
