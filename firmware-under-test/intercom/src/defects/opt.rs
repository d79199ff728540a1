//! OPTIONS.

use super::Defect;

defects! {
    4;
    OPTIONS_WITHOUT_ALLOW: "options-without-allow",
        "answers OPTIONS without Allow",
        ["RFC3261-11.2-2"];
}
