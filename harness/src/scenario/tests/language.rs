//! What the language means.

use super::*;

const SAMPLE: &str = include_str!("sample.yaml");

#[test]
fn the_sample_of_the_language_compiles() {
    let (program, found) = compiled(SAMPLE, &[("transport", "udp")]);
    assert!(found.is_empty(), "{}", diagnostic::render(&found, diagnostic::Style::Plain));
    let program = program.unwrap();
    assert_eq!(program.execution, "UAS-INV-001[transport=udp]");
    assert_eq!(program.steps.len(), 11);
}
