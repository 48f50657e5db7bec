from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwatch.core.mime.charsets import codec_from_label, text_from_bytes

JAPANESE = "面接のご案内です。来週の火曜日、午後3時にお越しください。"
SIMPLIFIED = "您好，我们想请您参加面试，时间是下周二下午三点。"
TRADITIONAL = "您好，我們想請您參加面試，時間是下週二下午三點。"
KOREAN = "안녕하세요 면접 일정을 안내드립니다"
LATIN = "Gráinne señor über naïve"

ENCODED = [
    ("cp932", JAPANESE),
    ("euc_jp", JAPANESE),
    ("iso2022_jp", JAPANESE),
    ("gb18030", SIMPLIFIED),
    ("big5", TRADITIONAL),
    ("cp949", KOREAN),
    ("cp1252", LATIN),
    ("utf-8", LATIN + JAPANESE),
]


@pytest.mark.scenario("R22")
@pytest.mark.parametrize(("codec", "text"), ENCODED)
@pytest.mark.parametrize("declared", [None, "us-ascii", "unknown-8bit", "x-nonsense", "", "iso-8859-1"])
def test_text_is_read_whatever_is_declared(codec, text, declared):
    assert text_from_bytes(text.encode(codec), declared) == text


@pytest.mark.parametrize(
    ("label", "codec"),
    [("Shift_JIS", "cp932"), ("ks_c_5601-1987", "cp949"), ("GB2312", "gb18030"), ("Big5", "big5hkscs"), ("ISO-8859-1", "cp1252"), ("ISO-2022-JP", "iso2022_jp_ext"),
     ("koi8-r", "koi8-r"), ("UTF8", "utf-8"), ('windows-1252', "cp1252"), ("utf-8*en", "utf-8")],
)  # fmt: skip
def test_labels_are_known_by_the_names_that_mails_use(label, codec):
    assert codec_from_label(label) == codec


@pytest.mark.parametrize(
    "label",
    [
        "idna",
        "unicode_escape",
        "undefined",
        "utf-7",
        "punycode",
        "rot13",
        "hex",
        "zip",
        "mbcs",
        "../../x",
        "a" * 900,
        None,
    ],
)
def test_no_other_codec_is_ever_looked_up(label):
    assert codec_from_label(label) is None
    assert text_from_bytes(b"plain", label) == "plain"


def test_utf8_announced_as_latin_is_utf8():
    assert text_from_bytes("naïve – “quoted”".encode(), "windows-1252") == "naïve – “quoted”"


def test_latin_announced_as_utf8_is_latin():
    assert text_from_bytes("Grüße aus Köln".encode("cp1252"), "utf-8") == "Grüße aus Köln"


def test_a_character_cut_in_two_at_the_end_is_dropped():
    assert text_from_bytes("Köln ü".encode()[:-1], "utf-8") == "Köln "
    assert text_from_bytes(b"caf\xe9") == "café"


def test_a_few_broken_bytes_do_not_change_the_character_set():
    data = ("äöü " * 20).encode() + b"\xff" + ("ÄÖÜ " * 20).encode()
    assert text_from_bytes(data, "utf-8") == "äöü " * 20 + "\ufffd" + "ÄÖÜ " * 20


def test_a_byte_order_mark_decides():
    assert text_from_bytes("\ufeffHallo".encode("utf-16-le"), "utf-8") == "Hallo"
    assert text_from_bytes(b"\xef\xbb\xbfHallo", "iso-8859-1") == "Hallo"


def test_the_hint_is_tried_before_guessing():
    assert text_from_bytes("面试安排".encode("gb18030"), None, hint="gb2312") == "面试安排"
    assert text_from_bytes("Łódź".encode("cp1250"), None, hint="windows-1250") == "Łódź"


def test_bytes_that_fit_nothing_declared_are_guessed():
    assert text_from_bytes(TRADITIONAL.encode("big5"), "euc-kr") == TRADITIONAL


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [None, "utf-8", "big5", "iso-2022-jp", "utf-16", "hz", "cp932", "us-ascii", "iso-2022-kr", "gb18030"]
    ),
)
def test_any_bytes_are_text(data, declared):
    text_from_bytes(data, declared).encode("utf-8", "surrogatepass")
