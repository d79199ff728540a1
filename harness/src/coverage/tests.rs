//! Each thing that can be wrong with the books is told, and nothing else is.

use super::open::Open;
use super::*;
use crate::requirement::Role;
use crate::scenario;
use crate::scenario::source::Source;
use rstest::rstest;

/// MUSTs of a user agent, one of a proxy, and one SHOULD.
fn catalogue() -> Catalogue {
    let requirement = |id: &str, strength, role| Requirement {
        id: id.parse().unwrap(),
        strength,
        role,
        text: format!("The sentence of {id}."),
    };
    let musts = ["RFC3261-7-1", "RFC3261-7-2", "RFC3261-8-1", "RFC3264-5-1"];
    let musts = musts.map(|id| requirement(id, Strength::Must, Role::Ua));
    let proxy = requirement("RFC3261-16-1", Strength::Must, Role::Proxy);
    let should = requirement("RFC3261-9-1", Strength::Should, Role::Uac);
    Catalogue::new(musts.into_iter().chain([proxy, should])).unwrap()
}

/// A case of group `REL` for RFC3261-7-1 that names `etsi`.
fn case(etsi: &str) -> CaseHeader {
    let text = format!(
        "id: REL-001\ntitle: t\npurpose: p\nrequires: RFC3261-7-1\netsi: [{etsi}]\ndefect: d\nbody: []\n"
    );
    scenario::header(&Source { path: "REL/REL-001.yaml".to_owned(), text }).0.unwrap()
}

fn books(reasons: &str, open: &str) -> Books {
    let group = |name: &str, core| Group { name: name.to_owned(), title: String::new(), core };
    Books {
        groups: vec![group("REL", true), group("SDP", false)],
        citations: Citation::all("a.rs", "//= RFC 3261 §7\nfn f() {\n    //= RFC 3261 §8\n}\n"),
        requirements: Ledger {
            reasons: serde_saphyr::from_str(reasons).unwrap(),
            open: open.parse().unwrap(),
        },
        purposes: Purpose::table("id\tstatus\tclauses\nP_1\tMandatory\t7\nP_2\tVoid\t\n").unwrap(),
        etsi: Ledger::default(),
    }
}

const SDP: &str = "[{kind: another-group, group: SDP, because: b, ids: [RFC3264-5-1]}]";
const OPEN: &str = "at most 2\nRFC3261-7-2\nRFC3261-8-1\n";

fn complaints(reasons: &str, open: &str, etsi: &str) -> Vec<String> {
    let (catalogue, case, books) = (catalogue(), case(etsi), books(reasons, open));
    Coverage::new(&catalogue, &[&case], &[], &books).complaints
}

#[test]
fn a_row_has_the_code_the_cases_and_the_defects_of_its_requirement() {
    let (catalogue, case, books) = (catalogue(), case("P_1"), books(SDP, OPEN));
    let defects = [("d".to_owned(), vec!["RFC3261-7-1".to_owned()])];
    let coverage = Coverage::new(&catalogue, &[&case], &defects, &books);
    let rows: Vec<String> = coverage
        .requirements
        .iter()
        .map(|row| {
            let code: Vec<&str> = row.code.iter().map(|own| own.place.as_str()).collect();
            let cases: Vec<&str> = row.cases.iter().map(|own| own.case.id.as_str()).collect();
            let id = &row.requirement.id;
            format!("{id} {} {cases:?} {:?} {code:?}", row.standing.name(), row.defects)
        })
        .collect();
    let expected = [
        "RFC3261-16-1 - [] [] []",
        r#"RFC3261-7-1 covered ["REL-001"] ["d"] ["a.rs:1"]"#,
        r#"RFC3261-7-2 open [] [] ["a.rs:1"]"#,
        r#"RFC3261-8-1 open [] [] ["a.rs:3"]"#,
        "RFC3261-9-1 - [] [] []",
        "RFC3264-5-1 excused [] [] []",
    ];
    assert_eq!(rows, expected);
    assert_eq!(coverage.complaints, [""; 0]);
    let standing: Vec<_> = coverage.purposes.iter().map(|row| row.standing).collect();
    assert_eq!(standing, [Standing::Covered, Standing::Free]);
}

