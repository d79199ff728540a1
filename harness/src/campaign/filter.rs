//! Which of the suite's cases are wanted.

use crate::scenario::header::CaseHeader;

/// A choice of cases. Empty fields choose everything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// Ids of cases or executions; `*` stands for any text. A case is wanted if any fits.
    pub ids: Vec<String>,
    /// Groups: `REG`.
    pub groups: Vec<String>,
    /// Requirement ids, or their beginnings: `RFC3261-17`.
    pub requirements: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Labels of cases that are not wanted.
    pub without: Vec<String>,
}

impl Filter {
    /// Whether an execution of a case is wanted.
    pub fn wants(&self, header: &CaseHeader, execution: &str) -> bool {
        let any = |wanted: &[String], fits: &dyn Fn(&str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|text| fits(text))
        };
        any(&self.ids, &|id| fits(id, &header.case.id) || fits(id, execution))
            && any(&self.groups, &|group| group.eq_ignore_ascii_case(&header.group))
            && any(&self.tags, &|tag| header.case.tags.iter().any(|own| own == tag))
            && !header.case.tags.iter().any(|own| self.without.contains(own))
            && any(&self.requirements, &|wanted| {
                header.case.requires.iter().any(|own| {
                    let rest = own.as_str().strip_prefix(wanted);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
                })
            })
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    (0..=rest.len()).filter_map(|at| rest.get(at..)).any(|rest| fits(tail, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(fits("REG-*", "REG-001"));
        assert!(fits("*-001", "UAS-INV-001"));
        assert!(fits("DTMF-001[digit=*]", "DTMF-001[digit=5]"));
        assert!(!fits("REG-00", "REG-001"));
        assert!(!fits("R*X", "REG-001"));
    }
}
