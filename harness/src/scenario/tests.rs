//! Tests of the whole layer.

use super::*;
use crate::requirement::{Requirement, Role, Strength};

mod explain;
mod golden;
mod impair;
mod language;
mod schema;

/// A catalogue with the requirements that the tests cite.
fn catalogue() -> Catalogue {
    let ids = [
        "RFC3261-13.3.1.1-2",
        "RFC3261-13.3.1.4-1",
        "RFC3261-15.1.2-3",
        "RFC3264-6.1-4",
        "RFC3261-12.1.1-2",
        "RFC3550-5.1-2",
        "QOS-JITTER",
        "TEST-1",
    ];
    Catalogue::new(ids.map(|id| Requirement {
        id: id.parse().unwrap(),
        strength: Strength::Must,
        role: Role::Ua,
        text: format!("The sentence of {id}."),
    }))
    .unwrap()
}

/// Compiles `text` without a device.
fn compiled(text: &str, values: &[(&str, &str)]) -> (Option<Program>, Vec<Diagnostic>) {
    let catalogue = catalogue();
    let context = Context {
        catalogue: &catalogue,
        includes: &|path| shared(path),
        messages: &|path| stored(path),
        defects: None,
        names: Names::declared(),
    };
    let source = Source { path: "t.yaml".to_owned(), text: text.to_owned() };
    let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    compile(&source, &values.collect(), &context)
}

/// The program of a case whose body is `body`, which must be without mistakes.
fn program(body: &str) -> Program {
    let text = case(body);
    let (program, found) = compiled(&text, &[]);
    assert!(found.is_empty(), "{}", diagnostic::render(&found, diagnostic::Style::Plain));
    program.unwrap()
}

/// The codes of what is wrong with a case whose body is `body`.
fn codes(body: &str) -> Vec<code::Code> {
    compiled(&case(body), &[]).1.iter().map(|each| each.code).collect()
}

fn case(body: &str) -> String {
    let head = "id: T-1\ntitle: t\npurpose: p\nrequires: TEST-1\ndefect: d\n";
    format!("{head}postamble: [dut: idle]\nbody:\n{body}")
}

fn stored(path: &str) -> Option<Vec<u8>> {
    (path == "ping.dat").then(|| b"PING sip:a SIP/2.0\r\nTo: sip:a\r\n\r\n\0".to_vec())
}

fn shared(path: &str) -> Option<Source> {
    let text = match path {
        "shared/call.yaml" => {
            "parameters: {caller: alice, status: }\nsteps:\n  - ${caller} -> dut: INVITE\n  - dut -> ${caller}: ${status}\n  - ${caller} -> dut: ACK\n"
        }
        "shared/loop.yaml" => "steps:\n  - include: shared/loop.yaml\n",
        "shared/broken.yaml" => "steps:\n  - dut: answr\n",
        _ => return None,
    };
    Some(Source { path: path.to_owned(), text: text.to_owned() })
}
