use super::*;
use crate::drive::link::channel;
use crate::drive::pki::DeviceFiles;
use crate::wire::IpVersion;
use tempfile::TempDir;

#[tokio::test]
async fn power_is_put_on_once_and_no_process_runs_on() {
    let folder = TempDir::new().unwrap();
    let rig = "rig: test
tier: host
device: none
network: { harness: 127.0.0.1, device: 127.0.0.1 }
control: { kind: pty }
process: { command: [sleep, '60'] }
";
    let here = folder.path().to_owned();
    let spec = BenchSpec {
        profile: serde_saphyr::from_str(rig).unwrap(),
        here: folder.path().to_owned(),
        folder: folder.path().to_owned(),
        defects: Vec::new(),
        seed: 1,
        ip: IpVersion::V4,
        pki: DeviceFiles { ca: here.clone(), certificate: here.clone(), key: here.clone() },
        tap: None,
        accelerator: Accelerator::Tcg,
    };
    let (feed, _inbox) = channel();
    let mut bench = Bench::new(spec, RunClock::start(), feed).unwrap();
    assert_eq!(bench.pid(), None);
    bench.perform(Command::PowerOn).await.unwrap();
    let first = bench.pid().unwrap();
    assert_eq!(bench.perform(Command::PowerOn).await, Err(Fault::is_on()));
    assert_eq!(bench.pid(), Some(first), "the handle of the first was lost");

    bench.perform(Command::Reset).await.unwrap();
    let second = bench.pid().unwrap();
    assert!(second != first && !is_there(first));
    bench.perform(Command::PowerOff).await.unwrap();
    assert!(bench.pid().is_none() && !is_there(second));
    bench.perform(Command::PowerOff).await.unwrap();
}

fn is_there(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}
