//! What a file says of its case before the steps.

use super::Context;
use super::code::Code;
use super::pics_expression::PicsExpression;
use super::program::Case;
use super::roles::{TRANSPORTS, choose};
use super::sink::{Sink, did_you_mean};
use super::tree::{Map, Node, Scalar};
use super::variation::{VARIED, VERSIONS, Variation};
use crate::proto::certificate::Certificate;
use crate::proto::transport::Reach;
use crate::requirement::RequirementId;
use crate::wire::IpVersion;
use std::collections::BTreeMap;

/// The keys of a scenario file, in the order in which they are usually written.
pub(super) const KEYS: &[&str] = &[
    "ringtrue",
    "id",
    "title",
    "purpose",
    "requires",
    "etsi",
    "tags",
    "when",
    "matrix",
    "defect",
    "names",
    "roles",
    "preamble",
    "body",
    "postamble",
];

/// The keys that every scenario file has.
pub(super) const REQUIRED: &[&str] = &["id", "title", "purpose", "requires", "defect", "body"];

/// More executions of one case than this are a mistake.
const MOST_EXECUTIONS: usize = 1_000;

/// What can be known of a file without compiling its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseHeader {
    /// The case.
    pub case: Case,
    /// The group of the case: its id without the number, `UAS-INV`.
    pub group: String,
    /// The keys of the matrix and their values, in the order of the file.
    pub matrix: Vec<(String, Vec<String>)>,
    /// The names of the roles, in the order of the file.
    pub roles: Vec<String>,
    /// What each role says of its transport and scheme, as written.
    reaches: Vec<[Option<String>; 3]>,
}

impl CaseHeader {
    /// Each execution: its id and its matrix values. The last key changes fastest.
    pub fn executions(&self) -> Vec<(String, BTreeMap<String, String>)> {
        self.varied(&Variation::default())
    }

    /// The same in a run that varies every case. A key that the case has in its own matrix stays as it is.
    pub fn varied(&self, variation: &Variation) -> Vec<(String, BTreeMap<String, String>)> {
        let mut keys: Vec<(&str, &[String])> =
            self.matrix.iter().map(|(key, values)| (key.as_str(), values.as_slice())).collect();
        let varied = variation.keys().into_iter().filter(|(key, _)| !self.has(key));
        keys.extend(varied);
        let mut rows: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
        for (key, values) in keys {
            rows = rows
                .into_iter()
                .flat_map(|row| {
                    values
                        .iter()
                        .map(move |value| [row.as_slice(), &[(key, value.as_str())]].concat())
                })
                .collect();
        }
        rows.into_iter().map(|row| (execution(&self.case.id, &row), owned(&row))).collect()
    }

    /// Every execution that any run can make.
    pub fn all_executions(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let mut all = Vec::new();
        for found in Variation::every().iter().flat_map(|variation| self.varied(variation)) {
            if !all.contains(&found) {
                all.push(found);
            }
        }
        all
    }

    fn has(&self, key: &str) -> bool {
        self.matrix.iter().any(|(own, _)| own == key)
    }

    /// How each role speaks SIP in the execution with these values.
    pub fn reaches(&self, values: &BTreeMap<String, String>) -> Vec<Reach> {
        let reach = |[transport, scheme, _]: &[Option<String>; 3]| {
            let (transport, scheme) =
                (filled(transport.as_ref(), values), filled(scheme.as_ref(), values));
            reach_of(values).with(transport.as_deref(), scheme.as_deref())
        };
        self.reaches.iter().map(reach).collect()
    }

    /// What each role shows of itself on TLS in the execution with these values.
    pub fn certificates(&self, values: &BTreeMap<String, String>) -> Vec<Certificate> {
        let shown = |[_, _, certificate]: &[Option<String>; 3]| {
            let word = filled(certificate.as_ref(), values);
            word.and_then(|word| Certificate::of_word(&word)).unwrap_or_default()
        };
        self.reaches.iter().map(shown).collect()
    }

    /// The id of the execution with these values.
    pub fn execution(&self, values: &BTreeMap<String, String>) -> String {
        let own = self.matrix.iter().map(|(key, _)| key.as_str());
        let keys = own.chain(VARIED.into_iter().filter(|key| !self.has(key)));
        let row: Vec<_> = keys.filter_map(|key| Some((key, values.get(key)?.as_str()))).collect();
        execution(&self.case.id, &row)
    }
}

/// A text of the file with the values of the matrix in it.
fn filled(text: Option<&String>, values: &BTreeMap<String, String>) -> Option<String> {
    let fill = |text: String, (key, value): (&String, &String)| {
        text.replace(&format!("${{matrix.{key}}}"), value)
    };
    text.map(|text| values.iter().fold(text.clone(), fill))
}

