"""Messages of HL7 to begin with, and words to put into them."""

from __future__ import annotations

from collections.abc import Iterator

HEAD = "MSH|^~\\&|RIS|HOSP|SKEIN|HOSP|20261123101500+0900||{kind}|M1|P|{version}|||{accept}|{application}||{characters}"
PID = "PID|1||99^^^KR^NI~00012345^^^HOSP&1.2.3&ISO^MR||{name}||19500312|M"
ORC = "ORC|{control}|P1|F1||{status}||^^^20030310|||||||||||RAD^Radiology"
OBR = "OBR|1|P1|F1|C100^Chest \\T\\ \\X4142\\ CT||||||||||||||A7||||||CT||||||||||||200303100930"
OMI = ["TQ1|1||||||20030310093000", "OBR|1|||C100^Chest", "IPC|A7|R|1.2.840.1|S1|CT", "IPC|A8|R|1.2.840.2|S2|PT"]
ZDS = "ZDS|1.2.840.1^^Application^DICOM"
NAMES = {"": "KIM^MINSU^^JR^DR", "UNICODE UTF-8": "KIM^MINSU^^^^^L^A~金^民秀^^^^^L^I~김^민수^^^^^L^P", "KS X 1001": "김^민수", "8859/1": "MÜLLER^JÖRG", "BIG-5": "金^民", "GB 18030-2000": "金^民"}
CODECS = {"": "ascii", "UNICODE UTF-8": "utf-8", "KS X 1001": "euc-kr", "8859/1": "latin-1", "BIG-5": "big5", "GB 18030-2000": "gb18030"}
SEGMENTS = ("MSH", "PID", "ORC", "OBR", "TQ1", "IPC", "ZDS", "MRG", "SCH", "NTE")
KINDS = ("ORM^O01", "OMI^O23^OMI_O23", "ADT^A08", "ADT^A40^ADT_A39")
CONTROLS = ("NW", "CA", "DC", "XO", "SC", "RP", "UC")
ESCAPES = ("\\F\\", "\\S\\", "\\T\\", "\\R\\", "\\E\\", "\\X0D\\", "\\X1C\\", "\\.br\\", "\\H\\", "\\C2842\\", '""')
CONDITIONS = ("AL", "NE", "ER", "SU")


def head(kind: str, version: str = "2.5", accept: str = "", application: str = "", characters: str = "") -> str:
    """A header."""
    return HEAD.format(kind=kind, version=version, accept=accept, application=application, characters=characters)


def messages() -> Iterator[bytes]:
    """One of each kind, in each character set, in frames and without."""
    for characters, name in NAMES.items():
        pid, orc = PID.format(name=name), ORC.format(control="NW", status="SC")
        for kind, segments in zip(KINDS, ([pid, orc, OBR, ZDS], [pid, orc, *OMI], [pid], [pid, "MRG|8^^^HOSP"]), strict=True):
            content = "\r".join([head(kind, characters=characters), *segments, ""]).encode(CODECS[characters])
            yield content
            yield b"\x0b" + content + b"\x1c\r"
    for control in CONTROLS:
        yield "\r".join([head("ORM^O01", "2.3"), PID.format(name="KIM"), ORC.format(control=control, status="CA"), OBR, ORC.format(control="CA", status=""), OBR]).encode()
    for condition in CONDITIONS:
        yield head("ADT^A08", accept=condition, application=condition).encode()
    yield b"MSH$%*!?$RIS$HOSP$SKEIN$HOSP$20261123$$ORM%O01$M1$P$2.5\rPID$1$$7%%%HOSP?1.2?ISO*8$$O!F!K%A\rORC$NW\r"


def words() -> Iterator[bytes]:
    """What a reader of messages treats in its own way."""
    for word in (*SEGMENTS, *KINDS, *CONTROLS, *ESCAPES, *CONDITIONS, *CODECS, "ISO IR87", "8859/15", "20030310093000+0900", "19500312", "^", "~", "&", "\\", "\r", "\n"):
        if word:
            yield word.encode()
    yield from (b"\x0b", b"\x1c\r", b"\x1b$)C", b"\x1b$B", b"\x1b(B", b"\xb1\xe8", "김".encode())
