//! The list of what is to run.

use super::filter::Filter;
use crate::evidence::record::label;
use crate::proto::certificate::Certificate;
use crate::proto::transport::Reach;
use crate::scenario::header::{self, CaseHeader};
use crate::scenario::pics_expression::PicsExpression;
use crate::scenario::variation::{Variation, over};
use crate::wire::{IpVersion, Transport};
use std::collections::{BTreeMap, BTreeSet};

/// One execution to run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Planned {
    /// The path of the scenario, below the folder of the suite.
    pub scenario: String,
    /// The id with its matrix values.
    pub execution: String,
    /// Which run of the execution it is, counted from 1.
    pub repeat: u32,
    /// The matrix values.
    pub values: BTreeMap<String, String>,
    /// The names of our ends.
    pub roles: Vec<String>,
    /// How each of our ends speaks SIP.
    pub reaches: Vec<Reach>,
    /// What each of our ends shows of itself on TLS.
    pub certificates: Vec<Certificate>,
}

impl Planned {
    /// One execution of a case.
    pub fn new(
        scenario: &str,
        header: &CaseHeader,
        execution: String,
        values: BTreeMap<String, String>,
    ) -> Self {
        let (roles, reaches) = (header.roles.clone(), header.reaches(&values));
        let certificates = header.certificates(&values);
        let scenario = scenario.to_owned();
        Self { scenario, execution, repeat: 1, values, roles, reaches, certificates }
    }

    /// What tells it from other runs of the execution; see
    /// [`CaseRecord::label`](crate::evidence::record::CaseRecord::label).
    pub fn label(&self) -> String {
        label(&self.execution, self.repeat)
    }

    /// How an end speaks SIP that does not say.
    pub fn reach(&self) -> Reach {
        header::reach_of(&self.values)
    }

    /// The version of the Internet Protocol.
    pub fn ip_version(&self) -> IpVersion {
        header::ip_version(&self.values)
    }

    /// What it needs that the device does not claim, as a PICS name.
    fn missing(&self, pics: &BTreeSet<String>) -> Option<&'static str> {
        let transports = self.reaches.iter().map(|reach| match reach.transport {
            Transport::Udp => None,
            Transport::Tcp => Some("transport.tcp"),
            Transport::Tls => Some("transport.tls"),
        });
        let ip = (self.ip_version() == IpVersion::V6).then_some("ipv6");
        transports.chain([ip]).flatten().find(|name| !pics.contains(*name))
    }
}

/// What is to run, and what does not apply.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Plan {
    /// The executions, in the order of the suite.
    pub executions: Vec<Planned>,
    /// The executions that do not apply.
    pub not_applicable: Vec<Excluded>,
}

/// An execution that does not apply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Excluded {
    /// The id with its matrix values.
    pub execution: String,
    /// The expression of PICS that does not hold.
    pub when: String,
    /// What does hold: the claims of the device, and [what the execution is over](over).
    pub pics: BTreeSet<String>,
}

impl Plan {
    /// Chooses from the suite, whose cases come with the path of their files. `pics` is what the device
    /// claims, with what the rig adds.
    pub fn new<'a>(
        cases: impl IntoIterator<Item = (&'a str, &'a CaseHeader)>,
        filter: &Filter,
        pics: &BTreeSet<String>,
        variation: &Variation,
    ) -> Self {
        let mut plan = Self::default();
        for (path, header) in cases {
            let when = header.case.when.as_deref();
            let when = when.and_then(|when| Some((when, PicsExpression::parse(when).ok()?)));
            for (execution, values) in header.varied(variation) {
                if !filter.wants(header, &execution) {
                    continue;
                }
                let pics: BTreeSet<_> = pics.iter().cloned().chain(over(&values)).collect();
                let planned = Planned::new(path, header, execution, values);
                let excluded = when.as_ref().filter(|(_, expression)| !expression.holds(&pics));
                let excluded = excluded.map(|(when, _)| *when);
                match excluded.or_else(|| planned.missing(&pics)) {
                    Some(when) => plan.not_applicable.push(Excluded {
                        execution: planned.execution,
                        when: when.to_owned(),
                        pics,
                    }),
                    None => plan.executions.push(planned),
                }
            }
        }
        plan
    }

    /// Keeps only the executions that are wanted, of those that do not apply too.
    pub fn retain(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        self.executions.retain(|planned| wanted(&planned.execution));
        self.not_applicable.retain(|left| wanted(&left.execution));
    }

    /// The executions that do not apply, and the expressions of PICS that do not hold.
    pub fn excluded(&self) -> Vec<(String, String)> {
        let left = self.not_applicable.iter().cloned();
        left.map(|Excluded { execution, when, .. }| (execution, when)).collect()
    }

    /// The ids of the executions.
    pub fn ids(&self) -> Vec<&str> {
        self.executions.iter().map(|planned| planned.execution.as_str()).collect()
    }
}