fn execution(id: &str, row: &[(&str, &str)]) -> String {
    let values: Vec<_> = row.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if values.is_empty() { id.to_owned() } else { format!("{id}[{}]", values.join(",")) }
}

fn owned(row: &[(&str, &str)]) -> BTreeMap<String, String> {
    row.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Reads the header. Requirements and defects are looked up where a context is given.
pub(super) fn read(top: &Map, context: Option<&Context<'_>>, sink: &mut Sink) -> CaseHeader {
    top.only(KEYS, "a scenario", sink);
    version(top, sink);
    let id = line(top, "id", sink).map(|scalar| name(scalar, sink)).unwrap_or_default();
    let defects = texts(top, "defect", sink);
    if top.get("defect").is_none() {
        missing(top, "defect", "name the seeded defect that proves that this case can fail", sink);
    }
    if let Some(known) = context.and_then(|context| context.defects) {
        for defect in &defects {
            look_up_defect(defect, known, sink);
        }
    }
    let case = Case {
        title: text(top, "title", sink),
        purpose: text(top, "purpose", sink),
        requires: requires(top, context, sink),
        etsi: plain(&texts(top, "etsi", sink)),
        tags: plain(&texts(top, "tags", sink)),
        when: when(top, sink),
        defects: plain(&defects),
        id,
    };
    let group = case.id.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    CaseHeader {
        group: group.to_owned(),
        matrix: matrix(top, sink),
        roles: role_names(top),
        reaches: reaches(top),
        case,
    }
}

/// A requirement id, looked up in the catalogue where there is one.
pub(super) fn requirement(
    scalar: &Scalar,
    context: Option<&Context<'_>>,
    sink: &mut Sink,
) -> Option<RequirementId> {
    if scalar.open {
        return None;
    }
    let Ok(id) = scalar.text.parse::<RequirementId>() else {
        let title = format!("`{}` is not a requirement id", scalar.text);
        sink.add(Code::Value, &scalar.place, title, "expected one such as `RFC3261-17.1.1.2-1`");
        return None;
    };
    if let Some(context) = context
        && context.catalogue.get(&id).is_none()
    {
        let known: Vec<_> = context.catalogue.iter().map(|known| known.id.as_str()).collect();
        let help = did_you_mean(id.as_str(), known.iter().copied())
            .or_else(|| same_section(&id, &known))
            .unwrap_or_else(|| "add its sentence to the catalogue of requirements".to_owned());
        let title = format!("unknown requirement `{id}`");
        sink.add(Code::UnknownRequirement, &scalar.place, title, "not in the catalogue").help(help);
        return None;
    }
    Some(id)
}

fn same_section(id: &RequirementId, known: &[&str]) -> Option<String> {
    let (section, _) = id.as_str().rsplit_once('-')?;
    let near: Vec<_> =
        known.iter().copied().filter(|each| each.starts_with(section)).take(8).collect();
    let words = super::sink::ticked(near.iter().copied());
    (!near.is_empty()).then(|| format!("of that section there are {words}"))
}

fn look_up_defect(defect: &Scalar, known: &[String], sink: &mut Sink) {
    if !known.contains(&defect.text) {
        let title = format!("unknown defect `{}`", defect.text);
        sink.add(Code::UnknownDefect, &defect.place, title, "not one of the reference device")
            .maybe_help(did_you_mean(&defect.text, known.iter().map(String::as_str)));
    }
}

fn version(top: &Map, sink: &mut Sink) {
    let Some(version) = top.get("ringtrue") else { return };
    if let Some(scalar) = version.scalar("`ringtrue`", sink)
        && scalar.text != "1"
    {
        let title = format!("unknown version `{}` of the language", scalar.text);
        sink.add(Code::Version, &scalar.place, title, "expected `1`");
    }
}

fn name(scalar: &Scalar, sink: &mut Sink) -> String {
    let text = &scalar.text;
    let shaped = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-');
    if !shaped {
        let title = format!("`{text}` is not the id of a case");
        let label = "expected capitals, digits and `-`, such as `UAS-INV-001`";
        sink.add(Code::Value, &scalar.place, title, label);
    }
    text.clone()
}

fn line<'t>(top: &'t Map, key: &str, sink: &mut Sink) -> Option<&'t Scalar> {
    let Some(node) = top.get(key) else {
        missing(top, key, &format!("add `{key}: …` at the top of the file"), sink);
        return None;
    };
    node.scalar(&format!("`{key}`"), sink)
}

fn text(top: &Map, key: &str, sink: &mut Sink) -> String {
    line(top, key, sink).map(|scalar| scalar.text.trim().to_owned()).unwrap_or_default()
}

