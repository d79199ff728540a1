use super::*;
use crate::drive::link::{Inbox, channel};
use crate::drive::serial::SerialLink;
use tempfile::TempDir;

struct Bench {
    folder: TempDir,
    clock: RunClock,
    feed: Feed,
    inbox: Inbox,
}

fn bench() -> Bench {
    let (feed, inbox) = channel();
    Bench { folder: tempfile::tempdir().unwrap(), clock: RunClock::start(), feed, inbox }
}

impl Bench {
    fn start(&self, script: &str, console: Console) -> Result<Process, Fault> {
        let spec = ProcessSpec {
            argv: ["sh", "-c", script].map(Into::into).to_vec(),
            env: vec![("NAME".into(), "door".into())],
            directory: Some(self.folder.path().to_owned()),
            console,
            errors: self.errors(),
        };
        Process::start(LinkId(9), "device", &spec, self.clock, self.feed.clone())
    }

    fn errors(&self) -> PathBuf {
        self.folder.path().join("stderr")
    }

    async fn next(&mut self) -> LinkEvent {
        self.inbox.recv().await.unwrap().what
    }
}

#[tokio::test]
async fn its_end_is_told_and_its_errors_are_kept() {
    let mut bench = bench();
    let _process = bench.start("echo $NAME >&2; exit 3", Console::Nowhere).unwrap();
    let exited = LinkEvent::Exited { link: LinkId(9), status: "exit code 3".to_owned() };
    assert_eq!(bench.next().await, exited);
    assert_eq!(std::fs::read_to_string(bench.errors()).unwrap(), "door\n");
}

#[tokio::test]
async fn a_pipe_is_a_console() {
    let mut bench = bench();
    let mut process = bench.start("read line; echo got $line", Console::Pipes).unwrap();
    process.write(b"status\n").await.unwrap();
    let bytes = LinkEvent::Bytes { link: LinkId(9), bytes: b"got status\n".to_vec() };
    assert_eq!(bench.next().await, bytes);
}

#[tokio::test]
async fn a_pty_is_a_console() {
    let mut bench = bench();
    let line = SerialLink::pair(LinkId(2), "console", bench.clock, bench.feed.clone());
    let mut line = line.unwrap();
    let far = Console::Tty(line.far_end().unwrap().to_owned());
    let _process = bench.start("test -t 0 && read line && echo got $line", far).unwrap();
    line.write(b"status\n").unwrap();
    let mut seen = Vec::new();
    while seen.len() < 2 {
        seen.push(bench.next().await);
    }
    let bytes = LinkEvent::Bytes { link: LinkId(2), bytes: b"got status\n".to_vec() };
    let exited = LinkEvent::Exited { link: LinkId(9), status: "exit code 0".to_owned() };
    assert!(seen.contains(&bytes) && seen.contains(&exited), "{seen:?}");
}

#[tokio::test]
async fn it_is_asked_to_end_before_it_is_made_to() {
    let mut bench = bench();
    let long = Duration::from_secs(60);
    // Each says first that its trap is set.
    let script = "trap 'exit 7' TERM; echo set; while :; do read x || sleep 0.01; done";
    let mut polite = bench.start(script, Console::Pipes).unwrap();
    assert!(matches!(bench.next().await, LinkEvent::Bytes { .. }));
    drop(polite.input.take());
    assert_eq!(polite.stop(long).await, "exit code 7");
    assert!(matches!(bench.next().await, LinkEvent::Exited { .. }));

    let mut deaf = bench.start("trap '' TERM; echo set; exec sleep 1000", Console::Pipes).unwrap();
    assert!(matches!(bench.next().await, LinkEvent::Bytes { .. }));
    assert_eq!(deaf.stop(Duration::from_millis(20)).await, "killed by SIGKILL");
    assert_eq!(deaf.stop(long).await, "ended before");
}

#[tokio::test]
async fn the_process_that_runs_is_the_one_whose_id_we_have_and_it_dies_with_us() {
    let bench = bench();
    let process = bench.start("exec sleep 1000", Console::Nowhere).unwrap();
    // `setpriv` becomes the shell, which becomes `sleep`: wait for the last of the three.
    let name = format!("/proc/{}/comm", process.pid());
    while std::fs::read_to_string(&name).unwrap() != "sleep\n" {
        tokio::task::yield_now().await;
    }
    drop(process);
    while std::fs::read_to_string(&name).is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_missing_program_says_what_to_do() {
    let bench = bench();
    let spec = ProcessSpec {
        argv: vec!["no-such-softphone".into()],
        env: Vec::new(),
        directory: None,
        console: Console::Nowhere,
        errors: bench.errors(),
    };
    let started = Process::start(LinkId(9), "device", &spec, bench.clock, bench.feed.clone());
    assert_eq!(
        format!("cannot {}", started.unwrap_err()),
        "cannot start `no-such-softphone` on `device`: there is no such program; \
         build or install it, or mend its path in the device's profile"
    );
}

#[tokio::test]
async fn one_that_has_ended_by_itself_is_not_waited_for() {
    let bench = bench();
    let mut process = bench.start("exit 3", Console::Nowhere).unwrap();
    process.ended().await;
    let stopped = timeout(Duration::from_secs(5), process.stop(Duration::ZERO)).await;
    assert_eq!(stopped.as_deref(), Ok("ended before"));
}
