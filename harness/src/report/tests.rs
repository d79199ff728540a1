use super::errata::Standing;
use super::*;
use crate::check::claim::Holds;
use crate::check::margin::Margin;
use crate::check::measure::{Limits, Measured, Unit};
use crate::check::subject::{Subject, SubjectKind};
use crate::dut::event::EventKind;
use crate::evidence::example;
use crate::evidence::extent::{PartEnd, PartRecord};
use crate::evidence::point::Pco;
use crate::evidence::step::Part;
use crate::evidence::timeline::{Datagram, Seq};
use crate::requirement::{Catalogue, Requirement, Strength};
use crate::scenario::program::{Case, Role, RoleId, RoleKind};
use std::collections::BTreeMap;
use std::time::Duration;

/// A run of two cases: a call that passes but for one inconclusive figure, and a request that fails.
pub(crate) fn example() -> JudgedRun {
    let cases = vec![call(), options()];
    let mut record = example::run("2026-11-22T19-00-00Z-host-intercom");
    record.cases = cases.iter().map(|case| case.record.clone()).collect();
    JudgedRun { record, cases, doubts: Vec::new(), errata: Vec::new() }
}

pub(super) fn catalogue() -> Catalogue {
    let requirement = |id: &str, strength, text: &str| Requirement {
        id: id.parse().unwrap(),
        strength,
        role: crate::requirement::Role::Ua,
        text: text.to_owned(),
    };
    Catalogue::new([
        requirement(
            "RFC3261-13.3.1.4-1",
            Strength::Must,
            "The UAS generates a 2xx response. This response establishes a dialog.",
        ),
        requirement(
            "RFC3261-11.2-1",
            Strength::Must,
            "The response to an OPTIONS is constructed using the standard rules for a SIP response.",
        ),
        requirement("QOS-JITTER", Strength::Profile, "Jitter stays below 5 ms."),
    ])
    .unwrap()
}

fn call() -> JudgedCase {
    let steps = [
        ("dut: idle", Part::Preamble, 12),
        ("alice -> dut: INVITE", Part::Body, 14),
        ("dut -> alice: 180", Part::Body, 15),
        ("dut -> alice: 200", Part::Body, 17),
        ("alice -> dut: ACK", Part::Body, 21),
        ("dut ~> alice: audio", Part::Body, 22),
        ("dut -> alice: 200", Part::Body, 26),
    ];
    let claims = [
        ("RFC3261-13.3.1.4-1", 3, "dut -> alice: 200", 17),
        ("RFC3264-6.1-4", 3, "answer.audio.codec == PCMU", 20),
        ("QOS-JITTER", 5, "jitter.p99 < 5 ms", 24),
    ];
    let found = [
        (0, Verdict::Pass, "200 OK came 2.0 ms after `answer`, within 2 s.", &[18][..]),
        (1, Verdict::Pass, "The answer's codec is PCMU.", &[18]),
        (
            2,
            Verdict::Inconclusive,
            "Jitter p99 is 4.96 ms ± 0.06 ms, and the limit of 5 ms lies within.",
            &[30, 31],
        ),
    ];
    case("UAS-INV-001", "The device answers a call", example::call(), &steps, &claims, &found, CALL)
}

fn options() -> JudgedCase {
    let steps = [("alice -> dut: OPTIONS", Part::Body, 6), ("dut -> alice: 200", Part::Body, 7)];
    let claims = [("RFC3261-11.2-1", 1, "dut -> alice: 200", 7)];
    let text = "Expected 200 to OPTIONS within 2 s; got `500 <Server> & Error` after 2.9 ms.";
    let found = [(0, Verdict::Fail, text, &[4][..])];
    case("UAS-OPT-001", "OPTIONS is answered", example::options(), &steps, &claims, &found, OPTIONS)
}

