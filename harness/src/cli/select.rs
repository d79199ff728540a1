//! The options that choose cases.

use crate::campaign::filter::Filter;
use crate::scenario::variation::Variation;
use clap::Args;

/// Which cases.
#[derive(Args, Clone, Debug)]
pub(super) struct Selection {
    /// Ids of cases or executions; `*` stands for any text (default: all)
    #[arg(value_name = "ID")]
    pub(super) ids: Vec<String>,
    /// Only cases of this group, such as REG
    #[arg(long, value_name = "GROUP")]
    pub(super) group: Vec<String>,
    /// Only cases for this requirement, or its section, such as RFC3261-17
    #[arg(long, value_name = "ID")]
    pub(super) requirement: Vec<String>,
    /// Only cases with this tag
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Vec<String>,
    /// No case with this tag
    #[arg(long, value_name = "TAG")]
    pub(super) without_tag: Vec<String>,
    /// Play every case over each of these: udp, tcp, tls (default: as the case says, else udp)
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = ["udp", "tcp", "tls"])]
    pub(super) transport: Vec<String>,
    /// Play every case over each of these: v4, v6 (default: as the case says, else v4)
    #[arg(long, value_name = "VERSIONS", value_delimiter = ',', value_parser = ["v4", "v6"])]
    pub(super) ip: Vec<String>,
}

impl Selection {
    pub(super) fn filter(&self) -> Filter {
        Filter {
            ids: self.ids.clone(),
            groups: self.group.clone(),
            requirements: self.requirement.clone(),
            tags: self.tag.clone(),
            without: self.without_tag.clone(),
        }
    }

    /// What multiplies the executions of all cases.
    pub(super) fn variation(&self) -> Variation {
        let once = |words: &[String]| {
            let new = |(at, word): &(usize, &String)| words.iter().take(*at).all(|it| it != *word);
            words.iter().enumerate().filter(new).map(|(_, word)| word.clone()).collect()
        };
        Variation { transports: once(&self.transport), versions: once(&self.ip) }
    }
}
