//! Days of the calendar.

use serde::Deserialize;
use std::fmt;

/// A day of the calendar: `2027-03-01`. The order is that of time.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "String")]
pub struct Day(String);

impl Day {
    /// The day as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no day of the calendar; write it as `2027-03-01`");
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return Err(wrong()) };
        let number = |part: &str, digits: usize| -> Option<u32> {
            (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let (Some(year), Some(month), Some(day)) =
            (number(year, 4), number(month, 2), number(day, 2))
        else {
            return Err(wrong());
        };
        let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(is_leap),
            _ => 0,
        };
        if (1..=days).contains(&day) { Ok(Self(text)) } else { Err(wrong()) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for wrong in ["2027-02-29", "2027-13-01", "27-01-01", "tomorrow", "2027-1-1", "2027-00-10"]
        {
            let error = Day::try_from(wrong.to_owned()).unwrap_err();
            assert!(error.contains("write it as `2027-03-01`"), "{error}");
        }
        let day = |text: &str| Day::try_from(text.to_owned()).unwrap();
        assert!(day("2028-02-29") < day("2028-03-01") && day("2027-12-31") < day("2028-01-01"));
    }
}
