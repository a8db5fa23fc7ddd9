"""What is said of a file that was looked into: its kind in words, and what is unusual of it, with what to do.

A file is what its content is. Its name and what a browser says of it only promise something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from kessai.drafting.inspecting.seen import Seen
from kessai.kernel.words import N_, Text

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
RTF, HTML, SVG, XML = "application/rtf", "text/html", "image/svg+xml", "application/xml"
CSV_OR_TEXT = "text/plain"
UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-executable"
LOCKED_OFFICE = "application/x-ms-encrypted"

WORD, EXCEL, POWERPOINT = "word", "excel", "powerpoint"
OFFICE = frozenset({WORD, EXCEL, POWERPOINT, "rtf", "odt", "ods", "odp"})
"""Families that LibreOffice makes a PDF of."""

_FAMILIES: Mapping[str, str] = {
    "application/pdf": "pdf",
    DOCX: WORD,
    "application/msword": WORD,
    XLSX: EXCEL,
    "application/vnd.ms-excel": EXCEL,
    PPTX: POWERPOINT,
    "application/vnd.ms-powerpoint": POWERPOINT,
    LOCKED_OFFICE: "office",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/x-js-taro": "ichitaro",
    "application/vnd.ms-outlook": "mail",
    RTF: "rtf",
    HTML: "html",
    SVG: "svg",
    XML: "xml",
    CSV_OR_TEXT: "text",
    "application/zip": "zip",
    "application/epub+zip": "zip",
    PROGRAM: "program",
}

_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "pdf": ("pdf",),
    WORD: ("doc", "docx", "docm", "dot", "dotx", "dotm"),
    EXCEL: ("xls", "xlsx", "xlsm", "xlt", "xltx", "xltm", "xlsb"),
    POWERPOINT: ("ppt", "pptx", "pptm", "pps", "ppsx", "ppsm", "pot", "potx", "potm"),
    "odt": ("odt", "ott"),
    "ods": ("ods", "ots"),
    "odp": ("odp", "otp"),
    "ichitaro": ("jtd", "jtdc", "jtt", "jttc"),
    "mail": ("msg",),
    "rtf": ("rtf",),
    "html": ("html", "htm"),
    "svg": ("svg",),
    "xml": ("xml", "xsd", "xsl"),
    "text": ("txt", "csv", "tsv", "md", "log", "json", "eml", "ini"),
    "zip": ("zip",),
    "program": ("exe", "dll", "com", "scr", "msi"),
    "image": ("png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "bmp"),
}
_FAMILY_OF_ENDING = {ending: family for family, endings in _ENDINGS.items() for ending in endings}

_SCRIPTS = frozenset(
    {"bat", "cmd", "js", "jse", "vbs", "vbe", "wsf", "wsh", "ps1", "hta", "lnk", "reg", "sh"}
)
"""Endings of texts that a double click runs."""

_ALSO: Mapping[str, frozenset[str]] = {
    "text": frozenset({"xml", "html", "svg", "text"}),
    "xml": frozenset({"text", "html", "svg"}),
    "html": frozenset({"text", "xml"}),
    "svg": frozenset({"xml"}),
    # Word and Excel save these under their own endings, and open them.
    WORD: frozenset({"rtf", "office"}),
    EXCEL: frozenset({"office", "html", "text", "xml"}),
    POWERPOINT: frozenset({"office"}),
}
"""By the family of a name what its content may be besides, without a word about it."""

NAMES: Mapping[str, str] = {
    "pdf": N_("PDF"),
    WORD: N_("Word文書"),
    EXCEL: N_("Excelの表"),
    POWERPOINT: N_("PowerPointのスライド"),
    "office": N_("パスワード付きのOfficeファイル"),
    "odt": N_("OpenDocumentの文書"),
    "ods": N_("OpenDocumentの表"),
    "odp": N_("OpenDocumentのスライド"),
    "ichitaro": N_("一太郎の文書"),
    "mail": N_("Outlookのメール"),
    "rtf": N_("リッチテキスト"),
    "html": N_("HTML"),
    "svg": N_("SVGの図"),
    "xml": N_("XML"),
    "text": N_("テキスト"),
    "zip": N_("圧縮ファイル"),
    "program": N_("プログラム"),
    "image": N_("画像"),
    "": N_("種類の分からないファイル"),
}

MACROS, ENCRYPTED, BROKEN, MISMATCHED = "macros", "encrypted", "broken", "mismatched"
UNREAD, UNSCANNED, INFECTED = "unread", "unscanned", "infected"

WARN, REFUSE = "warn", "refuse"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something unusual of a file: a code, what it is and what to do. ``stops``: nothing with it is submitted.

    A parameter ``kind`` is the name of a kind of file, to be translated too.
    """

    code: str
    what: Text
    remedy: Text
    stops: bool = False


