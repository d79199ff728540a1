//! Tests of the tree.

use super::*;

fn read(text: &str) -> (Option<Node>, Vec<crate::scenario::diagnostic::Diagnostic>) {
    let source = Arc::new(Source { path: "t.yaml".to_owned(), text: text.to_owned() });
    let mut sink = Sink::default();
    let node = parse(&source, &mut sink);
    (node, sink.finish())
}

fn codes(text: &str) -> Vec<Code> {
    read(text).1.iter().map(|each| each.code).collect()
}

#[test]
fn places_count_bytes_lines_and_characters() {
    let (node, found) = read("título: ü\nbody:\n  - alice -> dut: INVITE\n");
    assert!(found.is_empty(), "{found:?}");
    let Some(Node::Map(map)) = node else { panic!("a mapping") };
    let Some(Node::List(body)) = map.get("body") else { panic!("a list") };
    let Some(Node::Map(step)) = body.items.first() else { panic!("a mapping") };
    let value = step.get("alice -> dut").unwrap().place();
    assert_eq!((value.text(), value.line(), value.column()), ("INVITE", 3, 19));
    assert_eq!(step.place.text(), "alice -> dut: INVITE");
}

#[test]
fn a_stretch_of_a_scalar_has_its_own_place() {
    let (node, _) = read("a: 'x < 5 ms'\nb: \"y\\tz\"\n");
    let Some(Node::Map(map)) = node else { panic!("a mapping") };
    let Some(Node::Scalar(a)) = map.get("a") else { panic!("a scalar") };
    assert_eq!(a.place_of(&(4..8)).text(), "5 ms");
    let Some(Node::Scalar(b)) = map.get("b") else { panic!("a scalar") };
    assert_eq!(b.place_of(&(0..1)).text(), "\"y\\tz\"", "escapes: the whole scalar");
}

#[test]
fn a_pair_in_a_flow_list_is_a_mapping() {
    let (node, found) = read("none of: [dut -> alice: BYE]\n");
    assert!(found.is_empty(), "{found:?}");
    let Some(Node::Map(map)) = node else { panic!("a mapping") };
    let Some(Node::List(list)) = map.get("none of") else { panic!("a list") };
    assert!(
        matches!(list.items.first(), Some(Node::Map(step)) if step.get("dut -> alice").is_some())
    );
}

#[test]
fn what_is_not_plain_yaml_is_said() {
    assert_eq!(codes("a: 1\nb: 2\na: 3\n"), [Code::DuplicateKey]);
    assert_eq!(codes("a: &x 1\nb: *x\n"), [Code::Alias, Code::Alias]);
    assert_eq!(codes("a: !!str 1\n"), [Code::Alias]);
    assert_eq!(codes("a: 1\n---\nb: 2\n"), [Code::Documents]);
    assert_eq!(codes("a: [1, 2\n"), [Code::Syntax]);
    assert_eq!(codes("a: b: c\n"), [Code::Syntax]);
    assert_eq!(codes(""), [Code::Empty]);
    assert_eq!(codes(&format!("{}{}", "[".repeat(60), "]".repeat(60))), [Code::Depth]);
}
