//! The JSON Schema of scenario files, for editors.
//!
//! It is made from the lists of keys and words that the compiler uses, so that the two agree. It
//! says which keys there are; what the text of a line says, only the compiler knows.

use super::compile::edits::{DIRECTIONS, SDP_KEYS, SEND_KEYS};
use super::compile::impair::{IMPAIR, IMPAIR_KEYS};
use super::compile::{command, include, media};
use super::header;
use super::program::RegisterAct;
use super::roles;
use crate::proto::auth::Algorithm;
use crate::proto::certificate::Certificate;
use crate::proto::media::Shape;
use crate::proto::media::shield::Protection;
use crate::rig::command::Command;
use crate::wire::mutate::Mutation;
use crate::wire::srtp::Suite;
use serde_json::{Map, Value, json};

/// The schema of a scenario file.
pub fn scenario() -> Value {
    let mut schema = object(header::KEYS, top);
    set(&mut schema, "$schema", json!("https://json-schema.org/draft/2020-12/schema"));
    set(&mut schema, "title", json!("ringtrue scenario"));
    set(&mut schema, "required", json!(header::REQUIRED));
    set(&mut schema, "$defs", definitions());
    schema
}

/// The schema of a file of shared steps.
pub fn shared() -> Value {
    let mut schema = object(include::KEYS, top);
    set(&mut schema, "$schema", json!("https://json-schema.org/draft/2020-12/schema"));
    set(&mut schema, "title", json!("ringtrue shared steps"));
    set(&mut schema, "required", json!(["steps"]));
    set(&mut schema, "$defs", definitions());
    schema
}

fn definitions() -> Value {
    json!({
        "text": {"type": ["string", "number", "boolean"]},
        "texts": {"anyOf": [reference("text"), {"type": "array", "items": reference("text")}]},
        "map": {"type": "object", "additionalProperties": reference("text")},
        "time": {
            "type": "string",
            "pattern": r"^\s*[0-9.]+\s*(us|µs|ms|s|min|h)\s*$|\$\{",
            "description": "a time with its unit, such as `500 ms`",
        },
        "steps": {"type": "array", "items": reference("step")},
        "check": {
            "description": "requirement id: expression",
            "type": "object",
            "patternProperties": {r"^[A-Z][A-Za-z0-9._-]*-[A-Za-z0-9._-]+$|\$\{": reference("text")},
            "additionalProperties": false,
        },
        "role": role(),
        "step": step(),
    })
}

fn top(key: &str) -> Value {
    match key {
        "ringtrue" => json!({"const": 1, "description": "the version of the language"}),
        "id" => json!({"type": "string", "pattern": "^[A-Z][A-Z0-9-]*[A-Z0-9]$"}),
        "title" | "purpose" | "when" => json!({"type": "string"}),
        "matrix" => json!({"type": "object", "additionalProperties": reference("texts")}),
        "names" => reference("map"),
        "parameters" => json!({"anyOf": [
            {"type": "object"}, {"type": "array", "items": reference("text")},
        ]}),
        "roles" => json!({"type": "object", "additionalProperties": reference("role")}),
        "preamble" | "body" | "postamble" | "steps" => reference("steps"),
        _ => reference("texts"),
    }
}

fn role() -> Value {
    let mut keys: Vec<&str> = roles::REGISTRAR_KEYS.to_vec();
    keys.extend(roles::ENDPOINT_KEYS.iter().chain(roles::redirect::KEYS).chain(roles::proxy::KEYS));
    keys.sort_unstable();
    keys.dedup();
    let mut role = object(&keys, |key| match key {
        "kind" => json!({"enum": roles::KINDS}),
        "grant" => json!({"enum": roles::GRANTS}),
        "answers" => json!({"enum": ["itself", "scripted"]}),
        // As in `withhold: ACK`: the case of these words does not matter.
        "withhold" => {
            let words: Vec<_> = roles::withhold_words().map(str::to_owned).collect();
            let capitals: Vec<_> = words.iter().map(|word| word.to_uppercase()).collect();
            some_of(words.iter().chain(&capitals).map(String::as_str))
        }
        "algorithms" => some_of(Algorithm::ALL.map(Algorithm::name).into_iter()),
        "codecs" => reference("texts"),
        "status" => {
            let statuses = roles::redirect::STATUSES;
            let numbers: Vec<u16> = statuses.iter().filter_map(|text| text.parse().ok()).collect();
            json!({"anyOf": [{"enum": numbers}, one_of(statuses.iter().copied())]})
        }
        "certificate" => one_of(Certificate::ALL.iter().map(|kind| kind.word())),
        "fork" => json!({"enum": roles::proxy::FORKS}),
        "record-route" => json!({"enum": roles::proxy::RECORD_ROUTES}),
        "timer-c" => reference("time"),
        "contacts" | "domains" | "proxy" => reference("texts"),
        "routes" => json!({"type": "object", "additionalProperties": reference("texts")}),
        "register" => json!({"anyOf": [reference("text"), register()]}),
        "srtp" => json!({"anyOf": [one_of(roles::security::KEYINGS.iter().copied()), srtp()]}),
        "rtcp" => some_of(roles::rtcp::WORDS.iter().copied()),
        "min-expires" | "max-expires" => json!({"anyOf": [{"type": "integer"}, reference("time")]}),
        _ => reference("text"),
    });
    set(&mut role, "type", json!(["object", "null"]));
    role
}

