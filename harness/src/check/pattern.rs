//! Regular expressions of profiles and checks.

/// What is wrong with a regular expression, in one line: its author sees where.
pub fn mistake(error: &regex::Error) -> String {
    let words = error.to_string();
    let last = words.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_one_line() {
        let error = regex::Regex::new(&"(".repeat(2)).unwrap_err();
        assert_eq!(mistake(&error), "unclosed group");
    }
}
