//! The redirect server that a device meets: RFC 3261 §8.3.

use crate::wire::sip::{Message, NameAddr};
use crate::wire::uri::Uri;

/// Where a redirect server sends its callers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// 301, 302, 305 or 380.
    pub status: u16,
    /// The `Contact` values, in order, with their `q` where they have one.
    pub contacts: Vec<String>,
}

/// What it answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The `Contact` values.
    pub contacts: Vec<String>,
}

impl Config {
    /// The answer to `request`: the contacts but for the one that it already goes to, or 404 if that
    /// was the only one.
    pub fn reply(&self, request: &Message) -> Reply {
        //= RFC 3261 §8.3
        let asked = request.request_uri().map(Uri::read);
        let is_asked = |contact: &String| {
            let contact = NameAddr::read(contact);
            contact.is_some_and(|contact| asked.as_ref().is_some_and(|uri| contact.uri == *uri))
        };
        let contacts: Vec<_> = self.contacts.iter().filter(|c| !is_asked(c)).cloned().collect();
        let status =
            if contacts.is_empty() && !self.contacts.is_empty() { 404 } else { self.status };
        Reply { status, contacts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(uri: &str, contacts: &[&str]) -> (u16, Vec<String>) {
        let contacts = contacts.iter().map(|contact| (*contact).to_owned()).collect();
        let config = Config { status: 302, contacts };
        let request = Message::read(format!("INVITE {uri} SIP/2.0\r\n\r\n").as_bytes());
        let Reply { status, contacts } = config.reply(&request);
        (status, contacts)
    }

    #[test]
    fn nobody_is_sent_where_he_is() {
        let (here, there) = ("<sip:bob@192.0.2.1>;q=1", "<sip:bob@192.0.2.2>;q=0.5");
        let both = [here.to_owned(), there.to_owned()];
        assert_eq!(reply("sip:bob@192.0.2.9", &[here, there]), (302, both.to_vec()));
        assert_eq!(reply("sip:bob@192.0.2.1", &[here, there]), (302, vec![there.to_owned()]));
        assert_eq!(reply("sip:bob@192.0.2.1", &[here]), (404, Vec::new()));
        assert_eq!(reply("sip:bob@192.0.2.1", &[]), (302, Vec::new()));
    }
}
