//! The engine from the outside: small packs and texts in, findings out, as text.

use shenyan_lint::{Date, Kind, Lexicon, Linter, PackError, PackFile, Report, Settings};
use shenyan_read::{Document, Format};

const LAW: &str = r#"
name = "示例法"
short = "示例法"
name_en = "Sample Act"
number = ""
effective = 2020-01-01
verified = "text"
[articles."1"]
gist = "示例"
[articles."2"]
gist = "后来生效"
since = 2026-09-30
"#;

const NEGATION: &str = r#"+++
title = "否定"
basis = ["sample#1"]
[[when]]
within = "clause"
side = "before"
pattern = '不$'
but = '没有不$'
+++
"#;

fn file(path: &str, text: &str) -> PackFile {
    PackFile { path: path.into(), text: text.into() }
}

fn rule(body: &str) -> String {
    format!(
        "+++\ntitle = \"甲\"\nverdict = \"violation\"\nbasis = [\"sample#1\"]\nmessage = \"“{{match}}”不妥{{annual}}\"\n{body}\n+++\n说明\n"
    )
}

fn load(rules: &[(&str, String)]) -> (Linter, Vec<PackError>) {
    let mut files = vec![
        file("law/sample.toml", LAW),
        file("contexts/negation.md", NEGATION),
        file("words/w.toml", "promise = [\"保证\", \"承诺\"]\ndrafter = [\"本行\"]\nconsumer = [\"客户\"]\n"),
        file(
            "facts/roles.toml",
            "party = '{{drafter}}|{{consumer}}|[甲乙]方'\n[[role]]\nrole = \"drafter\"\nwords = [\"{{drafter}}\"]\nheads = ['(?<name>[甲乙]方)（贷款人）']\n[[role]]\nrole = \"consumer\"\nwords = [\"{{consumer}}\"]\nheads = ['(?<name>[甲乙]方)（借款人）']\n",
        ),
        file("fold/f.toml", "[respellings]\n\"蕞\" = \"最\"\n"),
    ];
    files.extend(rules.iter().map(|(path, text)| file(path, text)));
    let mut lexicon = Lexicon::default();
    let errors = lexicon.add(&files);
    (Linter::new(lexicon), errors)
}

fn day(s: &str) -> Date {
    s.parse().unwrap()
}

fn run(linter: &Linter, text: &str, format: Format) -> (Document, Report) {
    let doc = Document::from_text(text.into(), format);
    let report = linter.check(&doc, &Settings::on(day("2026-11-23")));
    (doc, report)
}

