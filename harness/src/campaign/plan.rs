//! The list of what is to run.

use super::filter::Filter;
use crate::scenario::header::CaseHeader;
use crate::scenario::pics_expression::PicsExpression;
use std::collections::{BTreeMap, BTreeSet};

/// One execution to run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Planned {
    /// The path of the scenario, below the folder of the suite.
    pub scenario: String,
    /// The id with its matrix values.
    pub execution: String,
    /// The matrix values.
    pub values: BTreeMap<String, String>,
    /// How many of our ends it has.
    pub roles: Vec<String>,
}

/// What is to run, and what does not apply.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Plan {
    /// The executions, in the order of the suite.
    pub executions: Vec<Planned>,
    /// The executions that the device's PICS excludes, and the expression that does.
    pub not_applicable: Vec<(String, String)>,
}

impl Plan {
    /// Chooses from the suite, whose cases come with the path of their files.
    pub fn new<'a>(
        cases: impl IntoIterator<Item = (&'a str, &'a CaseHeader)>,
        filter: &Filter,
        pics: &BTreeSet<String>,
    ) -> Self {
        let mut plan = Self::default();
        for (path, header) in cases {
            let excluded = header.case.when.as_ref().filter(|when| {
                PicsExpression::parse(when).is_ok_and(|expression| !expression.holds(pics))
            });
            for (execution, values) in header.executions() {
                if !filter.wants(header, &execution) {
                    continue;
                }
                match excluded {
                    Some(when) => plan.not_applicable.push((execution, when.clone())),
                    None => plan.executions.push(Planned {
                        scenario: path.to_owned(),
                        execution,
                        values,
                        roles: header.roles.clone(),
                    }),
                }
            }
        }
        plan
    }
}
