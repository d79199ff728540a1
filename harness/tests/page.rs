//! The report page in a browser: what a reader does with it, and what a device can't do to it.
//!
//! Where Chromium is not installed nothing is checked, and the tests say so; with `RINGTRUE_REQUIRE_CHROMIUM`
//! set they fail. The big run is for `ci/page`.

#[cfg(test)]
mod page {
    mod chromium;

    use chromium::Chromium;
    use serde_json::json;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::time::Instant;
    use tempfile::TempDir;

    /// A run of the real program on the virtual rig.
    struct Ran {
        place: TempDir,
    }

    impl Ran {
        fn of(root: &Path, arguments: &[&str]) -> Self {
            Self::on(&project().join(DEVICE).join("virtual.rig.yaml"), root, arguments)
        }

        fn on(rig: &Path, root: &Path, arguments: &[&str]) -> Self {
            let place = TempDir::new().unwrap();
            let program = std::env::var("RINGTRUE_PROGRAM");
            let program = program.unwrap_or_else(|_| env!("CARGO_BIN_EXE_ringtrue").to_owned());
            let output = Command::new(program)
                .current_dir(project())
                .args(["run", "--rig"])
                .arg(rig)
                .arg("--root")
                .arg(root)
                .arg("--reports")
                .arg(place.path())
                .args(arguments)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0..=2)), "{said}");
            Self { place }
        }

        fn page(&self) -> PathBuf {
            fs::canonicalize(self.place.path().join("latest/report.html")).unwrap()
        }
    }

    const DEVICE: &str = "firmware-under-test/intercom";

    fn project() -> PathBuf {
        fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
    }

    fn browser() -> Option<Chromium> {
        let browser = Chromium::start();
        if browser.is_none() {
            #[expect(clippy::print_stderr, reason = "a test that checks nothing must say so")]
            {
                eprintln!("not checked: chromium is not installed");
            }
        }
        browser
    }

    /// A script that waits for a condition, looked at with each frame.
    fn until(condition: &str) -> String {
        format!(
            "new Promise((done) => {{ const look = () => ({condition}) ? done(true) : \
             requestAnimationFrame(look); look(); }})"
        )
    }

    #[test]
    fn a_reader_filters_unfolds_and_follows_links() {
        let Some(mut browser) = browser() else { return };
        let cases = ["OPT-001", "QOS-002", "REG-001", "REG-002"];
        let ran = Ran::of(&project(), &[&cases[..], &["--defect", "refresh-late"]].concat());
        browser.open(&ran.page(), "");
        let shown =
            "[...document.querySelectorAll('.case')].filter((it) => !it.hidden).map((it) => it.id)";
        // What failed comes first, and is whole without anything beside the page.
        assert_eq!(browser.evaluate(shown), json!(["REG-002", "OPT-001", "QOS-002", "REG-001"]));
        assert_eq!(browser.evaluate("!!document.querySelector('#REG-002 .ladder')"), true);
        assert_eq!(browser.evaluate("!!document.querySelector('#OPT-001 .ladder')"), false);

        browser.evaluate("document.querySelector('[name=v][value=pass]').click()");
        assert_eq!(browser.evaluate(shown), json!(["REG-002"]));
        assert_eq!(browser.evaluate("location.hash"), "#?v=fail");
        browser.evaluate("document.querySelector('#filters [type=reset]').click()");
        browser.evaluate(&until("document.querySelectorAll('.case[hidden]').length === 0"));
        browser.press("/");
        for key in ["b", "a", "c", "k"] {
            browser.press(key);
        }
        assert_eq!(browser.evaluate(shown), json!(["QOS-002"]));
        browser.open(&ran.page(), "#?g=REG&r=RFC3261-10.2.4");
        assert_eq!(browser.evaluate(shown), json!(["REG-002"]));
        assert_eq!(
            browser.evaluate("document.querySelector('#shown').textContent"),
            "1 of 4 cases"
        );

        // A case that passed lies beside the page, and is loaded when an address or a key asks for it.
        browser.open(&ran.page(), "#QOS-002");
        browser.evaluate(&until("document.querySelector('#QOS-002 .ladder')"));
        assert_eq!(browser.evaluate("document.querySelector('#QOS-002').open"), true);
        browser.evaluate("document.querySelector('#OPT-001 summary').focus()");
        browser.press("k");
        assert_eq!(browser.evaluate("document.activeElement.closest('.case').id"), "REG-002");
        browser.press("j");
        browser.press("Enter");
        browser.evaluate(&until("document.querySelector('#OPT-001 .ladder')"));
        let evidence = "document.querySelector('#REG-002 .rests a').getAttribute('href')";
        let link = browser.evaluate(evidence);
        browser.open(&ran.page(), link.as_str().unwrap());
        let row = "document.querySelector('#REG-002 .entry.here').id";
        assert_eq!(browser.evaluate(&format!("'#' + {row}")), link);
        assert_eq!(browser.complaints, [""; 0]);
    }

    #[test]
    fn one_cursor_moves_over_lanes_ladder_plots_and_recording() {
        let Some(mut browser) = browser() else { return };
        let ran = Ran::of(&project(), &["QOS-002"]);
        browser.open(&ran.page(), "#QOS-002");
        browser.evaluate(&until("document.querySelector('#QOS-002 .tracks')"));
        browser.evaluate("document.querySelector('#QOS-002 .tracks').focus()");
        browser.press("ArrowRight");
        browser.press("ArrowRight");
        let here =
            "[...document.querySelectorAll('.entry')].findIndex((it) => it.matches('.here'))";
        assert_eq!(browser.evaluate(here), 1);
        browser.press("End");
        let places =
            "[...new Set([...document.querySelectorAll('.cursor')].map((it) => it.style.left))]";
        let places = browser.evaluate(places);
        assert_eq!(places.as_array().unwrap().len(), 1, "{places}");
        let axes =
            browser.evaluate("document.querySelectorAll('.axis .cursor:not([hidden])').length");
        assert!(axes.as_u64().unwrap() >= 5, "{axes}");
        // The recording is there to be heard, and its time is the cursor's.
        let heard = "new Promise((done) => { const it = document.querySelector('audio'); \
                     it.onerror = () => done(-1); it.onloadedmetadata = () => done(it.duration); it.load(); })";
        let heard = browser.evaluate(heard);
        assert!(heard.as_f64().unwrap() > 1.0, "{heard}");
        let limits = browser.evaluate(
            "[...document.querySelectorAll('.axis svg text')].map((it) => it.textContent.trim()).filter((it) => it.includes('at most'))",
        );
        assert!(limits.to_string().contains("loop.latency at most"), "{limits}");
        assert_eq!(browser.complaints, [""; 0]);
    }

    #[test]
    fn known_departures_are_shown_with_their_colour_and_found_by_the_filter() {
        let Some(mut browser) = browser() else { return };
        let folder = TempDir::new().unwrap();
        for file in ["device.yaml", "defects.yaml", "virtual.rig.yaml"] {
            fs::copy(project().join(DEVICE).join(file), folder.path().join(file)).unwrap();
        }
        let erratum = "- { device: intercom, firmware: '*', case: REG-002, owner: anna@example.org, \
                       reason: mended in spring, expires: 2999-12-31 }\n";
        fs::write(folder.path().join("errata.yaml"), erratum).unwrap();
        let rig = folder.path().join("virtual.rig.yaml");
        let defects = "refresh-late,options-without-allow";
        let ran =
            Ran::on(&rig, &project(), &["OPT-001", "REG-001", "REG-002", "--defect", defects]);
        let shown =
            "[...document.querySelectorAll('.case')].filter((it) => !it.hidden).map((it) => it.id)";
        browser.open(&ran.page(), "#?k=no&v=fail");
        assert_eq!(browser.evaluate(shown), json!(["OPT-001"]));
        browser.open(&ran.page(), "#?k=known");
        assert_eq!(browser.evaluate(shown), json!(["REG-002"]));
        let look = "['.badge', '.departure'].map((it) => getComputedStyle(document.querySelector('#REG-002 ' + it)).color)";
        let colours = browser.evaluate(look);
        assert_ne!(colours[0], colours[1], "the departure has a colour of its own");
        let badge = browser.evaluate("document.querySelector('#REG-002 .badge').textContent");
        assert_eq!(badge, "✗ fail");
        assert_eq!(
            browser.evaluate(
                "document.querySelector('[name=v][value=fail]').parentElement.textContent.trim()"
            ),
            "fail 2"
        );
        assert_eq!(browser.complaints, [""; 0]);
    }

    /// A suite of one case that passes and one that fails, in which the device sends back a name.
    fn hostile(name: &str) -> TempDir {
        let suite = TempDir::new().unwrap();
        let requirements = project().join("fixtures/requirements");
        fs::create_dir(suite.path().join("fixtures")).unwrap();
        std::os::unix::fs::symlink(requirements, suite.path().join("fixtures/requirements"))
            .unwrap();
        let cases = suite.path().join("scenarios/OPT");
        fs::create_dir_all(&cases).unwrap();
        for (id, claim) in [("OPT-901", "from.tag exists"), ("OPT-902", "header.From absent")] {
            let quoted =
                serde_json::to_string(&format!("\"{name}\" <sip:alice@example.org>;tag=a"));
            let text = format!(
                "id: {id}\ntitle: A name is shown\npurpose: Ensure that it is.\nrequires: [DEV-ALIVE]\n\
                 defect: options-without-allow\nbody:\n  - alice -> dut: OPTIONS\n    header:\n      \
                 From: {}\n  - dut -> alice: 200 (OPTIONS)\n    within: 2 s\n    check:\n      - DEV-ALIVE: {claim}\n",
                quoted.unwrap()
            );
            fs::write(cases.join(format!("{id}.yaml")), text).unwrap();
        }
        suite
    }

    #[test]
    fn a_name_with_a_script_is_shown_and_not_run() {
        let Some(mut browser) = browser() else { return };
        let name = "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>";
        let suite = hostile(name);
        let ran = Ran::of(suite.path(), &[]);
        browser.open(&ran.page(), "#OPT-901");
        browser.evaluate(&until("document.querySelector('#OPT-901 .ladder')"));
        let shows = |id: &str| {
            let name = serde_json::to_string(name).unwrap();
            format!(
                "[...document.querySelectorAll('#{id} .ladder pre')].filter((it) => it.textContent.includes({name})).length"
            )
        };
        // Once sent, once sent back.
        for id in ["OPT-901", "OPT-902"] {
            assert_eq!(browser.evaluate(&shows(id)), 2, "{id}");
        }
        assert_eq!(
            browser.evaluate("document.querySelectorAll('script, img, iframe, object').length"),
            1
        );
        assert_ne!(browser.evaluate("document.title"), "owned");
        assert_eq!(browser.complaints, [""; 0]);

        // Were something not escaped, the policy of the page would still not let it run.
        let refused = browser.evaluate(
            "new Promise((done) => { addEventListener('securitypolicyviolation', (it) => done(it.effectiveDirective)); \
             document.body.insertAdjacentHTML('beforeend', '<a id=slip onclick=\"document.title=1\">x</a>'); \
             document.getElementById('slip').click(); })",
        );
        assert_eq!(refused, "script-src-attr");
        assert_ne!(browser.evaluate("document.title"), "1");
        let network =
            browser.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', (it) => it.name)");
        assert_eq!(network, "TypeError");
    }

    #[test]
    #[ignore = "`ci/page` runs it, with a program as released"]
    #[expect(clippy::disallowed_methods, reason = "how long a browser takes is what is asked")]
    fn fifteen_hundred_cases_open_in_two_seconds() {
        let Some(mut browser) = browser() else { return };
        let defects = "refresh-late,no-ringing,slow-loopback,options-without-allow";
        let what = std::env::var("RINGTRUE_PAGE").unwrap_or_default();
        let mut arguments: Vec<&str> = what.split_whitespace().collect();
        arguments.extend(["--defect", defects]);
        let ran = Ran::of(&project(), &arguments);
        let page = ran.page();
        let size = fs::metadata(&page).unwrap().len();
        let began = Instant::now();
        browser.open(&page, "");
        // Until it is drawn.
        browser.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
        let took = began.elapsed();
        let count = browser.evaluate("document.querySelectorAll('.case').length");
        let failed = browser.evaluate("document.querySelectorAll('.case.fail').length");
        let began = Instant::now();
        browser.evaluate("document.querySelector('.case.pass').open = true");
        browser.evaluate(&until("document.querySelector('.case.pass .ladder')"));
        let unfolded = began.elapsed();
        let began = Instant::now();
        browser.evaluate("document.querySelector('[name=v][value=pass]').click()");
        let filtered = began.elapsed();
        #[expect(clippy::print_stdout, reason = "the figures are what this is run for")]
        {
            println!(
                "{count} cases, {failed} failed: {size} bytes; opened in {took:.2?}, unfolded in {unfolded:.2?}, \
                 filtered in {filtered:.2?}"
            );
        }
        assert!(count.as_u64().unwrap() >= 1_500, "{count} cases");
        assert!(failed.as_u64().unwrap() >= 15, "{failed} failed");
        assert!(size < 10_000_000, "{size} bytes");
        assert!(took.as_secs_f64() < 2.0, "opened in {took:.2?}");
        assert!(unfolded.as_secs_f64() < 1.0, "unfolded in {unfolded:.2?}");
        assert_eq!(browser.complaints, [""; 0]);
    }
}