/// One rule, one text: the findings, one a line, `(waived by)` behind those that are waived.
fn check(body: &str, text: &str) -> String {
    let (linter, errors) = load(&[("rules/f/r.md", rule(body))]);
    assert!(errors.is_empty(), "{errors:?}");
    let (doc, report) = run(&linter, text, Format::Plain);
    let line = |f: &shenyan_lint::Finding| {
        let words = f.span.text(doc.source());
        f.waived.as_ref().map_or_else(|| words.to_owned(), |w| format!("{words} ({})", w.by))
    };
    report.findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_match_is_found_through_folding_with_its_place_in_the_source() {
    let body = "[match]\nterms = [\"最佳\", \"保本\"]";
    assert_eq!(check(body, "😀全网蕞佳，𠮷保·本。\r\n"), "蕞佳\n保·本");
    let (linter, _) = load(&[("rules/f/r.md", rule(body))]);
    let (doc, report) = run(&linter, "😀蕞佳", Format::Plain);
    assert!(report.findings[0].evasive && report.findings[0].message.zh.ends_with("（规避写法）"));
    assert_eq!(doc.position(report.findings[0].span.start).column, 2);
}

#[test]
fn an_exemption_waives_and_can_be_defeated() {
    let body = "unless = [\"negation\"]\n[match]\npattern = '保本'";
    assert_eq!(check(body, "本产品不保本，胜似保本。"), "保本 (negation)\n保本");
    assert_eq!(check(body, "我们的产品没有不保本的。"), "保本");
}

#[test]
fn words_before_and_after_are_conditions() {
    let body = "[match]\npattern = '调整'\n[[match.near]]\npattern = '不另行通知'\nwithin = \"sentence\"\n[[match.absent]]\npattern = '协商'\nwithin = \"document\"";
    assert_eq!(check(body, "本行调整利率，不另行通知。"), "调整");
    assert_eq!(check(body, "本行调整利率。不另行通知。"), "");
    assert_eq!(check(body, "本行调整利率，不另行通知。\n价格由双方协商。"), "");
}

#[test]
fn a_product_of_the_document_can_stand_for_words_nearby() {
    let body = "[match]\npattern = '秒到账'\n[[match.near]]\npattern = '借款'\nwithin = \"sentence\"\nproducts = [\"loan\"]";
    let loan = file(
        "facts/products.toml",
        "[loan]\ntitle = \"贷款\"\nthreshold = 1\n[[loan.cue]]\npattern = '年化利率'\nweight = 1\n",
    );
    let files = [file("law/sample.toml", LAW), loan, file("rules/f/r.md", &rule(body))];
    let mut lexicon = Lexicon::default();
    assert!(lexicon.add(&files).is_empty());
    let linter = Linter::new(lexicon);
    let count = |text: &str| run(&linter, text, Format::Plain).1.findings.len();
    assert_eq!(count("借款秒到账。"), 1);
    assert_eq!(count("退款秒到账。"), 0);
    assert_eq!(count("年化利率7.2%。\n秒到账。"), 1);
}

#[test]
fn who_acts_decides() {
    let body = "[match]\npattern = '有权解除'\nactor = \"drafter\"";
    assert_eq!(check(body, "本行有权解除合同。客户有权解除合同。"), "有权解除");
    let heads = "甲方（借款人）：张三\n乙方（贷款人）：某银行\n";
    assert_eq!(check(body, &format!("{heads}甲方有权解除合同。")), "");
    assert_eq!(check(body, &format!("{heads}乙方有权解除合同。")), "有权解除");
    let group = "[match]\npattern = '(?<consumer>[甲乙]方)(?<hit>不得索赔)'";
    assert_eq!(check(group, &format!("{heads}甲方不得索赔。乙方不得索赔。")), "不得索赔");
}

#[test]
fn numbers_are_conditions_and_reach_the_message() {
    let body = "[match]\npattern = '日息[^，。]+'\n[[match.number]]\nmeasure = \"annual-rate\"\nover = 0.24";
    assert_eq!(check(body, "日息万分之五，日息千分之一。"), "日息千分之一");
    let (linter, _) = load(&[("rules/f/r.md", rule(body))]);
    let (_, report) = run(&linter, "日息千分之一。", Format::Plain);
    assert_eq!(report.findings[0].message.zh, "“日息千分之一”不妥36.5%");
}

#[test]
fn longer_words_and_word_boundaries_protect() {
    let body = "[match]\nterms = [\"最高\"]\nexcept = [\"最高人民法院\"]";
    assert_eq!(check(body, "最高人民法院认为最高。"), "最高");
    let body = "[match]\nterms = [\"口交\"]\nboundary = true";
    assert_eq!(check(body, "路口交通繁忙。"), "");
}

#[test]
fn what_must_be_said_is_missed_once_with_a_fix() {
    let body = "[require]\n[[require.when]]\npattern = '理财产品'\n[[require.say]]\nname = \"非存款\"\npattern = ['不是存款', '非存款']\ninsert = \"本产品不是存款。\"\n[[require.say]]\nname = \"风险\"\npattern = '可能亏损'\n";
    assert_eq!(check(body, "理财产品热销。理财产品好。"), "理财产品");
    assert_eq!(check(body, "理财产品不是存款，可能亏损。"), "");
    let (linter, _) = load(&[("rules/f/r.md", rule(body))]);
    let (_, report) = run(&linter, "理财产品热销", Format::Markdown);
    let fix = &report.findings[0].fixes[0];
    assert_eq!(fix.title.zh, "补充：非存款、风险");
    assert_eq!((fix.edits[0].span.start, fix.edits[0].text.as_str()), (18, "\n\n本产品不是存款。"));
}

#[test]
fn dates_decide_what_is_in_force() {
    let text = rule("since = 2026-09-30\n[match]\nterms = [\"低门槛\"]");
    let (linter, errors) = load(&[("rules/f/r.md", text)]);
    assert!(errors.is_empty());
    let doc = Document::from_text("低门槛".into(), Format::Plain);
    let count = |on: &str| linter.check(&doc, &Settings::on(day(on))).findings.len();
    assert_eq!((count("2026-09-29"), count("2026-09-30")), (0, 1));
    // A rule whose only article is not yet in force has nothing to stand on.
    let text = rule("[match]\nterms = [\"低门槛\"]").replace("sample#1", "sample#2");
    let (linter, _) = load(&[("rules/f/r.md", text)]);
    let count = |on: &str| linter.check(&doc, &Settings::on(day(on))).findings.len();
    assert_eq!((count("2026-09-29"), count("2026-09-30")), (0, 1));
}

#[test]
fn a_ticked_box_is_found_and_an_unticked_one_is_not() {
    let (linter, errors) =
        load(&[("rules/f/r.md", rule("[check]\nname = \"ticked-control\"\nlabel = '保险|同意'"))]);
    assert!(errors.is_empty(), "{errors:?}");
    let html = "<label><input type=checkbox checked>同意购买保险</label><p><label><input type=checkbox>同意协议</label></p>";
    let (doc, report) = run(&linter, html, Format::Html);
    let words: Vec<&str> = report.findings.iter().map(|f| f.span.text(doc.source())).collect();
    assert_eq!(words, ["同意购买保险"]);
}

#[test]
fn ignores_need_a_reason_and_are_missed_when_idle() {
    let (linter, _) = load(&[("rules/f/r.md", rule("[match]\nterms = [\"最佳\"]"))]);
    let said = |text: &str| {
        let (_, report) = run(&linter, text, Format::Markdown);
        let show = |f: &shenyan_lint::Finding| {
            format!(
                "{}{}",
                f.rule.id,
                f.waived.as_ref().map_or(String::new(), |w| format!("={}", w.title.zh))
            )
        };
        report.findings.iter().map(show).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(said("最佳 <!-- 审言:忽略 f/r 理由：商标 -->"), "f/r=商标");
    assert_eq!(said("最佳 <!-- 审言:忽略 f/r -->"), "f/r ignore/invalid");
    assert_eq!(said("最佳 <!-- 审言:忽略 f/r 理由：商标 至 2026-01-01 -->"), "f/r ignore/expired");
    assert_eq!(said("甲 <!-- 审言:忽略 f/r 理由：商标 -->"), "ignore/unused");
}

#[test]
fn a_broken_file_is_shown_with_its_place_and_the_rest_works() {
    let cases: [(&str, String, &str, &str); 9] = [
        ("bad-toml", rule("typo = 1\n[match]\nterms = [\"甲\"]"), "typo", "typo"),
        ("dead-rule", rule(""), "永远不会命中", ""),
        (
            "unknown-basis",
            rule("[match]\nterms = [\"甲\"]").replace("sample#1", "sample#9"),
            "sample#9",
            "\"sample#9\"",
        ),
        ("duplicate-term", rule("[match]\nterms = [\"保本\", \"保·本\"]"), "保·本", "\"保·本\""),
        ("dead-exception", rule("[match]\nterms = [\"甲\"]\nexcept = [\"乙丙\"]"), "乙丙", "\"乙丙\""),
        ("no-anchor", rule("[match]\npattern = '[^a]+'"), "没有固定的字词", "'[^a]+'"),
        ("bad-pattern", rule("[match]\npattern = '保{{无此类}}本'"), "无此类", "{"),
        ("unknown-context", rule("unless = [\"x\"]\n[match]\nterms = [\"甲\"]"), "`x`", "\"x\""),
        ("no-front-matter", "没有规则头".into(), "+++", "没"),
    ];
    for (kind, text, part, at) in cases {
        let (linter, errors) = load(&[
            ("rules/f/good.md", rule("[match]\nterms = [\"最佳\"]")),
            ("rules/f/bad.md", text.clone()),
        ]);
        assert_eq!(errors.len(), 1, "{kind}: {errors:?}");
        let e = &errors[0];
        assert_eq!((e.kind, e.path.as_str()), (kind, "rules/f/bad.md"));
        assert!(e.message.contains(part), "{kind}: {}", e.message);
        assert_eq!(e.span.clone().map_or("", |s| &text[s]), at, "{kind}");
        let (_, report) = run(&linter, "最佳", Format::Plain);
        assert_eq!(report.findings.len(), 1, "{kind}");
    }
}

#[test]
fn a_word_written_twice_is_an_error_and_its_class_still_works() {
    let words = file("words/v.toml", "twice = [\"保本\", \"稳赚\", \"保本\"]\n");
    let files =
        [file("law/sample.toml", LAW), words, file("rules/f/r.md", &rule("[match]\npattern = '{{twice}}'"))];
    let mut lexicon = Lexicon::default();
    let errors = lexicon.add(&files);
    assert_eq!((errors.len(), errors[0].kind), (1, "duplicate-term"));
    assert_eq!(run(&Linter::new(lexicon), "稳赚，保本", Format::Plain).1.findings.len(), 2);
}

#[test]
fn a_stored_lexicon_works_like_a_loaded_one() {
    let files = [file("law/sample.toml", LAW), file("rules/f/r.md", &rule("[match]\nterms = [\"最佳\"]"))];
    let mut lexicon = Lexicon::default();
    assert!(lexicon.add(&files).is_empty());
    let again: Lexicon = lexicon.compile().into();
    let (_, report) = run(&Linter::new(again), "最佳", Format::Plain);
    assert_eq!(report.findings[0].basis[0].label, "第一条");
}

#[test]
fn a_kind_given_wins_and_limits() {
    let (linter, _) = load(&[("rules/f/r.md", rule("kinds = [\"contract\"]\n[match]\nterms = [\"最佳\"]"))]);
    let doc = Document::from_text("最佳".into(), Format::Plain);
    let mut settings = Settings::on(day("2026-11-23"));
    assert_eq!(linter.check(&doc, &settings).findings.len(), 0);
    settings.kind = Some(Kind::Contract);
    assert_eq!(linter.check(&doc, &settings).findings.len(), 1);
    settings.ignore = vec!["f".into()];
    assert_eq!(linter.check(&doc, &settings).findings.len(), 0);
}

#[test]
fn notes_have_no_clause() {
    let (linter, _) = load(&[("rules/f/r.md", rule("[match]\nterms = [\"保本\"]"))]);
    let text = "第一条 收益\n\n本产品保本[^1]。\n\n[^1]: 指到期保本。\n";
    let (doc, report) = run(&linter, text, Format::Markdown);
    let found: Vec<_> =
        report.findings.iter().map(|f| (doc.position(f.span.start).line, f.clause.as_deref())).collect();
    assert_eq!(found, [(3, Some("第一条")), (5, None)]);
}

#[test]
fn an_ordinary_note_is_no_fine_print() {
    let body = "[check]\nname = \"fine-print\"\nmatter = '为准|仅限|另(?:付|收)|不退'\nsmall = 0.8";
    let cues = "limits = '费|价|元|仅限'\ndefines = []\nheads = []\nparty = '双方'\nobject = '向$'\n[[burden]]\nburden = \"ban\"\npattern = '不得'\n";
    let files =
        [file("law/sample.toml", LAW), file("facts/contract.toml", cues), file("rules/f/r.md", &rule(body))];
    let mut lexicon = Lexicon::default();
    let errors = lexicon.add(&files);
    assert!(errors.is_empty(), "{errors:?}");
    let linter = Linter::new(lexicon);
    let found = |note: &str| {
        let (doc, report) =
            run(&linter, &format!("取消服务不收取费用[^1]。\n\n[^1]: {note}\n"), Format::Markdown);
        report.findings.iter().map(|f| f.span.text(doc.source()).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("以收到通知的时间为准。"), [""; 0]);
    assert_eq!(found("数据以统计部门公布的为准。另行公布。"), [""; 0]);
    assert_eq!(found("仅限新客户。"), ["仅限"]);
    assert_eq!(found("以收到通知的时间为准。当日取消的另付上门费20元。"), ["另付"]);
    // Small type hides a condition whatever it is about.
    let html = "<p>取消服务不收取费用。</p><p style=\"font-size:8px\">以收到通知的时间为准。</p>";
    assert_eq!(run(&linter, html, Format::Html).1.findings.len(), 1);
}

#[test]
fn what_a_contract_lacks_goes_behind_its_last_clause() {
    let body = "kinds = [\"contract\"]\n[require]\n[[require.when]]\npattern = '服务合同'\n[[require.say]]\nname = \"争议\"\npattern = '起诉'\ninsert = \"可以起诉。\"\n";
    let (linter, errors) = load(&[("rules/f/r.md", rule(body))]);
    assert!(errors.is_empty(), "{errors:?}");
    let fixed = |text: &str| {
        let doc = Document::from_text(text.into(), Format::Plain);
        let mut settings = Settings::on(day("2026-11-23"));
        settings.kind = Some(Kind::Contract);
        let report = linter.check(&doc, &settings);
        let edit = &report.findings[0].fixes[0].edits[0];
        let mut out = text.to_owned();
        out.insert_str(edit.span.start as usize, &edit.text);
        out
    };
    assert_eq!(
        fixed(
            "服务合同\n第一条 服务\n甲方到场。\n第二条 费用\n（一）每次十元。\n甲方（盖章）：\n附件一 清单\n第一条 无"
        ),
        "服务合同\n第一条 服务\n甲方到场。\n第二条 费用\n（一）每次十元。\n可以起诉。\n甲方（盖章）：\n附件一 清单\n第一条 无"
    );
    assert_eq!(fixed("服务合同\n甲方到场。"), "服务合同\n可以起诉。\n甲方到场。");
}