pub(super) const fn span(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A case of one step, one line of which lasted for a span in which `alice` sent (true) and received
/// packets.
pub(super) fn bare(
    kind: StepKind,
    line: u16,
    (from, to): (Duration, Duration),
    mut packets: Vec<(Duration, Vec<u8>, bool)>,
) -> JudgedCase {
    let mut case = options();
    packets.sort_by_key(|(at, ..)| *at);
    case.timeline = Timeline::default();
    case.program.steps.truncate(1);
    case.program.steps[0].kind = kind;
    let mut record = |at: Duration, pco, seen| {
        case.timeline.record(Tick::ZERO + at, pco, seen);
    };
    record(from, Pco::TEST, Seen::Reached(StepId(line)));
    for (at, bytes, is_ours) in packets {
        let local = "127.0.0.10:40000".parse().unwrap();
        let remote = "127.0.0.20:41000".parse().unwrap();
        let datagram = Datagram { local, remote, bytes, connection: None };
        let seen = if is_ours { Seen::Sent(datagram) } else { Seen::Received(datagram) };
        record(at, example::RTP, seen);
    }
    record(to, Pco::TEST, Seen::Met(StepId(line), None));
    case
}

type Claimed<'a> = (&'a str, u16, &'a str, usize);
type Found<'a> = (usize, Verdict, &'a str, &'a [u32]);

fn case(
    id: &str,
    title: &str,
    timeline: Timeline,
    steps: &[(&str, Part, usize)],
    claims: &[Claimed<'_>],
    found: &[Found<'_>],
    scenario: &str,
) -> JudgedCase {
    let record = example::record(id, timeline.entries().last().unwrap().at.since(Tick::ZERO));
    let numbered =
        || steps.iter().enumerate().map(|(id, step)| (StepId(u16::try_from(id).unwrap()), step));
    let claims: Vec<Claim> = claims
        .iter()
        .map(|(requirement, step, text, line)| Claim {
            requirement: requirement.parse().unwrap(),
            step: StepId(*step),
            part: Part::Body,
            text: (*text).to_owned(),
            line: *line,
            holds: Holds::Silent,
        })
        .collect();
    let findings: Vec<Finding> = found
        .iter()
        .map(|(claim, verdict, text, evidence)| Finding {
            claim: Some(*claim),
            requirement: claims[*claim].requirement.clone(),
            verdict: *verdict,
            text: (*text).to_owned(),
            evidence: evidence.iter().copied().map(Seq).collect(),
            margins: margins(text),
        })
        .collect();
    let program = Program {
        case: Case {
            id: id.to_owned(),
            title: title.to_owned(),
            purpose: format!("Ensure that {}.", title.to_lowercase()),
            requires: vec![claims[0].requirement.clone()],
            etsi: vec!["SIP_CC_TE_CE_V_001".to_owned()],
            tags: Vec::new(),
            when: None,
            defects: vec!["no-answer".to_owned()],
        },
        execution: id.to_owned(),
        values: BTreeMap::new(),
        roles: vec![Role {
            name: "alice".to_owned(),
            user: "alice".to_owned(),
            kind: RoleKind::Endpoint,
            codecs: vec!["PCMU".to_owned()],
            withhold: Vec::new(),
            outbound: Vec::new(),
            reach: crate::proto::transport::Reach::default(),
            security: crate::proto::offer_answer::Security::default(),
            rtcp: Vec::new(),
            certificate: crate::proto::certificate::Certificate::default(),
            register: None,
        }],
        steps: numbered()
            .map(|(id, (text, part, line))| Step {
                id,
                part: *part,
                text: (*text).to_owned(),
                file: record.scenario.clone(),
                line: *line,
                kind: StepKind::Hold(Duration::ZERO),
            })
            .collect(),
        claims,
        subjects: numbered()
            .map(|(step, (text, part, _))| Subject {
                step,
                part: *part,
                label: None,
                text: (*text).to_owned(),
                kind: SubjectKind::Received(RoleId(0).0),
                since: None,
            })
            .collect(),
    };
    let verdict = findings.iter().fold(Verdict::None, |worst, found| worst.merge(found.verdict));
    let sources = vec![Source { file: record.scenario.clone(), text: scenario.to_owned() }];
    let told = timeline.entries().iter().filter_map(|entry| {
        let is_relay = entry.seen == Seen::Line("relay open".to_owned());
        let event = Event { kind: EventKind::RelayOpen, detail: String::new() };
        is_relay.then_some((entry.seq, event))
    });
    let told = told.collect();
    JudgedCase { record, program, sources, findings, verdict, timeline, told }
}

/// What the sentence about jitter was judged by.
fn margins(text: &str) -> Vec<Margin> {
    let measured = Measured { value: 4.96e-3, uncertainty: 0.06e-3, unit: Unit::Seconds };
    let limits = Limits::of(&..5e-3);
    let margin = Margin { figure: "jitter.p99".to_owned(), measured, limits };
    text.starts_with("Jitter p99 ").then_some(margin).into_iter().collect()
}

#[test]
fn what_has_one_reason_is_one_line() {
    let mut run = example();
    let left =
        ["A-1", "A-2", "A-3"].map(|case| (case, if case == "A-2" { "no time" } else { "stopped" }));
    run.record.not_run = left.map(|(case, why)| (case.to_owned(), why.to_owned())).into();
    let table = text::table(&run);
    let lines: Vec<&str> = table.lines().filter(|line| line.starts_with("not run")).collect();
    assert_eq!(lines, ["not run         A-1, A-3: stopped", "not run         A-2: no time"]);
}

#[test]
fn the_table_of_a_terminal() {
    insta::assert_snapshot!(text::table(&example()), @"
    inconclusive  UAS-INV-001     2.64 s  The device answers a call
                                          Jitter p99 is 4.96 ms ± 0.06 ms, and the limit of 5 ms lies within.
    fail          UAS-OPT-001     2.00 s  OPTIONS is answered
                                          Expected 200 to OPTIONS within 2 s; got `500 <Server> & Error` after 2.9 ms.
    not applicable  TLS-001: sips
    not run         UAC-009: interrupted before it

    fail: 1 fail, 1 inconclusive, 1 not applicable, 1 not run
    ");
}

#[test]
fn the_ladder_of_a_call() {
    insta::assert_snapshot!(text::ladder(&example().cases[0]), @"
    ms         alice                                 dut
          0.1  |                                     |  > status
          1.4  |                                     |  < state idle
          1.8  |-- INVITE, SDP --------------------->|
        501.8  |-- INVITE, SDP --------------------->|  (retransmission 1)
        503.1  |<- 180 Ringing (INVITE) -------------|
        503.4  |                                     |  < [   12.103] incoming sip:alice@127.0.0.10
        504.0  |                                     |  > answer
        505.2  |                                     |  < established <PCMU/8000>
        506.0  |<- 200 OK (INVITE), SDP -------------|
        506.6  |-- ACK ----------------------------->|
        510.0  |== RTP PCMU, 100 packets, 1.98 s ===>|  [inconclusive QOS-JITTER]
        516.1  |<= RTP PCMU, 99 packets, 1.98 s =====|  [inconclusive QOS-JITTER]
       2520.0  |== RTP event 5, 6 packets, 0.10 s ==>|
       2590.5  |                                     |  < relay open
       2641.0  |-- BYE ----------------------------->|
       2642.9  |<- 200 OK (BYE) ---------------------|
    ");
}

#[test]
fn the_ladder_of_a_request_that_fails() {
    insta::assert_snapshot!(text::ladder(&example().cases[1]), @"
    ms         alice                                 dut
          0.0  |                                     |  * reset
          0.4  |-- OPTIONS ------------------------->|
          3.3  |<- 500 <Server> & Error (OPTIONS) ---|  [fail RFC3261-11.2-1]
        900.0  |                                     |  * the machine stood still for 17.0 ms
       2000.5  |                                     |  ! unmet `dut -> alice: 200`: no 200 from dut within 2 s; 500 came instead
    ");
}

#[test]
fn the_summary_of_a_ci_run() {
    insta::assert_snapshot!("markdown", markdown::render(&example(), &catalogue()));
}

#[test]
fn the_report_for_a_ci_system() {
    insta::assert_snapshot!("junit", junit::render(&example()).unwrap());
}

#[test]
fn the_report_for_programs() {
    insta::assert_snapshot!("json", json::render(&example(), &catalogue()).unwrap());
}

#[test]
fn the_page() {
    let site = html::render(&example(), &catalogue(), "").unwrap();
    assert_eq!(site.beside, [], "what did not pass is within the page");
    insta::assert_snapshot!("html", outline(&site.page));
}

#[test]
fn the_figures_of_a_stream_are_those_of_wireshark() {
    let run = example();
    let [stream] = &stream::Stream::received(&run.cases[0])[..] else { panic!("one stream") };
    // `tshark -q -z rtp,streams` on the capture of the same timeline; see `evidence::pcapng`.
    assert_eq!((stream.packets, stream.lost), (99, 1));
    assert_eq!((stream.duplicates, stream.reordered), (0, 0));
    assert!((stream.jitter_ms.max - 1.568).abs() < 0.002, "{}", stream.jitter_ms.max);
    assert!((stream.jitter_ms.mean - 1.143).abs() < 0.02, "{}", stream.jitter_ms.mean);
}

/// Both runs stay as they are, and every report says that they differ.
#[test]
fn a_flaky_case_is_said_to_be_flaky_everywhere() {
    let mut run = example();
    let mut again = options();
    again.verdict = Verdict::Pass;
    again.record.repeat = 2;
    run.cases.push(again);
    let counts = run.counts();
    assert_eq!((counts.pass, counts.fail, counts.inconclusive, counts.flaky), (1, 1, 1, 1));
    assert_eq!(run.verdict(), Verdict::Fail);
    let said =
        "1 fail, 1 pass of 2 runs; flake rate 50 %, between 1.3 % and 99 % at 95 % confidence";
    assert!(text::table(&run).contains(&format!("flaky           UAS-OPT-001: {said}")));
    let summary = markdown::render(&run, &catalogue());
    assert!(summary.contains(&format!("## Flaky: 1\n\n- UAS-OPT-001: {said}")), "{summary}");
    let json = json::render(&run, &catalogue()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["flaky"][0]["runs"]["fail"], &json["flaky"][0]["sentence"]),
        (&1.into(), &said.into())
    );
    assert!(html::render(&run, &catalogue(), "").unwrap().page.contains(said));
}

/// The page of a run in which one of two cases that did not pass has an erratum.
fn page_with(standing: Standing) -> String {
    let mut run = example();
    let erratum = serde_json::json!({
        "device": "intercom", "firmware": "*", "case": "UAS-OPT-001", "owner": "anna@example.org",
        "reason": "no answer while <booting>", "expires": "2999-12-31",
    });
    let erratum = serde_json::from_value(erratum).unwrap();
    run.errata.push(Noted { erratum, standing, labels: vec!["UAS-OPT-001".to_owned()] });
    html::render(&run, &catalogue(), "").unwrap().page
}

#[test]
fn a_known_departure_colours_the_page_and_silences_nothing() {
    let page = page_with(Standing::Known);
    for part in [
        "class=\"case fail known\" id=\"UAS-OPT-001\"",
        "Of 2 cases that did not pass, <a href=\"#departures\">1 is a known departure</a>: counted all the same.",
        "<span class=\"departure known\">known departure: no answer while",
        "<option value=\"known\">known</option>",
        "<strong>fail</strong> <span class=\"counts\">1 fail, 1 inconclusive,",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{}", outline(&page));
    }
    // At the case, at the requirement that it says is not met, and in the table.
    assert_eq!(page.matches("no answer while &#60;booting&#62;").count(), 3, "{}", outline(&page));

    let page = page_with(Standing::Expired);
    assert!(page.contains("class=\"case fail\" id=\"UAS-OPT-001\""));
    assert!(
        page.contains("<span class=\"departure void\">EXPIRED") && page.contains(">0 are known")
    );
    let without = html::render(&example(), &catalogue(), "").unwrap().page;
    assert!(!without.contains("name=\"k\"") && !without.contains("known departure"));
}

#[test]
fn a_merged_run_shows_its_parts() {
    let mut run = example();
    let part = |id: &str, shard: &str, ended| PartRecord {
        id: id.to_owned(),
        shard: shard.parse().ok(),
        ended,
        started_unix_ns: run.record.started_unix_ns,
        order: run.record.order,
        rig: "rig.yaml".to_owned(),
        board: None,
        calibration: run.record.calibration.clone(),
        cases: 7,
    };
    run.record.parts = vec![
        part("monday-host-intercom", "1/3", PartEnd::Sealed),
        part("tuesday-host-intercom", "2/3", PartEnd::Killed),
    ];
    run.record.extent.missing = vec!["3/3".parse().unwrap()];
    let page = html::render(&run, &catalogue(), "").unwrap().page;
    for part in [
        "2 runs, listed under Bench; shard 3/3 is missing",
        "monday-host-intercom</td><td>1/3</td>",
        "<td class=\"number\">7</td><td class=\"number\">0.102</td>",
        "was killed</td>",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{}", outline(&page));
    }
}

fn doubt(text: &str) -> Doubt {
    Doubt { text: text.to_owned(), at_best: Verdict::Error }
}

#[test]
fn evidence_in_doubt_never_makes_a_pass() {
    let mut run = example();
    run.cases.iter_mut().for_each(|case| case.verdict = Verdict::Pass);
    assert_eq!(run.verdict(), Verdict::Pass);
    run.doubts.push(Doubt { at_best: Verdict::Inconclusive, ..doubt("the run has no end") });
    assert_eq!(run.verdict(), Verdict::Inconclusive);
    run.doubts.push(doubt("`run.json` was changed after the run"));
    assert_eq!(run.verdict(), Verdict::Error);
}

#[test]
fn an_interrupted_case_says_how_far_it_came() {
    let mut case = call();
    case.record.ended = Ended::Interrupted;
    let sentence = "The run was interrupted in this case; what was seen ends at 2642.9 ms.";
    assert_eq!(case.sentence().unwrap(), sentence);
}

#[test]
fn times_are_since_the_case_began_whenever_that_was() {
    let run = example();
    let mut later = run.clone();
    for case in &mut later.cases {
        let mut timeline = Timeline::default();
        for entry in case.timeline.entries() {
            timeline.record(entry.at + span(61_000), entry.pco, entry.seen.clone());
        }
        case.timeline = timeline;
    }
    assert_eq!(text::ladder(&later.cases[0]), text::ladder(&run.cases[0]));
    // All but the clock on the wall and the stamps of entries.
    let page = |run| outline(&html::render(run, &catalogue(), "").unwrap().page);
    let without = |page: String| {
        let kept = page.lines().filter(|line| !line.contains("entr") && !line.contains("wall"));
        kept.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without(page(&later)), without(page(&run)));
}

#[test]
fn links_lead_from_another_folder_to_the_evidence() {
    let page = html::render(&example(), &catalogue(), "../run%201/").unwrap().page;
    assert!(page.contains("href=\"../run%201/cases/UAS-INV-001/timeline.jsonl\""), "{page}");
}

/// The page without its style, script and plots, and without space at line ends.
fn outline(page: &str) -> String {
    let mut rest = page.to_owned();
    for tag in ["style", "script", "svg"] {
        let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
        while let Some(start) = rest.find(&open) {
            let end = start + rest[start..].find(&close).unwrap() + close.len();
            rest.replace_range(start..end, &format!("({tag})"));
        }
    }
    rest.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_verdict_other_than_pass_has_a_sentence() {
    let mut case = options();
    assert_eq!(case.sentence().unwrap(), case.findings[0].text);
    case.findings.clear();
    assert!(case.sentence().unwrap().starts_with("`dut -> alice: 200`: no 200 from dut"));
    case.verdict = Verdict::Error;
    case.record.ended = Ended::Fault("no console output for 30 s".to_owned());
    assert_eq!(case.sentence().unwrap(), "no console output for 30 s");
    case.verdict = Verdict::Pass;
    assert_eq!(case.sentence(), None);
}

#[test]
fn doubts_are_in_every_report() {
    let mut run = example();
    run.doubts.push(doubt("`run.json` was changed after the run"));
    let reports = [
        text::table(&run),
        markdown::render(&run, &catalogue()),
        json::render(&run, &catalogue()).unwrap(),
        junit::render(&run).unwrap(),
    ];
    for report in reports {
        assert!(report.contains("was changed after the run"), "{report}");
    }
}

const CALL: &str = "\
id: UAS-INV-001
title: The device answers a call
purpose: >
  Ensure that the device answers a call.
requires: [RFC3261-13.3.1.4-1]
when: uas and codec.pcmu

roles:
  alice: { codecs: [PCMU] }

preamble:
  - dut: idle
body:
  - alice -> dut: INVITE
  - dut -> alice: 180
  - dut: answer
  - dut -> alice: 200
    within: 2 s
    check:
      - RFC3264-6.1-4: answer.audio.codec == PCMU
  - alice -> dut: ACK
  - dut ~> alice: audio
    check:
      - QOS-JITTER: jitter.p99 < 5 ms
  - alice -> dut: BYE
  - dut -> alice: 200
";

const OPTIONS: &str = "\
id: UAS-OPT-001
title: OPTIONS is answered
roles:
  alice: {}
body:
  - alice -> dut: OPTIONS
  - dut -> alice: 200
    within: 2 s
";

#[test]
fn one_case_on_a_terminal() {
    insta::assert_snapshot!(text::case(&example().cases[1]), @"
    UAS-OPT-001: OPTIONS is answered
    fail
    Expected 200 to OPTIONS within 2 s; got `500 <Server> & Error` after 2.9 ms.

    ms         alice                                 dut
          0.0  |                                     |  * reset
          0.4  |-- OPTIONS ------------------------->|
          3.3  |<- 500 <Server> & Error (OPTIONS) ---|  [fail RFC3261-11.2-1]
        900.0  |                                     |  * the machine stood still for 17.0 ms
       2000.5  |                                     |  ! unmet `dut -> alice: 200`: no 200 from dut within 2 s; 500 came instead

    fail          RFC3261-11.2-1: Expected 200 to OPTIONS within 2 s; got `500 <Server> & Error` after 2.9 ms.
                  calls/uas-opt-001.yaml:7 `dut -> alice: 200`
    ");
}

#[test]
fn the_same_run_gives_the_same_bytes_and_the_page_holds_so_much_and_no_more() {
    let mut run = example();
    let call = run.cases[0].clone();
    run.cases = vec![call; 90];
    for (case, number) in run.cases.iter_mut().zip(0..) {
        case.record.folder = format!("cases/UAS-INV-{number:03}");
    }
    let site = html::render(&run, &catalogue(), "").unwrap();
    let again = html::render(&run, &catalogue(), "").unwrap();
    assert!(site.page == again.page && site.beside == again.beside);
    assert!(site.page.len() < 3_200_000, "{} bytes", site.page.len());
    assert!((20..60).contains(&site.beside.len()), "{} beside", site.beside.len());
    for (name, script) in &site.beside {
        assert!(site.page.contains(&format!("data-detail=\"report/{name}\"")), "{name}");
        assert!(script.starts_with("ringtrue(\"UAS-INV-"), "{script:.40}");
    }
}

#[test]
fn nothing_that_a_device_says_is_markup() {
    let script = "</script><script>alert('&')</script>\u{202e}";
    let mut run = example();
    run.record.device.name = script.to_owned();
    run.record.device.version = Some(script.to_owned());
    run.doubts.push(doubt(script));
    let case = &mut run.cases[1];
    case.findings[0].text = script.to_owned();
    case.program.case.title = script.to_owned();
    let at = case.timeline.entries().last().unwrap().at;
    let line = Seen::Line(format!("{script}\u{1b}[31m"));
    let seq = case.timeline.record(at, Pco::CONTROL, line).seq;
    case.told.push((seq, Event { kind: EventKind::Incoming, detail: script.to_owned() }));
    let invite = format!("INVITE sip:a SIP/2.0\r\nFrom: \"{script}\" <sip:b>\r\n\r\n");
    let datagram = Datagram {
        local: "127.0.0.10:5062".parse().unwrap(),
        remote: "127.0.0.20:5060".parse().unwrap(),
        bytes: invite.into_bytes(),
        connection: None,
    };
    case.timeline.record(at, example::SIP, Seen::Received(datagram));
    for verdict in [Verdict::Fail, Verdict::Pass] {
        run.cases[1].verdict = verdict;
        let site = html::render(&run, &catalogue(), "").unwrap();
        let beside = usize::from(verdict == Verdict::Pass);
        assert_eq!((site.page.matches("<script").count(), site.beside.len()), (1, beside));
        assert!(!site.page.contains('\u{1b}') && !site.page.contains('\u{202e}'));
        assert!(!site.beside.iter().any(|(_, script)| script.contains(['<', '\u{202e}'])));
    }
    // There the version is a span of code.
    run.record.device.version = None;
    assert!(!markdown::render(&run, &catalogue()).contains("<script>"));
    junit::render(&run).unwrap();
}