#[rstest]
#[case::unsaid(SDP, "at most 1\nRFC3261-7-2", "P_1", "`RFC3261-8-1` is neither covered")]
#[case::covered(
    SDP,
    "at most 3\nRFC3261-7-1\nRFC3261-7-2\nRFC3261-8-1",
    "P_1",
    "`RFC3261-7-1` is covered now: take it off the open list"
)]
#[case::excused(
    SDP,
    "at most 3\nRFC3264-5-1\nRFC3261-7-2\nRFC3261-8-1",
    "P_1",
    "`RFC3264-5-1` has a reason"
)]
#[case::nothing_asked(
    SDP,
    "at most 3\nRFC3261-16-1\nRFC3261-7-2\nRFC3261-8-1",
    "P_1",
    "`RFC3261-16-1` asks for no case"
)]
#[case::too_many(
    SDP,
    "at most 1\nRFC3261-7-2\nRFC3261-8-1",
    "P_1",
    "2 are open, and at most 1 may be"
)]
#[case::core(
    "[{kind: another-group, group: REL, because: b, ids: [RFC3264-5-1]}]",
    OPEN,
    "P_1",
    "a core group excuses nothing"
)]
#[case::no_such_group(
    "[{kind: another-group, group: X, because: b, ids: [RFC3264-5-1]}]",
    OPEN,
    "P_1",
    "there is no such group"
)]
#[case::two_reasons(
    "[{kind: no-group, because: b, ids: [RFC3264-5-1, RFC3264-5-1]}]",
    OPEN,
    "P_1",
    "`RFC3264-5-1` has two reasons"
)]
#[case::reason_for_nothing(
    "[{kind: no-group, because: b, ids: [RFC3264-5-1, RFC3261-9-1]}]",
    OPEN,
    "P_1",
    "`RFC3261-9-1` asks for no case and needs no reason"
)]
#[case::reason_for_a_covered_one(
    "[{kind: not-observable, because: b, ids: [RFC3264-5-1, RFC3261-7-1]}]",
    OPEN,
    "P_1",
    "`RFC3261-7-1` is covered and has the reason `not-observable`"
)]
#[case::restates_an_open_one(
    "[{kind: restates, of: RFC3261-8-1, because: b, ids: [RFC3264-5-1]}]",
    OPEN,
    "P_1",
    "`RFC3264-5-1` is neither covered"
)]
#[case::purpose_unknown(SDP, OPEN, "P_1, P_9", "REL-001: the table has no live purpose `P_9`")]
#[case::purpose_void(SDP, OPEN, "P_1, P_2", "REL-001: the table has no live purpose `P_2`")]
#[case::purpose_unsaid(SDP, OPEN, "", "`P_1` is neither covered")]
fn what_is_wrong_is_told(
    #[case] reasons: &str,
    #[case] open: &str,
    #[case] etsi: &str,
    #[case] expected: &str,
) {
    let complaints = complaints(reasons, open, etsi);
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains(expected), "{complaints:?}");
}

/// Of three purposes of clause 7 for a client and one for a server, two and the last are one of a kind.
const FAMILY: &str = "id\tstatus\tclauses\nS_OE_V_1\tMandatory\t7\nS_OE_V_2\tMandatory\t7\n\
    S_OE_V_3\tRecommended\t7,8\nS_TE_V_1\tMandatory\t7.1,9\n";

/// The complaints where the cases of the suite are `(requires, etsi)` and `RFC3261-7-2` stands as `listed`.
fn naming(cases: &[(&str, &str)], listed: &str) -> Vec<String> {
    let headers = cases.iter().zip(1..).map(|(&(requires, etsi), number)| {
        let text = format!(
            "id: REL-00{number}\ntitle: t\npurpose: p\nrequires: [{requires}]\netsi: [{etsi}]\ndefect: d\nbody: []\n"
        );
        scenario::header(&Source { path: format!("REL/REL-00{number}.yaml"), text }).0.unwrap()
    });
    let headers: Vec<_> = headers.collect();
    let catalogue = catalogue();
    let mut books = books("[{kind: no-group, because: b, ids: [RFC3264-5-1]}]", listed);
    books.purposes = Purpose::table(FAMILY).unwrap();
    let named: Vec<&str> = cases.iter().flat_map(|(_, etsi)| etsi.split(", ")).collect();
    let unnamed = books.purposes.iter().filter(|purpose| !named.contains(&purpose.id.as_str()));
    books.etsi.open.ids = unnamed.map(|purpose| purpose.id.clone()).collect();
    books.etsi.open.at_most = 9;
    Coverage::new(&catalogue, &headers.iter().collect::<Vec<_>>(), &[], &books).complaints
}

