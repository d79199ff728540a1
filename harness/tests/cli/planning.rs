//! `plan`: what a run would do, how long it takes, and what does not apply.

use super::{Ran, ringtrue};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const VIRTUAL: &str = super::VIRTUAL;

fn plan(arguments: &[&str]) -> super::Said {
    ringtrue(&[&["plan", "--rig", VIRTUAL], arguments].concat())
}

fn planned(arguments: &[&str]) -> Value {
    let said = plan(&[arguments, &["--json"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

fn executions(plan: &Value) -> Vec<&str> {
    let all = plan["executions"].as_array().unwrap();
    all.iter().map(|one| one["execution"].as_str().unwrap()).collect()
}

#[test]
fn what_would_run_is_what_runs() {
    let ran = Ran::of(&["OPT-*", "REG-00*"]);
    let report = super::text(&ran.folder().join("report.json"));
    let report: Value = serde_json::from_str(&report).unwrap();
    let ids = |list: &Value, key: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
    };
    let plan = planned(&["OPT-*", "REG-00*", "--reports", ran.reports.path().to_str().unwrap()]);
    assert_eq!(ids(&plan["executions"], "execution"), ids(&report["cases"], "execution"));
    assert_eq!(ids(&plan["not_applicable"], "execution"), ids(&report["not_applicable"], "case"));
    // It ran before, so how long it takes is known.
    for one in plan["executions"].as_array().unwrap() {
        assert_eq!(one["basis"], "execution", "{one}");
        assert!(one["expected_s"].as_f64().unwrap() > 0.0, "{one}");
    }
}

#[test]
fn what_does_not_apply_is_told_with_what_is_lacking() {
    let suite = TempDir::new().unwrap();
    super::copy(
        &super::root().join("fixtures/requirements"),
        &suite.path().join("fixtures/requirements"),
    );
    let cases = suite.path().join("scenarios");
    fs::create_dir(&cases).unwrap();
    for (id, when) in
        [("AA-001", "uas"), ("AA-002", "uas and (smell or taste)"), ("AA-003", "not uas")]
    {
        let text = super::text(&super::root().join("scenarios/OPT/OPT-001.yaml"));
        let text = text.replace("OPT-001", id).replace("when: uas\n", &format!("when: {when}\n"));
        fs::write(cases.join(format!("{id}.yaml")), text).unwrap();
    }
    let root = suite.path().to_str().unwrap();
    let said = plan(&["--root", root, "--reports", root]);
    assert_eq!(said.code, 0, "{}", said.err);
    for line in [
        "AA-001        ?",
        "AA-002  needs `uas and (smell or taste)`; not claimed: smell, taste",
        "AA-003  needs `not uas`; claimed: uas",
        "1 execution(s), how long is not known: none ran before; 2 not applicable",
        "on intercom, by rig",
    ] {
        assert!(said.out.contains(line), "{line} is missing:\n{}", said.out);
    }
}

#[test]
fn shards_have_everything_once_and_about_as_much() {
    let ran = Ran::of(&["REG-*"]);
    let folder = ran.folder();
    let durations = folder.join("durations.json");
    let whole = planned(&["REG-*"]);
    let mut all: Vec<String> = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let one = planned(&["REG-*", "--shard", shard, "--durations", durations.to_str().unwrap()]);
        let by_folder =
            planned(&["REG-*", "--shard", shard, "--durations", folder.to_str().unwrap()]);
        assert_eq!(one["executions"].as_array().unwrap().len(), executions(&by_folder).len());
        all.extend(executions(&one).into_iter().map(str::to_owned));
        let loads = one["shards"].as_array().unwrap().iter();
        let loads: Vec<f64> = loads.map(|it| it["expected_s"].as_f64().unwrap()).collect();
        let longest = one["executions"].as_array().unwrap().iter();
        let longest = longest.map(|it| it["expected_s"].as_f64().unwrap()).fold(0.0, f64::max);
        let most = loads.iter().copied().fold(0.0, f64::max);
        let mean = loads.iter().sum::<f64>() / 3.0;
        assert!(most <= mean * 1.3 || most <= longest * 1.01, "{loads:?}, longest {longest}");
    }
    all.sort();
    let mut expected: Vec<_> = executions(&whole).into_iter().map(str::to_owned).collect();
    expected.sort();
    assert_eq!(all, expected);
}

#[test]
fn durations_that_do_not_fit_are_refused() {
    let place = TempDir::new().unwrap();
    let path = place.path().join("durations.json");
    for (text, expected) in [
        (
            "{\"schema\":1,\"tier\":\"host\",\"seconds\":{}}",
            "its times are of tier `host`, and the rig is of tier `virtual`",
        ),
        ("{\"schema\":7,\"tier\":\"virtual\",\"seconds\":{}}", "its layout is version 7"),
        ("{\"schema\":1,\"tier\":\"virtual\",\"seconds\":{\"A\":-1}}", "`A` cannot take -1 s"),
        ("<xml>", "give the folder of a run, or the durations.json of one"),
    ] {
        fs::write(&path, text).unwrap();
        let said = plan(&["OPT-001", "--durations", path.to_str().unwrap()]);
        assert_eq!(said.code, 64, "{}", said.out);
        assert!(said.err.contains(expected), "{expected} is missing: {}", said.err);
    }
    let said = plan(&["OPT-001", "--durations", "/no/such.json"]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("/no/such.json"), "{}", said.err);
}

#[test]
fn only_what_failed_runs_again() {
    let ran = Ran::of(&["OPT-001", "UAS-INV-001", "UAS-INV-002", "--defect", "no-ringing"]);
    let reports = ran.reports.path().to_str().unwrap();
    let folder = ran.folder();
    let again = planned(&["--rerun", "failed", "--reports", reports]);
    assert!(executions(&again).contains(&"UAS-INV-001"), "{again}");
    assert!(!executions(&again).contains(&"OPT-001"), "{again}");
    let named = planned(&["--rerun", "failed", "--from", folder.to_str().unwrap(), "UAS-*"]);
    assert_eq!(executions(&named), executions(&again));

    let said = plan(&["--rerun", "failed", "--from", folder.to_str().unwrap(), "OPT-*"]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("nothing that did not pass in it is selected here"), "{}", said.err);
    // Once it passes there is nothing left to run again.
    let fixed = ["run", "--rig", VIRTUAL, "--reports", reports, "--rerun", "failed"];
    assert_eq!(ringtrue(&fixed).code, 0);
    let said = ringtrue(&fixed);
    assert_eq!(said.code, 4, "{}{}", said.out, said.err);
    assert!(said.err.contains("everything passed in"), "{}", said.err);
    let nowhere = TempDir::new().unwrap();
    let said = plan(&["--rerun", "failed", "--reports", nowhere.path().to_str().unwrap()]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("is it the folder of a run?"), "{}", said.err);
    assert_eq!(plan(&["--rerun", "everything"]).code, 64);
    assert_eq!(plan(&["--from", "x"]).code, 64);
}

#[test]
fn a_plan_of_nothing_selects_nothing() {
    assert_eq!(plan(&["NO-SUCH-*"]).code, 4);
    assert_eq!(ringtrue(&["plan"]).code, 64);
    assert_eq!(ringtrue(&["plan", "--rig", "no-such.rig.yaml"]).code, 64);
}

#[test]
fn an_execution_over_what_a_case_is_not_about_does_not_apply() {
    let varied = ["TXN-001", "OPT-001", "--transport", "udp,tls", "--ip", "v6"];
    let told = planned(&varied);
    assert_eq!(
        executions(&told),
        [
            "OPT-001[transport=udp,ip=v6]",
            "OPT-001[transport=tls,ip=v6]",
            "TXN-001[transport=udp,ip=v6]"
        ]
    );
    let left = &told["not_applicable"][0];
    assert_eq!(left["execution"], "TXN-001[transport=tls,ip=v6]");
    assert_eq!(left["why"], "needs `uac and over.udp`; this execution is: over.tls, over.v6");
    let said = plan(&["--transport", "sctp"]);
    assert_eq!(said.code, 64);
}
