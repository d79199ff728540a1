//! The explanation of programs.

use super::*;
use crate::scenario::explain::explain;

fn explained(text: &str, values: &[(&str, &str)]) -> String {
    let (program, found) = compiled(text, values);
    assert!(found.is_empty(), "{}", diagnostic::render(&found, diagnostic::Style::Plain));
    explain(&program.unwrap(), &catalogue())
}

#[test]
fn the_sample_is_explained() {
    insta::assert_snapshot!(explained(include_str!("sample.yaml"), &[("transport", "udp")]));
}

#[test]
fn every_kind_of_step_is_explained() {
    let values = [("transport", "tcp"), ("cause", "486")];
    insta::assert_snapshot!(explained(include_str!("every_step.yaml"), &values));
}
