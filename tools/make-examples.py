#!/usr/bin/env python3
"""Writes the Word examples: examples/jianshen-huiyuan.docx and examples/clean/baojie-hetong.docx.

Nothing but what Word needs to show them; the clauses are numbered by Word, not in the text. The
same bytes at every run.
"""
import pathlib
import zipfile
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent / "examples"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."

STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="Clause"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
)


def run(text, bold=False):
    bold = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{bold}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*runs, style="", level=None):
    """A paragraph: of a style, or an item of the list at a level. `**` around a run makes it bold."""
    inner = f'<w:pStyle w:val="{style}"/>' if style else ""
    if level is not None:
        inner += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    inner = f"<w:pPr>{inner}</w:pPr>" if inner else ""
    done = (r if r.startswith("<") else run(r.strip("*"), r.startswith("**")) for r in runs)
    return f"<w:p>{inner}{''.join(done)}</w:p>"


def title(text):
    return p(text, style="T")


def clause(text):
    return p(text, style="C")


def item(*runs):
    return p(*runs, level=1)


def table(*rows):
    cell = '<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr>{}</w:tc>'
    grid = '<w:gridCol w:w="3000"/>' * len(rows[0])
    rows = ("<w:tr>" + "".join(cell.format(p(c)) for c in r) + "</w:tr>" for r in rows)
    look = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{look}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def note(number):
    look = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    return f'<w:r>{look}<w:footnoteReference w:id="{number}"/></w:r>'


def numbering(*levels):
    """Levels as (format, text); the first belongs to the style of clauses."""
    out = '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>'
    for i, (fmt, text) in enumerate(levels):
        style = '<w:pStyle w:val="C"/>' if i == 0 else ""
        out += (
            f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/>{style}'
            f'<w:suff w:val="space"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        )
    return out + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'


def write(name, body, numbering, header=None, notes=()):
    parts = {"styles": ("styles", STYLES), "numbering": ("numbering", numbering)}
    reference = ""
    if header:
        parts["header"] = ("hdr", p(header))
        reference = '<w:headerReference w:type="default" r:id="rheader"/>'
    if notes:
        notes = (f'<w:footnote w:id="{i}">{p(text)}</w:footnote>' for i, text in enumerate(notes, 1))
        parts["footnotes"] = ("footnotes", "".join(notes))
    section = f'<w:sectPr>{reference}<w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{TYPE}document.main+xml"/>'
        + "".join(f'<Override PartName="/word/{n}.xml" ContentType="{TYPE}{n}+xml"/>' for n in parts)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/{n}" Target="{n}.xml"/>' for n in parts)
        + "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{MAIN}" xmlns:r="{OFFICE}"><w:body>{body}{section}</w:body></w:document>',
    }
    for part, (root, inner) in parts.items():
        files[f"word/{part}.xml"] = f'<w:{root} xmlns:w="{MAIN}" xmlns:r="{OFFICE}">{inner}</w:{root}>'
    with zipfile.ZipFile(ROOT / name, "w", zipfile.ZIP_DEFLATED) as out:
        for part, xml in files.items():
            info = zipfile.ZipInfo(part, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, HEAD + xml)


write(
    "jianshen-huiyuan.docx",
    title("健身会员服务协议")
    + p("甲方（经营者）：启跃健身有限公司")
    + p("乙方（会员）：______")
    + p("甲乙双方就健身会员服务订立本协议。")
    + clause("服务内容")
    + p("甲方向乙方提供以下服务：")
    + item("器械区与更衣区的使用；")
    + item("每月两次体态评估。")
    + clause("费用")
    + p("会员费按下表收取，签约时一次付清。")
    + table(("卡种", "期限", "价格"), ("季卡", "三个月", "980 元"), ("年卡", "十二个月", "2980 元"))
    + clause("会员费")
    + p("会员费一经支付，概不退还，乙方不得以任何理由要求退费。")
    + clause("人身与财物")
    + item("乙方在场馆内发生的一切人身伤害，甲方概不负责。")
    + item("乙方的随身财物由乙方自行保管，丢失与甲方无关。")
    + clause("规则的变更")
    + p("甲方有权随时修改本协议，", "**修改后无需另行通知乙方**", "。")
    + clause("解释")
    + p("本协议的最终解释权归甲方所有。")
    + p("甲方（盖章）：　　　　乙方（签字）："),
    numbering(("chineseCounting", "第%1条"), ("chineseCounting", "（%2）"), ("decimal", "%3.")),
    header="启跃健身有限公司",
)

write(
    "clean/baojie-hetong.docx",
    title("家居保洁服务合同")
    + p("甲方（委托人）：______")
    + p("乙方（服务方）：净舍家政服务有限公司")
    + clause("服务与时间")
    + item("乙方于约定时间上门，提供全屋日常保洁，时长不少于三小时。")
    + clause("费用")
    + item("每次服务费 240 元，含工具和耗材，服务完成、甲方验收后支付。")
    + item("**甲方提前二十四小时取消的，不收取费用。**", note(1))
    + clause("责任")
    + item("乙方人员造成甲方财物损坏的，乙方照价赔偿。")
    + item("因一方违约给对方造成损失的，违约方赔偿对方的实际损失。")
    + clause("争议")
    + item("双方协商不成的，可以向有管辖权的人民法院起诉。"),
    numbering(("decimal", "%1."), ("decimal", "%1.%2"), ("decimal", "（%3）")),
    notes=("以乙方收到取消通知的时间为准。",),
)
