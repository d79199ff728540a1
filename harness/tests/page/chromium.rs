//! A browser without a window, told over a pipe what to do (Chrome `DevTools` Protocol).

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// One browser with one page.
pub(crate) struct Chromium {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Value,
    calls: u64,
    /// What went wrong in the page: exceptions, refusals of the security policy, files that are not there.
    pub(crate) complaints: Vec<String>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it; `None` where it is not installed and need not be.
    pub(crate) fn start() -> Option<Self> {
        let profile = TempDir::new().unwrap();
        // It reads commands from its descriptor 3 and writes answers to 4.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec chromium "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#, "sh"]);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--autoplay-policy=no-user-gesture-required",
            "--remote-debugging-pipe",
            "--window-size=1280,1000",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut this = Self {
            child,
            input,
            output: BufReader::new(output),
            session: Value::Null,
            calls: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        if this.version().is_none() {
            let is_required = std::env::var_os("RINGTRUE_REQUIRE_CHROMIUM").is_some();
            assert!(!is_required, "chromium does not start; is it installed?");
            return None;
        }
        let target = this.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        this.session = this.call("Target.attachToTarget", &attach)["sessionId"].take();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            this.call(domain, &json!({}));
        }
        Some(this)
    }

    /// Opens a file and waits until all of it is loaded.
    pub(crate) fn open(&mut self, path: &Path, hash: &str) {
        let address = format!("file://{}{hash}", path.display());
        // From elsewhere, so that it is loaded even where only the hash is another.
        for address in ["about:blank", &address] {
            self.call("Page.navigate", &json!({ "url": address }));
            while self.next()["method"] != "Page.loadEventFired" {}
        }
    }

    /// What an expression comes to in the page; a promise is waited for.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let parameters =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", &parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer:#}");
        answer["result"]["value"].take()
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            _ if key.chars().count() == 1 => key,
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "text": text });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Does what a command of the protocol says.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": parameters });
        if !self.session.is_null() {
            call["sessionId"] = self.session.clone();
        }
        self.send(&call).unwrap();
        loop {
            let mut answer = self.next();
            if answer["id"] == self.calls {
                assert!(answer.get("error").is_none(), "{method}: {answer:#}");
                return answer["result"].take();
            }
        }
    }

    /// The version, or `None` where nobody answers.
    fn version(&mut self) -> Option<Value> {
        self.send(&json!({ "id": 0, "method": "Browser.getVersion" })).ok()?;
        self.read()
    }

    fn send(&mut self, call: &Value) -> std::io::Result<()> {
        self.input.write_all(call.to_string().as_bytes())?;
        self.input.write_all(&[0])
    }

    fn read(&mut self) -> Option<Value> {
        let mut message = Vec::new();
        self.output.read_until(0, &mut message).unwrap();
        message.pop();
        serde_json::from_slice(&message).ok()
    }

    /// The next message; what the page complains of is kept.
    fn next(&mut self) -> Value {
        let message = self.read().expect("chromium goes on talking");
        let parameters = &message["params"];
        match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.complaints.push(parameters["exceptionDetails"].to_string());
            }
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.complaints.push(parameters["entry"]["text"].to_string());
            }
            _ => {}
        }
        message
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
