//! Wall-clock times for people.

/// `2026-11-22T19:00:00Z`, from nanoseconds since 1970-01-01 UTC.
pub fn utc(unix_ns: u64) -> String {
    let seconds = unix_ns / 1_000_000_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The day of an instant since 1970-01-01 UTC: `2026-11-22`.
pub fn day(unix_ns: u64) -> String {
    let mut text = utc(unix_ns);
    text.truncate("2026-11-22".len());
    text
}

/// `19:00:01.753`, from nanoseconds since 1970-01-01 UTC.
pub fn clock(unix_ns: u64) -> String {
    let milliseconds = unix_ns / 1_000_000 % 86_400_000;
    let (second, millisecond) = (milliseconds / 1_000, milliseconds % 1_000);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{hour:02}:{minute:02}:{second:02}.{millisecond:03}")
}

/// `45 s`, `4:05 min` or `1:12 h`: a time as people say it.
pub fn span(span: std::time::Duration) -> String {
    let seconds = (span.as_millis() + 500) / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02} min"),
        (hours, minutes, _) => format!("{hours}:{minutes:02} h"),
    }
}

/// The Gregorian date of a day since 1970-01-01.
///
/// Years begin in March here, so that the leap day is the last of a year.
fn civil(days: u64) -> (u64, u64, u64) {
    let since_march_0 = days + 719_468;
    let (era, day) = (since_march_0 / 146_097, since_march_0 % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_milliseconds_of_the_day() {
        assert_eq!(clock(0), "00:00:00.000");
        assert_eq!(clock(1_795_374_001_753_999_999), "19:00:01.753");
        assert_eq!(clock(86_399_999_000_000), "23:59:59.999");
    }

    #[test]
    fn spans_are_said_as_people_do() {
        let spans = [400, 59_600, 245_000, 4_350_000].map(std::time::Duration::from_millis);
        assert_eq!(spans.map(span), ["0 s", "1:00 min", "4:05 min", "1:12 h"]);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!((utc(0).as_str(), day(0).as_str()), ("1970-01-01T00:00:00Z", "1970-01-01"));
        assert_eq!(utc(951_782_400_000_000_000), "2000-02-29T00:00:00Z");
        assert_eq!(utc(1_795_374_000_999_999_999), "2026-11-22T19:00:00Z");
        assert_eq!(utc(4_107_542_399_000_000_000), "2100-02-28T23:59:59Z");
        assert_eq!(utc(4_107_542_400_000_000_000), "2100-03-01T00:00:00Z");
    }
}
