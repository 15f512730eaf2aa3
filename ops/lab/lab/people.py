"""People who do not exist, with names as the hospital's machines wrote them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .model import Patient

KOREAN_SETS = ("", "ISO 2022 IR 149")
JAPANESE_SETS = ("", "ISO 2022 IR 87")
LATIN_1 = ("ISO_IR 100",)
UNICODE = ("ISO_IR 192",)

# Each name in its three spellings: Latin letters, Chinese characters, Hangul or kana.
KOREAN_FAMILIES = [("Kim", "金", "김"), ("Lee", "李", "이"), ("Park", "朴", "박"), ("Choi", "崔", "최"), ("Jung", "鄭", "정"),
                   ("Kang", "姜", "강"), ("Yoon", "尹", "윤"), ("Hong", "洪", "홍"), ("Shin", "申", "신"), ("Han", "韓", "한")]
KOREAN_GIVEN = [("Gildong", "吉洞", "길동"), ("Minsu", "敏洙", "민수"), ("Younghee", "英姬", "영희"), ("Jihoon", "志勳", "지훈"),
                ("Sujin", "秀眞", "수진"), ("Hyunwoo", "賢宇", "현우"), ("Eunju", "恩珠", "은주"), ("Seojun", "瑞俊", "서준"),
                ("Minji", "敏智", "민지"), ("Taeyang", "太陽", "태양"), ("Soyoung", "昭英", "소영"), ("Donghyun", "東賢", "동현")]
JAPANESE_FAMILIES = [("Yamada", "山田", "やまだ"), ("Tanaka", "田中", "たなか"), ("Suzuki", "鈴木", "すずき"), ("Satou", "佐藤", "さとう")]
JAPANESE_GIVEN = [("Tarou", "太郎", "たろう"), ("Hanako", "花子", "はなこ"), ("Ichirou", "一郎", "いちろう"), ("Yuki", "由紀", "ゆき")]
LATIN_FAMILIES = ["Müller", "Lefèvre", "Núñez", "Sørensen", "Bäcker", "Çelik"]
LATIN_GIVEN = ["Jörg", "Françoise", "José", "Åse", "Zoé", "André"]
ASCII_FAMILIES = ["Smith", "Jones", "Baker", "Miller", "O'Hara", "Van Dyke"]
ASCII_GIVEN = ["John", "Mary", "Ann Marie", "Peter", "Ruth", "Walter"]

# Of twenty patients so many have a name of each kind: the hospital stands in Seoul.
KINDS = ["korean"] * 11 + ["japanese"] * 3 + ["latin"] * 3 + ["ascii"] * 2 + ["unicode"]


def make_patients(count: int, random: Random) -> list[Patient]:
    """So many patients: namesakes among them, but no two born on one day; identifiers of eight digits with leading zeros."""
    numbers = random.sample(range(100_000, 999_999), count)
    first = date(1915, 1, 1)
    births = random.sample(range((date(1995, 1, 1) - first).days), count)
    patients: list[Patient] = []
    for index in range(count):
        groups, character_set = _name(KINDS[index % len(KINDS)], random)
        birth = f"{first + timedelta(days=births[index]):%Y%m%d}"
        patients.append(Patient(f"{numbers[index]:08}", groups, birth, "MF"[index % 2], character_set))
    return patients


def _name(kind: str, random: Random) -> tuple[tuple[str, str, str], tuple[str, ...]]:
    if kind in ("korean", "unicode"):
        family, given = random.choice(KOREAN_FAMILIES), random.choice(KOREAN_GIVEN)
        suffix = random.choice(["", "", "", "Jr"]) if kind == "unicode" else ""
        groups = tuple(f"{family[i]}^{given[i]}" for i in range(3))
        alphabetic = groups[0] + (f"^^^{suffix}" if suffix else "")
        return (alphabetic, groups[1], groups[2]), UNICODE if kind == "unicode" else KOREAN_SETS
    if kind == "japanese":
        family, given = random.choice(JAPANESE_FAMILIES), random.choice(JAPANESE_GIVEN)
        first, second, third = (f"{family[i]}^{given[i]}" for i in range(3))
        return (first, second, third), JAPANESE_SETS
    if kind == "latin":
        return (f"{random.choice(LATIN_FAMILIES)}^{random.choice(LATIN_GIVEN)}", "", ""), LATIN_1
    return (f"{random.choice(ASCII_FAMILIES)}^{random.choice(ASCII_GIVEN)}", "", ""), ()
