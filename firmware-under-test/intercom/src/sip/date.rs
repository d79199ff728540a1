//! The date of RFC 3261 §20.17, and days as people write them.

/// Seconds since 1970 of `Sat, 13 Nov 2010 23:29:00 GMT`; `None` if it is not such a date.
pub(crate) fn read_date(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(", ")?;
    let words: Vec<_> = rest.split(' ').collect();
    let [day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let days = days(year.parse().ok()?, u64::try_from(month).ok()? + 1, day.parse().ok()?)?;
    Some(days * DAY + clock_time(time)?)
}

/// Seconds since 1970 of `2010-11-13T23:29:00Z`; `None` if it is not written like that.
pub fn read_stamp(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.split('-').map(str::parse);
    let [year, month, day] = std::array::from_fn(|_| parts.next());
    Some(days(year?.ok()?, month?.ok()?, day?.ok()?)? * DAY + clock_time(time)?)
}

/// The inverse of [`read_stamp`].
pub(crate) fn stamp(unix: u64) -> String {
    let (mut rest, time) = (unix / DAY, unix % DAY);
    let mut year = 1970;
    while rest >= year_days(year) {
        rest -= year_days(year);
        year += 1;
    }
    let mut month = 1;
    while rest >= month_days(year, month) {
        rest -= month_days(year, month);
        month += 1;
    }
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", rest + 1)
}

fn clock_time(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(str::parse::<u64>);
    let [hour, minute, second] = std::array::from_fn(|_| parts.next());
    let (hour, minute, second) = (hour?.ok()?, minute?.ok()?, second?.ok()?);
    (hour < 24 && minute < 60 && second < 61).then_some(hour * 3600 + minute * 60 + second)
}

/// Days since 1970.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let sound = (1970..=9999).contains(&year) && (1..=12).contains(&month);
    if !sound || !(1..=month_days(year, month)).contains(&day) {
        return None;
    }
    let years: u64 = (1970..year).map(year_days).sum();
    let months: u64 = (1..month).map(|month| month_days(year, month)).sum();
    Some(years + months + day - 1)
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

const fn year_days(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

const fn month_days(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds by `date -u -d … +%s`.
    #[test]
    fn a_date_is_a_number_of_seconds() {
        let november = read_date("Sat, 13 Nov 2010 23:29:00 GMT");
        assert_eq!(november, Some(1_289_690_940));
        assert_eq!(read_stamp("2010-11-13T23:29:00Z"), november);
        assert_eq!(read_stamp("2024-02-29T00:00:00Z"), Some(1_709_164_800));
        for at in [0, 951_782_400, 1_289_690_940, 1_709_164_800, 4_107_542_399] {
            assert_eq!(read_stamp(&stamp(at)), Some(at));
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "Sat, 13 Nov 2010 23:29:00 EST",
            "Sat, 31 Nov 2010 23:29:00 GMT",
            "Sat, 13 Nov 2010 24:29:00 GMT",
            "Sat, 13 Nov 1910 23:29:00 GMT",
            "Sat, 13 Foo 2010 23:29:00 GMT",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
        assert_eq!(read_stamp("2010-11-13 23:29:00"), None);
        assert_eq!(read_stamp("2023-02-29T00:00:00Z"), None);
    }
}
