// Everything the extension says while it runs, in both languages. (What the manifest says stands in
// package.nls*.json and follows the language of VS Code; this follows `shenyan.lang`, as the
// findings do.)

export type Lang = "zh" | "en";

/** What the user may ask for; the server decides what `auto` comes to. */
export type Kind = "auto" | "marketing" | "contract";

/** Findings by severity. */
export interface Counts {
  readonly error: number;
  readonly warning: number;
  readonly hint: number;
}

const zh = {
  name: "审言",
  kinds: { auto: "自动", marketing: "营销文案", contract: "合同" } as Record<string, string>,
  families: {
    absolute: "绝对化用语",
    misleading: "误导性宣传",
    fee: "费用与交易条件",
    disclosure: "应披露未披露",
    clause: "不公平格式条款",
    ignore: "忽略标记",
  } as Record<string, string>,
  otherFamily: "其他",
  counts: (c: Counts): string =>
    [c.error && `${c.error} 处错误`, c.warning && `${c.warning} 处警告`, c.hint && `${c.hint} 处提示`]
      .filter(Boolean)
      .join("，") || "没有发现问题",
  place: (file: string, line: number) => `${file} 第 ${line} 行`,
  automatically: (kind: string) => `${kind}（自动判断）`,
  clickToChange: "点击更改文本种类",
  chooseKind: "这份文本是什么？",
  kindDetails: {
    auto: "由审言判断",
    marketing: "广告、海报、推文、短信、商品详情",
    contract: "合同、协议、条款、须知",
  } as Record<string, string>,
  current: "当前",
  starting: "正在启动审言……",
  checkingAll: "正在检查工作区……",
  checked: (what: string) => `审言：${what}`,
  filesChecked: (files: number, c: Counts): string => `检查了 ${files} 个文件，${zh.counts(c)}`,
  noAnswer: "没有收到检查结果",
  atCursor: "光标处",
  see: "查看结果",
  noDocument: "请先打开一份 Markdown、纯文本或 HTML 文件。",
  noFolder: "请先打开一个文件夹。",
  chooseFolder: "选择文件夹",
  chooseRule: "选择一条规则",
  unknownRule: (rule: string) => `没有“${rule}”这条规则。`,
  pageTitle: (rule: string) => `规则 ${rule}`,
  reportScope: "导出哪些内容的报告？",
  reportFile: "当前文件",
  reportAll: "整个工作区",
  reportName: "审言报告",
  saveReport: "保存报告",
  reportSaved: (name: string) => `报告已保存：${name}`,
  open: "打开",
  ruleFamily: "这条规则属于哪一族？",
  ruleFamilyOther: "另起一族……",
  ruleName: "规则的名称（小写字母、数字、连字符，例如 vague-promise）",
  familyName: "族的名称（小写字母、数字、连字符）",
  badName: "只能用小写字母、数字和连字符，以字母开头",
  ruleTitle: "规则的标题，例如“含糊的承诺”",
  emptyTitle: "标题不能为空",
  ruleExists: (path: string) => `已经有 ${path}，没有改动它。`,
  configBroken: (why: string) => `shenyan.toml 读不懂，没有改动它：${why}`,
  packAdded: (folder: string) => `已在 shenyan.toml 里加上规则包“${folder}”。`,
  folderEnabled: (path: string) => `已写好 ${path}，审言从现在起检查这个文件夹。`,
  // The program itself.
  notFound: "没有找到审言程序（shenyan），无法检查。",
  notFoundAt: (path: string) => `设置 shenyan.server.path 指向的程序不存在：${path}`,
  cannotRun: (path: string, why: string) => `审言程序不能运行：${path}（${why}）`,
  notShenyan: (path: string) => `${path} 不是审言程序。`,
  tooOld: (path: string, version: string, needed: string) =>
    `审言程序太旧：${path} 是 ${version}，本扩展需要 ${needed} 或更新的版本。`,
  openSettings: "打开设置",
  howToInstall: "怎样安装",
  retry: "重试",
  showLog: "查看日志",
  restart: "重新启动",
  startFailed: (why: string) => `审言没有启动成功：${why}`,
  crashed: "审言程序接连退出，已经停下来。",
  failed: (why: string) => `审言没有完成这项操作：${why}`,
  unavailable: "审言不可用，点击重试",
};

