"""Bytes to text: the declared character set where it is allowed and fits, else the likeliest one.

Only the codecs of an allow-list are ever looked up; Python knows many that a mail has no business to name.
"""

from __future__ import annotations

import codecs
import re

# Python codec: labels seen in mail, without case, dashes and underscores (IANA character sets, and what programs write).
_LABELS = {
    "utf-8": "utf8 utf8mb4 unicode11utf8 unicode20utf8 xunknown cp65001",
    "cp1252": "ascii usascii ansix341968 iso88591 latin1 l1 cp1252 windows1252 xansi iso646us 7bit",
    "iso8859-2": "iso88592 latin2",
    "iso8859-3": "iso88593",
    "iso8859-4": "iso88594",
    "iso8859-5": "iso88595",
    "iso8859-6": "iso88596 iso88596i",
    "iso8859-7": "iso88597",
    "iso8859-8": "iso88598 iso88598i",
    "cp1254": "iso88599 latin5 windows1254 cp1254",
    "iso8859-10": "iso885910",
    "iso8859-13": "iso885913",
    "iso8859-14": "iso885914",
    "iso8859-15": "iso885915 latin9",
    "iso8859-16": "iso885916",
    "cp1250": "windows1250 cp1250",
    "cp1251": "windows1251 cp1251",
    "cp1253": "windows1253 cp1253",
    "cp1255": "windows1255 cp1255",
    "cp1256": "windows1256 cp1256",
    "cp1257": "windows1257 cp1257",
    "cp1258": "windows1258 cp1258",
    "cp437": "ibm437 cp437",
    "cp850": "ibm850 cp850",
    "cp852": "ibm852 cp852",
    "cp866": "ibm866 cp866",
    "koi8-r": "koi8r koi8",
    "koi8-u": "koi8u",
    "mac-roman": "macintosh macroman xmacroman",
    "iso2022_jp_ext": "iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpext cp50220 cp50221 cp50222",
    "cp932": "shiftjis sjis xsjis mskanji cp932 windows31j shiftjisx0213",
    "euc_jp": "eucjp xeucjp ujis",
    "gb18030": "gb2312 gbk gb18030 xgbk cp936 euccn gb231280 eucgb2312cn",
    "hz": "hz hzgb2312",
    "big5hkscs": "big5 big5hkscs xxbig5 cp950 cnbig5 big5tw",
    "cp949": "ksc56011987 ksc5601 euckr cp949 uhc windows949 ksx1001",
    "iso2022_kr": "iso2022kr",
    "cp874": "tis620 windows874 cp874 iso885911",
    "utf-16": "utf16",
    "utf-16-le": "utf16le",
    "utf-16-be": "utf16be",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Bytes below 128 do not mean ASCII there.
_ESCAPED = frozenset({"iso2022_jp_ext", "iso2022_kr", "hz", "utf-16", "utf-16-le", "utf-16-be"})
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949")
_LABEL_NOISE = re.compile(r"[^a-z0-9]+")
_HIGH = bytes(range(128, 256))
_SAMPLE = 6_000
_FAMILIAR = 0.2
# The commonest characters of modern Chinese in both scripts and of Korean; kana are told by their block.
_COMMON = frozenset(
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看"
    "這來國個說們為時會過學對後麼沒於還發當無見經點間現問題實樣開從動關長與進種體總應機電話請謝您貴面試職位公司時間附件郵件"
    "请谢您贵面试职位公司时间附件邮件我们今天明天星期上午下午本日月火水木金土曜分社様御願致件名場所担当採用部課株式会"
    "이다는을를에의가하고한은로지서인기해시사니어자면접일정안내드립습님들과도나여으라대리수있요세주아오전후요월화목금합부회원자보스"
)


def codec_from_label(label: str | None) -> str | None:
    """Python's name for a declared character set, None for one that is unknown or not allowed."""
    return _CODECS.get(_LABEL_NOISE.sub("", label.strip().casefold().partition("*")[0])[:40]) if label else None


def text_from_bytes(data: bytes, charset: str | None = None, *, hint: str | None = None) -> str:
    """Decoded text; bytes that fit nothing become U+FFFD.

    Args:
        charset: as declared, right or wrong or missing.
        hint: another character set of the same message, tried before guessing.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    declared = codec_from_label(charset)
    if data.isascii() and declared not in _ESCAPED and b"\x1b" not in data:
        return data.decode("ascii")
    if declared not in _ESCAPED and (b"\x1b$" in data or b"\x1b(" in data):
        declared = "iso2022_jp_ext"
    if declared and (text := _declared(data, declared)) is not None:
        return text
    return _guessed(data, codec_from_label(hint))


def _declared(data: bytes, codec: str) -> str | None:
    """The text if the declaration can be believed. UTF-8 announced as Latin-1 is common, and unmistakable."""
    if codec not in _ESCAPED and codec != "utf-8" and codec not in _EAST_ASIAN and (text := _utf8(data)) is not None:
        return text
    if codec == "utf-8":
        return _utf8(data)
    if codec == "cp1252" and _mostly_high(data):
        return None
    text = data.decode(codec, "replace")
    return text if text.count("\ufffd") * 20 <= len(text) else None


def _mostly_high(data: bytes) -> bool:
    """More bytes above 127 than any text in Latin letters has accents."""
    sample = data[:_SAMPLE]
    return (len(sample) - len(sample.translate(None, _HIGH))) * 4 > len(sample)


def _utf8(data: bytes) -> str | None:
    """UTF-8, where a character cut off at the end and a few broken ones in a long text are forgiven."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        begun = data[: error.start]
        if error.reason == "unexpected end of data" and not begun.isascii():
            return begun.decode("utf-8")
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    right = sum(char > "\x7f" for char in text) - broken
    return text if right > 3 * broken else None


def _guessed(data: bytes, hint: str | None) -> str:
    if (text := _utf8(data)) is not None:
        return text
    if hint and hint not in _ESCAPED and (text := _declared(data, hint)) is not None:
        return text
    if _mostly_high(data):
        scores = {codec: _familiarity(data[:_SAMPLE], codec) for codec in _EAST_ASIAN}
        best = max(scores, key=lambda codec: scores[codec])
        if scores[best] > _FAMILIAR:
            return data.decode(best, "replace")
    return data.decode("cp1252", "replace")


def _familiarity(sample: bytes, codec: str) -> float:
    """How much of the text would be characters that people use, minus what they never do; at most 1, 0 where it does not fit."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 3:
            return 0.0
        text = sample[: error.start].decode(codec)
    wide = [char for char in text if char > "\x7f"]
    known = sum("\u3041" <= char <= "\u30fe" or char in _COMMON for char in wide)
    odd = sum("\uff61" <= char <= "\uff9f" or "\ue000" <= char <= "\uf8ff" for char in wide)
    return (known - odd) / max(1, len(wide))