#[rstest]
#[case::whole(&[(SEVEN, "S_OE_V_1"), (SEVEN, "S_OE_V_2")], LISTED, &[])]
#[case::alone(&[(SEVEN, "S_OE_V_3"), ("RFC3261-7-2", "")], LISTED, &[])]
#[case::two_cases_for_one(&[(SEVEN, "S_OE_V_1"), (SEVEN, "S_OE_V_2"), (SEVEN, "S_OE_V_2")], LISTED, &[])]
#[case::another_clause(
    &[(SEVEN, "S_TE_V_1"), ("RFC3261-7-2", "")],
    LISTED,
    &["REL-001 names `S_TE_V_1` and requires nothing of 7.1, 9"],
)]
#[case::part(
    &[(SEVEN, "S_OE_V_1"), ("RFC3261-7-2", "")],
    LISTED,
    &["no case names `S_OE_V_2`, and nothing tells it from the rest of S_OE_V_1 to S_OE_V_2"],
)]
#[case::one_case_for_two(
    &[(SEVEN, "S_OE_V_1, S_OE_V_2")],
    LISTED,
    &["REL-001 names more than one of S_OE_V_1 to S_OE_V_2"],
)]
#[case::sentence_left(
    &[("RFC3261-7-1", "S_OE_V_1"), ("RFC3261-7-1", "S_OE_V_2")],
    "at most 2\nRFC3261-7-2\nRFC3261-8-1",
    &["`RFC3261-7-2` is open, and cases name S_OE_V_1 to S_OE_V_2"],
)]
fn purposes_that_nothing_tells_apart_are_named_together(
    #[case] cases: &[(&str, &str)],
    #[case] listed: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(naming(cases, listed), expected);
}

const SEVEN: &str = "RFC3261-7-1, RFC3261-7-2";
const LISTED: &str = "at most 1\nRFC3261-8-1";

#[test]
fn what_restates_a_covered_sentence_is_excused() {
    let restates = "[{kind: restates, of: RFC3261-7-1, because: b, ids: [RFC3264-5-1]}]";
    assert_eq!(complaints(restates, OPEN, "P_1"), [""; 0]);
}

#[test]
fn the_open_list_gets_shorter_and_its_limit_with_it() {
    let mut open: Open = "at most 9\n# a comment\nA\nB\nat most 4\nC\n".parse().unwrap();
    assert_eq!(open.at_most, 4);
    assert_eq!(open.settle(|id| id == "B"), ["A", "C"]);
    assert_eq!(open.at_most, 1);
    assert_eq!(open.to_string().parse(), Ok(open));
}

#[rstest]
#[case::limit("A\nB\n")]
#[case::number("at most x\nA\n")]
#[case::mark("at most 2\n<<<<<<< ours\nA\n")]
fn a_list_that_is_none_is_refused(#[case] text: &str) {
    assert!(text.parse::<Open>().is_err());
}

#[rstest]
#[case::without_group("[{kind: another-group, because: b, ids: [A-1]}]")]
#[case::with_group("[{kind: no-group, group: SDP, because: b, ids: [A-1]}]")]
#[case::silent("[{kind: no-group, because: ' ', ids: [A-1]}]")]
#[case::for_nothing("[{kind: no-group, because: b, ids: []}]")]
#[case::planned("[{kind: planned, because: b, ids: [A-1]}]")]
fn a_reason_that_is_none_is_refused(#[case] text: &str) {
    assert!(serde_saphyr::from_str::<Vec<reason::Reason>>(text).is_err());
}
