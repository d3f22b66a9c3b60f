//! Measures taken of captured words: annual rates, days, shares.

use crate::rule::Measure;
use shenyan_text::number::{Quantity, Unit, parse_numeral, quantities};

/// Calendar days of a unit; five working days are a week.
fn days(unit: Unit) -> f64 {
    match unit {
        Unit::Day => 1.0,
        Unit::WorkingDay => 1.4,
        Unit::Week => 7.0,
        Unit::Month => 30.0,
        Unit::Quarter => 90.0,
        Unit::Year => 365.0,
    }
}

/// How often a rate's period comes round in a year, by the words around the rate.
fn times_a_year(text: &str) -> Option<f64> {
    const PERIODS: [(&[&str], f64); 5] = [
        (&["年化", "年利", "年息", "每年", "/年", "年费率", "按年", "一年", "年化率"], 1.0),
        (
            &[
                "日息",
                "日利",
                "每日",
                "每天",
                "/日",
                "/天",
                "一天",
                "按日",
                "按天",
                "日费率",
                "逐日",
                "1日",
                "1天",
                "一日",
                "天天",
            ],
            365.0,
        ),
        (&["周息", "每周", "/周", "一周", "每星期", "每礼拜", "按周"], 52.0),
        (
            &[
                "月息",
                "月利",
                "每月",
                "/月",
                "月费率",
                "月手续费",
                "一个月",
                "按月",
                "每期",
                "/期",
                "月服务费",
                "月供",
                "一月",
            ],
            12.0,
        ),
        (&["每季", "/季", "一季", "按季"], 4.0),
    ];
    let first = |words: &[&str]| words.iter().filter_map(|w| text.find(w)).min();
    let found = PERIODS.iter().filter_map(|(words, n)| first(words).map(|at| (at, *n)));
    found.min_by_key(|(at, _)| *at).map(|(_, n)| n).or_else(|| {
        quantities(text, 0).iter().find_map(|m| match m.quantity {
            Quantity::Duration { n, unit } if n > 0.0 => Some(365.0 / (n * days(unit))),
            _ => None,
        })
    })
}

/// A share per period: a percentage, or a sum on a larger sum.
fn rate(text: &str) -> Option<f64> {
    let all = quantities(text, 0);
    let percent = all.iter().find_map(|m| match m.quantity {
        Quantity::Percent { value } => Some(value),
        _ => None,
    });
    percent.or_else(|| {
        let sums: Vec<f64> = (all.iter())
            .filter_map(|m| match m.quantity {
                Quantity::Money { yuan } if yuan > 0.0 => Some(yuan),
                _ => None,
            })
            .collect();
        let most = sums.iter().copied().fold(0.0, f64::max);
        let least = sums.iter().copied().fold(f64::INFINITY, f64::min);
        (sums.len() >= 2 && least < most).then(|| least / most)
    })
}

/// The annual internal rate of return of `n` level payments a month on `principal`.
///
/// Bisection on the monthly rate; none when the payments do not exceed the principal.
pub fn instalment_rate(principal: f64, payment: f64, n: u32) -> Option<f64> {
    if n == 0 || principal <= 0.0 || payment.is_nan() || payment * f64::from(n) <= principal {
        return None;
    }
    let value = |r: f64| (1..=n).map(|k| payment / (1.0 + r).powi(k.cast_signed())).sum::<f64>();
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..100 {
        let mid = f64::midpoint(low, high);
        if value(mid) > principal { low = mid } else { high = mid }
    }
    Some(low * 12.0)
}

/// Takes a measure; `group` gives the text of a named group, the whole match for `""`.
pub fn take<'t>(measure: Measure, name: &str, group: &dyn Fn(&str) -> Option<&'t str>) -> Option<f64> {
    let text = group(name)?;
    match measure {
        Measure::AnnualRate => Some(rate(text)? * times_a_year(text)?),
        Measure::DailyRate => Some(rate(text)? * times_a_year(text)? / 365.0),
        Measure::Share => rate(text),
        Measure::Number => parse_numeral(text),
        Measure::Days => (quantities(text, 0).iter())
            .filter_map(|m| match m.quantity {
                Quantity::Duration { n, unit } => Some(n * days(unit)),
                _ => None,
            })
            .reduce(f64::max),
        Measure::InstalmentRate => {
            let money = |name: &str| {
                let text = group(name)?;
                quantities(text, 0).iter().find_map(|m| match m.quantity {
                    Quantity::Money { yuan } => Some(yuan),
                    Quantity::Plain { value } => Some(value),
                    _ => None,
                })
            };
            let principal = money("principal")?;
            let n = parse_numeral(group("n")?).filter(|n| (1.0..=600.0).contains(n))?;
            #[expect(clippy::cast_sign_loss, reason = "between 1 and 600")]
            let n = n as u32;
            let payment = money("payment").or_else(|| Some(principal / f64::from(n) + money("fee")?))?;
            instalment_rate(principal, payment, n)
        }
    }
}

/// `0.1825` → `18.25%`, at most two decimals.
pub fn percent(value: f64) -> String {
    let text = format!("{:.2}", value * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A number without needless decimals.
pub fn plain(value: f64) -> String {
    let text = format!("{value:.1}");
    text.trim_end_matches(".0").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annual(text: &'static str) -> Option<String> {
        take(Measure::AnnualRate, "", &|_| Some(text)).map(percent)
    }

    #[test]
    fn rates_come_to_a_year() {
        assert_eq!(annual("日息万分之五").as_deref(), Some("18.25%"));
        assert_eq!(annual("月费率0.6%").as_deref(), Some("7.2%"));
        assert_eq!(annual("每万元每天3元").as_deref(), Some("10.95%"));
        assert_eq!(annual("年化利率百分之五十八").as_deref(), Some("58%"));
        assert_eq!(annual("随借随还"), None);
    }

    #[test]
    fn times_come_to_calendar_days() {
        let d = |t: &'static str| take(Measure::Days, "", &|_| Some(t));
        assert_eq!(d("15日内"), Some(15.0));
        assert_eq!(d("15个工作日").map(plain).as_deref(), Some("21"));
        assert_eq!(d("快则一个月，慢则三个月"), Some(90.0));
    }

    #[test]
    fn level_instalments_have_an_internal_rate() {
        // 12,000 over 12 months with 72 a month of fee: about 13 % a year, not 7.2 %.
        let r = instalment_rate(12_000.0, 1_072.0, 12).unwrap();
        assert!((0.129..0.133).contains(&r), "{r}");
        assert_eq!(instalment_rate(12_000.0, 1_000.0, 12), None);
    }
}