fn register() -> Value {
    object(roles::register::KEYS, |key| match key {
        "expires" => json!({"anyOf": [{"type": "integer"}, reference("time")]}),
        _ => reference("text"),
    })
}

fn srtp() -> Value {
    object(roles::security::KEYS, |key| match key {
        "keys" => json!({"enum": roles::security::KEYINGS}),
        "suites" => some_of(Suite::ALL.map(Suite::name).into_iter()),
        "profile" => json!({"enum": roles::security::PROFILES}),
        "rekey" => json!({"enum": roles::security::REKEYS}),
        "parameters" => reference("texts"),
        _ => json!({"type": "integer"}),
    })
}

/// `alice: register`: the head is the name of a role, which only the file knows, so that any
/// key may be.
fn own_step() -> Value {
    let mut step = object(command::ACT_KEYS, option);
    let words: Vec<_> = RegisterAct::ALL.iter().map(|act| act.word()).collect();
    set(&mut step, "additionalProperties", json!({"enum": words}));
    step
}

fn step() -> Value {
    let label_and_check = ["as", "check"];
    let with = |keys: &[&'static str]| [keys, label_and_check.as_slice()].concat();
    json!({"anyOf": [
        line(r"^\s*dut\s*->", command::AWAIT_KEYS),
        line(r"->\s*dut\s*$", &with(SEND_KEYS)),
        line(r"^\s*dut\s*~>", &with(media::HEAR_KEYS)),
        line(r"~>\s*dut\s*$", &with(media::PLAY_KEYS)),
        headed("dut", &json!({"type": ["string", "object"]}), command::ACT_KEYS),
        own_step(),
        headed("event", &reference("text"), command::AWAIT_KEYS),
        headed("rig", &bench(), &with(IMPAIR_KEYS)),
        headed("wait", &reference("time"), &label_and_check),
        headed("none of", &reference("steps"), &with(&["for", "stands-for"])),
        headed("any of", &branches(), &with(&["wait", "within", "stands-for"])),
        headed("unordered", &reference("steps"), &with(&["wait"])),
        headed("repeat", &json!({"type": ["integer", "string"]}), &["steps"]),
        headed("include", &json!({"type": "string"}), &["with"]),
    ]})
}

/// A command of the bench, or what the network is to be like.
fn bench() -> Value {
    let words: Vec<_> = Command::ALL.iter().map(|each| each.words()).collect();
    let impair = format!("^{IMPAIR} |\\$\\{{");
    json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": impair}]})
}

fn branches() -> Value {
    json!({"type": "array", "items": {"anyOf": [reference("steps"), reference("step")]}})
}

fn line(pattern: &str, keys: &[&str]) -> Value {
    let mut line = object(keys, option);
    // Only what `raw` gives may be described by anything but a method or a status.
    set(&mut line, "patternProperties", json!({pattern: reference("text")}));
    line
}

fn headed(head: &str, value: &Value, keys: &[&str]) -> Value {
    let mut step = object(keys, option);
    if let Some(properties) = step.get_mut("properties") {
        set(properties, head, value.clone());
    }
    set(&mut step, "required", json!([head]));
    step
}

fn option(key: &str) -> Value {
    match key {
        "within" | "wait" | "for" | "tone" | "gap" | "delay" | "queue" => reference("time"),
        "loss" => json!({"anyOf": [reference("text"), reference("map")]}),
        "optional" | "again" | "reliable" => json!({"type": "boolean"}),
        "check" => json!({"anyOf": [
            reference("check"), {"type": "array", "items": reference("check")},
        ]}),
        "header" | "with" | "replace" => reference("map"),
        "add" => json!({"type": "object", "additionalProperties": reference("texts")}),
        "remove" => reference("texts"),
        "srtp" => one_of(Protection::ALL.iter().map(|(_, word)| *word)),
        "dialog" => json!({"enum": ["current", "early", "outside", "unknown"]}),
        "mutate" => some_of(Mutation::all().map(Mutation::name)),
        "packets" => some_of(Shape::ALL.iter().map(|shape| shape.word())),
        "steps" => reference("steps"),
        "sdp" => json!({"anyOf": [{"type": "string"}, object(SDP_KEYS, sdp)]}),
        _ => reference("text"),
    }
}

fn sdp(key: &str) -> Value {
    match key {
        "direction" => json!({"enum": DIRECTIONS}),
        "set" => reference("map"),
        _ => reference("texts"),
    }
}

fn object(keys: &[&str], property: impl Fn(&str) -> Value) -> Value {
    let properties: Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), property(key))).collect();
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    let words: Vec<_> = words.collect();
    json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": r"\$\{"}]})
}

fn some_of<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    let one = one_of(words);
    json!({"anyOf": [one, {"type": "array", "items": one}]})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value);
    }
}
