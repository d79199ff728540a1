//! Where the code says which clause it follows.

/// A line `//= RFC 3261 §17.1.1.2`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Citation {
    /// The number of the RFC.
    pub rfc: u32,
    /// The section.
    pub section: String,
    /// The file and the line.
    pub place: String,
}

impl Citation {
    /// The citations in the text of the file at `path`.
    ///
    /// Lines that do not read as one are the business of the project's own tests.
    pub fn all(path: &str, text: &str) -> Vec<Self> {
        let cited = (1..).zip(text.lines()).filter_map(|(number, line)| {
            let (rfc, section) = line.trim_start().strip_prefix("//= RFC ")?.split_once(" §")?;
            Some(Self {
                rfc: rfc.parse().ok()?,
                section: section.to_owned(),
                place: format!("{path}:{number}"),
            })
        });
        cited.collect()
    }
}
