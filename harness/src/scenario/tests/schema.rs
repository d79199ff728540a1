//! The JSON Schema agrees with the compiler.

use super::*;
use crate::scenario::schema as made;
use serde_json::Value;

/// Whether `value` is valid: as much of JSON Schema as ours uses. An unknown keyword is a panic.
fn valid(root: &Value, schema: &Value, value: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(keyword, rule)| match keyword.as_str() {
        "$ref" => {
            let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
            valid(root, &root["$defs"][name], value)
        }
        "type" => match rule.as_array() {
            Some(types) => types.iter().any(|one| is(one.as_str().unwrap(), value)),
            None => is(rule.as_str().unwrap(), value),
        },
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text)),
        "anyOf" => rule.as_array().unwrap().iter().any(|one| valid(root, one, value)),
        "items" => {
            value.as_array().is_none_or(|items| items.iter().all(|item| valid(root, rule, item)))
        }
        "required" => value.as_object().is_none_or(|map| {
            rule.as_array().unwrap().iter().all(|key| map.contains_key(key.as_str().unwrap()))
        }),
        "properties" | "patternProperties" => value.as_object().is_none_or(|map| {
            map.iter().all(|(key, value)| {
                named(schema, key).into_iter().all(|rule| valid(root, rule, value))
            })
        }),
        "additionalProperties" => value.as_object().is_none_or(|map| {
            map.iter()
                .filter(|(key, _)| named(schema, key).is_empty())
                .all(|(_, value)| rule.as_bool().unwrap_or_else(|| valid(root, rule, value)))
        }),
        "$schema" | "$defs" | "title" | "description" => true,
        _ => panic!("{keyword}"),
    })
}

fn named<'s>(schema: &'s Value, key: &str) -> Vec<&'s Value> {
    let plain = schema.get("properties").and_then(|map| map.get(key));
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let matching = patterns.into_iter().flatten().filter(|(p, _)| matches(p, key)).map(|(_, v)| v);
    plain.into_iter().chain(matching).collect()
}

fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).unwrap().is_match(text)
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => panic!("{name}"),
    }
}

fn accepts(text: &str) -> bool {
    let schema = made::scenario();
    valid(&schema, &schema, &serde_saphyr::from_str(text).unwrap())
}

const SAMPLE: &str = include_str!("sample.yaml");

#[test]
fn the_sample_is_accepted() {
    assert!(accepts(SAMPLE));
    assert!(accepts(include_str!("every_step.yaml")));
}

#[test]
fn what_the_compiler_does_not_know_is_rejected() {
    for (from, to) in [
        ("title:", "titel:"),
        ("    within: 3 s", "    wihtin: 3 s"),
        ("    within: 3 s", "    within: 3"),
        ("  - dut: answer", "  - dout: answer"),
        ("alice: { codecs", "alice: { codec"),
        ("    optional: true", "    optional: perhaps"),
        ("    for: 2 s", "    within: 2 s"),
        ("id: UAS-INV-001", "id: uas"),
        ("defect: no-100-before-answer", ""),
    ] {
        let text = SAMPLE.replacen(from, to, 1);
        assert_ne!(text, SAMPLE, "{from}");
        assert!(!accepts(&text), "{to}");
        assert!(compiled(&text, &[]).0.is_none(), "{to}");
    }
}

#[test]
fn shared_steps_have_a_schema_too() {
    let schema = made::shared();
    let text = shared("shared/call.yaml").unwrap().text;
    assert!(valid(&schema, &schema, &serde_saphyr::from_str::<Value>(&text).unwrap()));
    assert!(!valid(
        &schema,
        &schema,
        &serde_saphyr::from_str::<Value>("step: []\nsteps: []").unwrap()
    ));
}