/** The words of one language. */
export type Words = typeof zh;

const en: Words = {
  name: "Shenyan",
  kinds: { auto: "Automatic", marketing: "Marketing copy", contract: "Contract" },
  families: {
    absolute: "Absolute claims",
    misleading: "Misleading claims",
    fee: "Fees and terms of trade",
    disclosure: "Missing disclosures",
    clause: "Unfair standard terms",
    ignore: "Ignore comments",
  },
  otherFamily: "Other",
  counts: (c) =>
    [
      c.error && `${c.error} error${c.error === 1 ? "" : "s"}`,
      c.warning && `${c.warning} warning${c.warning === 1 ? "" : "s"}`,
      c.hint && `${c.hint} hint${c.hint === 1 ? "" : "s"}`,
    ]
      .filter(Boolean)
      .join(", ") || "nothing found",
  place: (file, line) => `${file}:${line}`,
  automatically: (kind) => `${kind} (judged automatically)`,
  clickToChange: "Click to change the kind of text",
  chooseKind: "What is this text?",
  kindDetails: {
    auto: "Shenyan decides",
    marketing: "Advertisements, posters, posts, messages, product pages",
    contract: "Contracts, agreements, terms, notices",
  },
  current: "current",
  starting: "Starting Shenyan…",
  checkingAll: "Checking the workspace…",
  checked: (what) => `Shenyan: ${what}`,
  filesChecked: (files, c) => `${files} file${files === 1 ? "" : "s"} checked, ${en.counts(c)}`,
  noAnswer: "no result came",
  atCursor: "At the cursor",
  see: "Show Findings",
  noDocument: "Open a Markdown, plain text or HTML file first.",
  noFolder: "Open a folder first.",
  chooseFolder: "Choose a folder",
  chooseRule: "Choose a rule",
  unknownRule: (rule) => `There is no rule “${rule}”.`,
  pageTitle: (rule) => `Rule ${rule}`,
  reportScope: "Report on what?",
  reportFile: "The current file",
  reportAll: "The whole workspace",
  reportName: "shenyan-report",
  saveReport: "Save Report",
  reportSaved: (name) => `Report saved: ${name}`,
  open: "Open",
  ruleFamily: "Which family does the rule belong to?",
  ruleFamilyOther: "A new family…",
  ruleName: "Name of the rule (lower-case letters, digits, hyphens, e.g. vague-promise)",
  familyName: "Name of the family (lower-case letters, digits, hyphens)",
  badName: "Lower-case letters, digits and hyphens only, starting with a letter",
  ruleTitle: "Title of the rule",
  emptyTitle: "The title must not be empty",
  ruleExists: (path) => `${path} exists and was not touched.`,
  configBroken: (why) => `shenyan.toml cannot be read and was not touched: ${why}`,
  packAdded: (folder) => `Added the pack “${folder}” to shenyan.toml.`,
  folderEnabled: (path) => `Wrote ${path}; Shenyan checks this folder from now on.`,
  notFound: "The shenyan program was not found, so nothing can be checked.",
  notFoundAt: (path) => `The program that shenyan.server.path names does not exist: ${path}`,
  cannotRun: (path, why) => `The shenyan program cannot run: ${path} (${why})`,
  notShenyan: (path) => `${path} is not the shenyan program.`,
  tooOld: (path, version, needed) =>
    `The shenyan program is too old: ${path} is ${version}, this extension needs ${needed} or newer.`,
  openSettings: "Open Settings",
  howToInstall: "How to Install",
  retry: "Retry",
  showLog: "Show Log",
  restart: "Restart",
  startFailed: (why) => `Shenyan did not start: ${why}`,
  crashed: "The shenyan program keeps exiting; it was not started again.",
  failed: (why) => `Shenyan could not do that: ${why}`,
  unavailable: "Shenyan is not available; click to retry",
};

/** The words of `lang`; Chinese for anything unknown. */
export function wordsIn(lang: string): Words {
  return lang === "en" ? en : zh;
}