fn texts<'t>(top: &'t Map, key: &str, sink: &mut Sink) -> Vec<&'t Scalar> {
    top.get(key).map(|node| node.texts(&format!("`{key}`"), sink)).unwrap_or_default()
}

fn plain(scalars: &[&Scalar]) -> Vec<String> {
    scalars.iter().map(|scalar| scalar.text.clone()).collect()
}

/// Reports that a key is missing.
pub(super) fn missing(map: &Map, key: &str, help: &str, sink: &mut Sink) {
    sink.add(
        Code::MissingKey,
        &map.place,
        format!("`{key}` is missing"),
        "in the mapping that begins here",
    )
    .help(help);
}

fn requires(top: &Map, context: Option<&Context<'_>>, sink: &mut Sink) -> Vec<RequirementId> {
    let Some(node) = top.get("requires") else {
        missing(top, "requires", "name the requirements that the case stands for", sink);
        return Vec::new();
    };
    let scalars = node.texts("`requires`", sink);
    if let Node::List(list) = node
        && list.items.is_empty()
    {
        sink.add(
            Code::Empty,
            &list.place,
            "`requires` is empty",
            "expected at least one requirement",
        );
    }
    scalars.into_iter().filter_map(|scalar| requirement(scalar, context, sink)).collect()
}

fn when(top: &Map, sink: &mut Sink) -> Option<String> {
    let scalar = top.get("when")?.scalar("`when`", sink)?;
    if let Err(errors) = PicsExpression::parse(&scalar.text) {
        for error in errors {
            let place = scalar.place_of(&error.at);
            sink.add(Code::Pics, &place, error.message, "in this PICS expression")
                .help("such as `uas and not codec.g722`");
        }
    }
    Some(scalar.text.clone())
}

fn matrix(top: &Map, sink: &mut Sink) -> Vec<(String, Vec<String>)> {
    let Some(map) = top.get("matrix").and_then(|node| node.map("`matrix`", sink)) else {
        return Vec::new();
    };
    let mut matrix = Vec::new();
    let mut count = 1_usize;
    for (key, values) in &map.entries {
        let mut values = plain(&values.texts(&format!("`matrix.{}`", key.text), sink));
        if values.is_empty() {
            let title = format!("`{}` has no values", key.text);
            sink.add(Code::Empty, &key.place, title, "expected at least one");
            continue;
        }
        for scalar in map.get(&key.text).map(|node| node.texts(&key.text, sink)).unwrap_or_default()
        {
            match key.text.as_str() {
                "transport" => choose(scalar, "`transport`", TRANSPORTS, sink),
                "ip" => choose(scalar, "`ip`", VERSIONS, sink),
                _ => None,
            };
        }
        let written = values.len();
        let mut seen = Vec::new();
        values.retain(|value| {
            let new = !seen.contains(value);
            seen.push(value.clone());
            new
        });
        if values.len() < written {
            let title = format!("`{}` has a value twice", key.text);
            sink.add(Code::Value, &key.place, title, "executions need different ids");
        }
        count = count.saturating_mul(values.len());
        matrix.push((key.text.clone(), values));
    }
    if count > MOST_EXECUTIONS {
        let title = format!("the matrix has {count} combinations");
        let label = format!("expected at most {MOST_EXECUTIONS}");
        sink.add(Code::TooLong, &map.place, title, label);
        return Vec::new();
    }
    matrix
}

/// How a role speaks SIP that does not say, by the matrix values of an execution.
pub fn reach_of(values: &BTreeMap<String, String>) -> Reach {
    Reach::default().with(values.get("transport").map(String::as_str), None)
}

/// The version of the Internet Protocol of an execution.
pub fn ip_version(values: &BTreeMap<String, String>) -> IpVersion {
    match values.get("ip").map(String::as_str) {
        Some("v6") => IpVersion::V6,
        Some(_) | None => IpVersion::V4,
    }
}

fn reaches(top: &Map) -> Vec<[Option<String>; 3]> {
    let Some(Node::Map(roles)) = top.get("roles") else { return vec![[None, None, None]] };
    let text = |role: &Node, key| match role {
        Node::Map(map) => match map.get(key) {
            Some(Node::Scalar(scalar)) => Some(scalar.text.clone()),
            Some(Node::Map(_) | Node::List(_)) | None => None,
        },
        Node::Scalar(_) | Node::List(_) => None,
    };
    let entries = roles.entries.iter();
    entries
        .map(|(_, role)| ["transport", "scheme", "certificate"].map(|key| text(role, key)))
        .collect()
}

fn role_names(top: &Map) -> Vec<String> {
    match top.get("roles") {
        Some(Node::Map(roles)) => roles.entries.iter().map(|(name, _)| name.text.clone()).collect(),
        _ => vec!["alice".to_owned()],
    }
}
