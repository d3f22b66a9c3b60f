//! Calendar dates without a clock: which rules and articles are in force is a question of dates.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Date {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

impl Date {
    /// The date, if the month and day exist.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// Days since 1 March of the year 0, to tell how far apart two dates are.
    pub fn days(self) -> i32 {
        // The year is taken to start in March, so that a leap day is its last.
        let (year, month) = (i32::from(self.year), i32::from(self.month));
        let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i32::from(self.day) - 1
    }

    /// The same day so many months later, or the last one of that month.
    #[must_use]
    pub fn plus_months(self, months: u16) -> Self {
        let total = u32::from(self.year) * 12 + u32::from(self.month) - 1 + u32::from(months);
        let (year, month) = ((total / 12) as u16, (total % 12 + 1) as u8);
        let day = (1..=self.day).rev().find_map(|day| Self::new(year, month, day));
        day.unwrap_or(Self { year, month, day: 1 })
    }
}

/// A text that is not a date of the form `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("日期应写成 YYYY-MM-DD")]
pub struct BadDate;

impl FromStr for Date {
    type Err = BadDate;

    fn from_str(s: &str) -> Result<Self, BadDate> {
        let mut parts = s.splitn(3, '-');
        let mut next = || parts.next().filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
        let (Some(y), Some(m), Some(d)) = (next(), next(), next()) else { return Err(BadDate) };
        if y.len() != 4 {
            return Err(BadDate);
        }
        let parse = || Self::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?);
        parse().ok_or(BadDate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_counted() {
        let d = |s: &str| s.parse::<Date>().unwrap();
        assert_eq!(d("2026-03-01").days() - d("2025-03-01").days(), 365);
        assert_eq!(d("2024-03-01").days() - d("2024-02-28").days(), 2);
        assert_eq!(d("2027-01-01").days() - d("2026-12-31").days(), 1);
        assert_eq!(d("2026-01-31").plus_months(1), d("2026-02-28"));
        assert_eq!(d("2026-11-30").plus_months(14), d("2028-01-30"));
    }

    #[test]
    fn only_real_days_parse() {
        assert_eq!("2026-09-30".parse(), Ok(Date { year: 2026, month: 9, day: 30 }));
        assert_eq!("2024-02-29".parse::<Date>().map(|d| d.to_string()), Ok("2024-02-29".into()));
        for bad in ["2025-02-29", "2026-13-01", "2026-1", "26-01-01", "2026-01-+1", ""] {
            assert_eq!(bad.parse::<Date>(), Err(BadDate), "{bad}");
        }
    }
}
