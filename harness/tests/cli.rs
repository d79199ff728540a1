//! The command as its users meet it: what it prints, and with which code it exits.
//!
//! Everything here is the virtual tier: no sockets, no hardware, virtual time.

#[cfg(test)]
mod cli {
    mod authoring;
    mod certifying;
    mod comparing;
    mod coverage;
    mod doctor;
    mod judging;
    mod merging;
    mod planning;
    mod progress;
    mod pruning;
    mod recording;
    mod rendering;
    mod resuming;
    mod running;

    use assert_cmd::Command;
    use std::fs;
    use std::path::{Path, PathBuf};
    use tempfile::TempDir;

    /// What the command said and how it ended.
    pub(crate) struct Said {
        pub(crate) code: i32,
        pub(crate) out: String,
        pub(crate) err: String,
    }

    /// Runs the command at the root of the repository.
    pub(crate) fn ringtrue(arguments: &[&str]) -> Said {
        ringtrue_with(arguments, &std::env::var("PATH").unwrap())
    }

    /// Runs the command where it finds other programs only in these folders.
    pub(crate) fn ringtrue_with(arguments: &[&str], path: &str) -> Said {
        let output = Command::cargo_bin("ringtrue")
            .unwrap()
            .current_dir(root())
            .env("PATH", path)
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        Said { code, out: text(output.stdout), err: text(output.stderr) }
    }

    pub(crate) fn root() -> PathBuf {
        fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
    }

    /// A run on the virtual rig, with a folder for its reports.
    pub(crate) struct Ran {
        pub(crate) said: Said,
        pub(crate) reports: TempDir,
    }

    impl Ran {
        pub(crate) fn of(arguments: &[&str]) -> Self {
            Self::on(VIRTUAL, arguments)
        }

        /// A run on another rig.
        pub(crate) fn on(rig: &str, arguments: &[&str]) -> Self {
            let reports = TempDir::new().unwrap();
            let place = reports.path().to_str().unwrap();
            let fixed = ["run", "--rig", rig, "--reports", place];
            let said = ringtrue(&[&fixed, arguments].concat());
            Self { said, reports }
        }

        /// The folder of the run.
        pub(crate) fn folder(&self) -> PathBuf {
            fs::canonicalize(self.reports.path().join("latest")).unwrap()
        }
    }

    /// Copies a folder with all that is below it.
    pub(crate) fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }

    /// The text of a file.
    pub(crate) fn text(path: &Path) -> String {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) const VIRTUAL: &str = "firmware-under-test/intercom/virtual.rig.yaml";
}
