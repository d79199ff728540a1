//! What a scenario changes about a message that is otherwise correct.

use super::builder::Draft;
use super::mutate::Mutation;
use super::sdp::edit::override_line;

/// Changes to one message. The default changes nothing.
///
/// They are made in the order of the fields: header fields are removed, then set, then added; the
/// body is replaced before its SDP lines are; damage comes last. [`raw`](Self::raw) overrides all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Edits {
    /// The whole start line, whatever it says.
    pub start_line: Option<String>,
    /// The Request-URI, if the message is a request.
    pub request_uri: Option<String>,
    /// Header fields to take away, by name.
    pub remove: Vec<String>,
    /// Header fields to give one value, in place of any that they have.
    pub set: Vec<(String, String)>,
    /// Header fields to add beside those there are.
    pub add: Vec<(String, String)>,
    /// The body; `Content-Type` stays as it is, and `Content-Length` follows.
    pub body: Option<Vec<u8>>,
    /// SDP lines by their first characters: the new line, or `None` to take them away.
    pub sdp: Vec<(String, Option<String>)>,
    /// Deliberate damage, in order.
    pub mutations: Vec<Mutation>,
    /// The seed of what is random about the damage.
    pub seed: u64,
    /// The message itself, byte for byte.
    pub raw: Option<Vec<u8>>,
}

impl Edits {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        *self == Self { seed: self.seed, ..Self::default() }
    }

    /// `draft` with the changes made, as bytes.
    pub fn apply(&self, draft: Draft) -> Vec<u8> {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        let mut draft = draft;
        if let Some(line) = &self.start_line {
            draft = draft.start_line(line.as_str());
        }
        if let Some(uri) = &self.request_uri {
            draft = draft.request_uri(uri);
        }
        for name in &self.remove {
            draft = draft.remove(name);
        }
        for (name, value) in &self.set {
            draft = draft.set(name, value);
        }
        for (name, value) in &self.add {
            draft = draft.add(name, value);
        }
        if let Some(body) = &self.body {
            draft = draft.body_bytes(body.clone());
        }
        for (prefix, line) in &self.sdp {
            let body = override_line(draft.current_body(), prefix, line.as_deref());
            draft = draft.body_bytes(body);
        }
        let sound = draft.build();
        self.mutations.iter().fold(sound, |bytes, mutation| mutation.apply(&bytes, self.seed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::DefectCode;
    use crate::wire::sip::Message;

    fn draft() -> Draft {
        Draft::starting("OPTIONS sip:a@b SIP/2.0")
            .add("Via", "SIP/2.0/UDP c;branch=z9hG4bK1")
            .add("Subject", "one")
            .add("Content-Length", "0")
            .remove("Content-Length")
            .body("application/sdp", "v=0\r\nc=IN IP4 192.0.2.1\r\n")
    }

    #[test]
    fn no_edits_change_nothing() {
        assert!(Edits { seed: 5, ..Edits::default() }.is_empty());
        assert_eq!(Edits::default().apply(draft()), draft().build());
    }

    #[test]
    fn each_edit_changes_its_part() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let edits = Edits {
            request_uri: Some("sip:z".to_owned()),
            remove: vec!["Subject".to_owned()],
            set: vec![pair("Via", "broken")],
            add: vec![pair("X-New", "1"), pair("X-New", "2")],
            sdp: vec![("c=".to_owned(), Some("c=IN IP4 0.0.0.0".to_owned()))],
            ..Edits::default()
        };
        assert!(!edits.is_empty());
        let message = Message::read(&edits.apply(draft()));
        assert_eq!(message.request_uri(), Some("sip:z"));
        assert_eq!(message.header("Subject"), None);
        assert_eq!(message.values("Via"), ["broken"]);
        assert_eq!(message.values("X-New"), ["1", "2"]);
        assert!(message.sdp().unwrap().connection.unwrap().is_hold());
    }

    #[test]
    fn damage_comes_last_and_raw_overrides_all() {
        let mutations = vec![Mutation::UnknownVersion];
        let edits =
            Edits { start_line: Some("PING x SIP/2.0".to_owned()), mutations, ..Edits::default() };
        let message = Message::read(&edits.apply(draft()));
        assert_eq!(message.method(), Some("PING"));
        assert!(message.defects().iter().any(|d| d.code == DefectCode::VersionUnknown));
        let raw = Edits { raw: Some(b"hello".to_vec()), ..edits };
        assert_eq!(raw.apply(draft()), b"hello");
    }
}