def family(media_type: str) -> str:
    """The family of a kind of content: pdf, word, image, text …; "" for one that has no name here."""
    if media_type.startswith("image/") and media_type != SVG:
        return "image"
    return _FAMILIES.get(media_type, "")


def found_of(filename: str, seen: Seen, policy: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is unusual of a file under its name, what stops a submission first. ``policy``: warn or refuse by code."""
    found = [
        Finding(code, what, remedy, policy.get(code) == REFUSE)
        for code, what, remedy in _unusual(filename, seen)
    ]
    return tuple(sorted(found, key=lambda finding: not finding.stops))


def _unusual(filename: str, seen: Seen) -> Iterator[tuple[str, Text, Text]]:
    ending = PurePath(filename).suffix.lower().removeprefix(".")
    here, promised = family(seen.media_type), _FAMILY_OF_ENDING.get(ending, "")
    if seen.unread:
        yield (
            UNREAD,
            Text(N_("中身を調べきれませんでした")),
            Text(N_("大きすぎるか複雑すぎるファイルです。開けることを確かめてください。")),
        )
        return
    if seen.macros:
        yield (
            MACROS,
            Text(N_("マクロが入っています")),
            Text(N_("マクロが要らなければ、マクロなしで保存し直すか、PDFにして差し替えてください。")),
        )
    if here == "program" or ending in _SCRIPTS:
        yield (
            MACROS,
            Text(N_("開くと動くプログラムです")),
            Text(N_("決裁に要る資料でなければ、外してください。")),
        )
    if seen.encrypted:
        yield (
            ENCRYPTED,
            Text(N_("パスワードがかかっています")),
            Text(
                N_("経路の人も、将来の利用者も開けません。パスワードを外して保存し直し、差し替えてください。")
            ),
        )
    if seen.broken:
        yield (
            BROKEN,
            Text(N_("壊れていて開けません")),
            Text(N_("元のファイルが開けることを確かめて、差し替えてください。")),
        )
    if promised and here not in ("", promised) and not seen.broken and here not in _ALSO.get(promised, ()):
        yield (
            MISMATCHED,
            Text(
                N_("名前は「.%(ending)s」ですが、中身は%(kind)sです"),
                {"ending": ending, "kind": NAMES[here]},
            ),
            Text(
                N_(
                    "ファイルを取り違えていないか確かめてください。正しければ、名前を直して差し替えてください。"
                )
            ),
        )


def unscanned(policy: str, *, waiting: bool, down: bool) -> Finding:
    """Said of a file that the virus scanner has not seen: it waits, the scanner does not answer, or it is too large."""
    if not waiting:
        what = N_("大きすぎて、ウイルス検査ができません")
        remedy = N_("分けて添付するか、システムの担当に相談してください。")
    elif down:
        what = N_("ウイルス検査の装置が応答していません")
        remedy = N_("自動でやり直します。検査が済むまで、ほかの人は開けません。")
    else:
        what = N_("ウイルス検査を待っています")
        remedy = N_("ふつうは数秒で済みます。検査が済むまで、ほかの人は開けません。")
    return Finding(UNSCANNED, Text(what), Text(remedy), policy == REFUSE)


def infected(threat: str) -> Finding:
    return Finding(
        INFECTED,
        Text(N_("ウイルスが見つかりました（%(threat)s）"), {"threat": threat}),
        Text(N_("だれも開けません。外してから提出し、情報セキュリティの担当に連絡してください。")),
        True,
    )


_RECEIVED: Mapping[str, str] = {
    MACROS: N_("マクロやプログラムを動かさないでください。要るときは、発信者に確かめてください。"),
    ENCRYPTED: N_("発信者にパスワードを確かめ、外したファイルも届けてもらってください。"),
    BROKEN: N_("発信者に、送り直してもらってください。"),
    MISMATCHED: N_("開く前に、発信者に確かめてください。"),
    INFECTED: N_("だれも開けません。情報セキュリティの担当に連絡し、発信者にも知らせてください。"),
}


def received(finding: Finding) -> Finding:
    """The same of a file that arrived: what to do is another matter, and there is nothing to be submitted."""
    remedy = _RECEIVED.get(finding.code)
    return replace(finding, remedy=Text(remedy) if remedy else finding.remedy, stops=finding.code == INFECTED)
