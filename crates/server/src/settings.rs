//! What a client asks for: initialization options, and the `shenyan` section of its settings.

use serde::Deserialize;
use serde_json::{Value, json};
use shenyan_lint::{Channel, Kind};
use shenyan_project::{Lang, Options};

/// When documents are checked without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enable {
    /// Always.
    #[default]
    Always,
    /// Only below a `shenyan.toml`.
    Configured,
}

/// How diagnostics reach the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// Pulled where the client can pull and be told to pull again, else pushed.
    #[default]
    Auto,
    /// Pushed.
    Push,
    /// Pulled.
    Pull,
}

/// A kind as clients write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KindName {
    /// Detected.
    Auto,
    /// Marketing copy.
    Marketing,
    /// Contract text.
    Contract,
}

impl KindName {
    /// The kind; none if it is to be detected.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Auto => None,
            Self::Marketing => Some(Kind::Marketing),
            Self::Contract => Some(Kind::Contract),
        }
    }
}

/// The settings; a key that is not known is ignored, for a newer client may send more.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// When to check.
    pub enable: Enable,
    /// Language of what people read.
    pub lang: Option<Lang>,
    /// Kind of every text; detected if unset.
    pub kind: Option<KindName>,
    /// Channel.
    pub channel: Option<Channel>,
    /// The day whose law applies, `YYYY-MM-DD`; empty or unset is today.
    pub as_of: Option<String>,
    /// Only these rules or families.
    pub select: Vec<String>,
    /// Not these either.
    pub ignore: Vec<String>,
    /// How diagnostics are delivered; read once, when the client connects.
    pub diagnostics: Delivery,
    /// Whether a pulling client is offered diagnostics of files that are not open; read once.
    pub workspace_diagnostics: bool,
    /// Where the page of a rule is; `{rule}` stands for its id.
    pub rule_page: String,
    /// Whether computed annual rates are shown in the text.
    pub rate_hints: bool,
    /// The client's own command that shows a rule, called with its id; the server's if empty.
    pub explain_command: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enable: Enable::default(),
            lang: None,
            kind: None,
            channel: None,
            as_of: None,
            select: Vec::new(),
            ignore: Vec::new(),
            diagnostics: Delivery::default(),
            workspace_diagnostics: false,
            rule_page: "shenyan-rule:/{rule}.md".into(),
            rate_hints: true,
            explain_command: String::new(),
        }
    }
}

/// The key under which the client's locale stands beside its settings, for `lang` `auto`.
pub const LOCALE: &str = "locale";

/// The language for a client in a locale. What is checked is Chinese, and so are its readers unless
/// they say otherwise.
fn lang_of(locale: Option<&str>) -> &'static str {
    let english = locale.is_some_and(|l| l.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("en")));
    if english { "en" } else { "zh" }
}

impl Settings {
    /// Settings over earlier ones: what `value` does not name stays. The error says what is wrong.
    pub fn over(value: &Value, earlier: &Value) -> Result<(Self, Value), String> {
        let value = value.get("shenyan").unwrap_or(value);
        let mut merged = earlier.as_object().cloned().unwrap_or_default();
        for (k, v) in value.as_object().into_iter().flatten() {
            // An unset setting is sent as null.
            if v.is_null() {
                merged.remove(k);
            } else {
                merged.insert(k.clone(), v.clone());
            }
        }
        let merged = Value::Object(merged);
        let mut plain = merged.clone();
        if plain.get("lang").and_then(Value::as_str) == Some("auto") {
            plain["lang"] = json!(lang_of(merged.get(LOCALE).and_then(Value::as_str)));
        }
        let settings: Self = serde_json::from_value(plain).map_err(|e| e.to_string())?;
        if let Some(Err(e)) =
            settings.as_of.as_deref().filter(|d| !d.is_empty()).map(str::parse::<shenyan_lint::Date>)
        {
            return Err(format!("asOf: {e}"));
        }
        Ok((settings, merged))
    }

    /// The same as options of a project.
    pub fn options(&self) -> Options {
        Options {
            // `auto` says nothing, so that a configuration's kind is not overruled by a default.
            kind: self.kind.and_then(KindName::kind).map(Some),
            channel: self.channel,
            as_of: self.as_of.as_ref().and_then(|d| d.parse().ok()),
            fail_on: None,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            packs: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn later_settings_go_over_earlier_ones() {
        let (_, first) =
            Settings::over(&json!({"enable": "configured", "lang": "en"}), &Value::Null).unwrap();
        let (s, second) =
            Settings::over(&json!({"shenyan": {"ignore": ["fee"], "lang": null}}), &first).unwrap();
        assert_eq!((s.enable, s.lang, s.ignore), (Enable::Configured, None, vec!["fee".to_owned()]));
        let wrong = Settings::over(&json!({"asOf": "2026-13-01"}), &second).unwrap_err();
        assert!(wrong.contains("asOf"), "{wrong}");
        assert!(Settings::over(&json!({"enable": 3}), &second).is_err());
        // The language of the client's own menus, if that is what it asks for.
        for (locale, lang) in [
            (json!("en-GB"), Lang::En),
            (json!("zh-cn"), Lang::Zh),
            (json!("é"), Lang::Zh),
            (Value::Null, Lang::Zh),
        ] {
            let (s, _) = Settings::over(&json!({"lang": "auto", "locale": locale}), &Value::Null).unwrap();
            assert_eq!(s.lang, Some(lang), "{locale}");
        }
        // What is no object says nothing.
        assert!(Settings::over(&json!([1]), &second).is_ok());
    }
}
