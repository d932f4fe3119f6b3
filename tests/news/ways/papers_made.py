"""Documents made for the tests: a PDF from lines, a DOCX from paragraphs, an answer of the web."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from news.outcome import Fetched, FetchFailed, NotModified

BODY = (
    "Dockers in the harbour town of Varnes stopped work on Tuesday over a new roster. "
    "The port authority said that three ships were waiting outside the breakwater. "
    "A union spokeswoman asked for talks before the weekend, when the ferry season begins. "
    "Shopkeepers near the quay feared empty shelves should the strike last for a week. "
    "The mayor offered the town hall for a meeting and promised to listen to both sides."
)
_WORD_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument'
    '/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_STYLES = (
    f'<?xml version="1.0"?><w:styles xmlns:w="{_WORD_SPACE}"><w:style w:type="paragraph" '
    'w:styleId="Title"><w:name w:val="Title"/></w:style></w:styles>'
)
_CORE = (
    '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/'
    '2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title>'
    "<dc:creator>{author}</dc:creator><dcterms:created "
    'xsi:type="dcterms:W3CDTF">{created}</dcterms:created></cp:coreProperties>'
)


def pdf(
    pages: Sequence[Sequence[str]], *, info: Mapping[str, str] | None = None, picture: bool = False
) -> bytes:
    """A PDF of these lines, one Helvetica line below the other; `picture`: an image a page."""
    parts: list[bytes] = [b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for lines in pages:
        shown = ["BT /F 10 Tf 14 TL 50 780 Td"]
        for line in lines:
            plain = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            shown.append(f"({plain}) Tj T*")
        stream = ("\n".join([*shown, "ET"]) + ("\n/I Do" if picture else "")).encode("latin-1")
        parts.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        content, image = len(parts), ""
        if picture:
            parts.append(
                b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
                b"/BitsPerComponent 8/Length 1>>stream\n\x80\nendstream"
            )
            image = f"/XObject<</I {len(parts)} 0 R>>"
        parts.append(
            f"<</Type/Page/Parent {{root}} 0 R/MediaBox[0 0 595 842]/Contents {content} 0 R"
            f"/Resources<</Font<</F 2 0 R>>{image}>>>>".encode()
        )
        kids.append(len(parts))
    root = len(parts) + 1
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    parts.append(f"<</Type/Pages/Count {len(kids)}/Kids[{listed}]>>".encode())
    parts[0] = f"<</Type/Catalog/Pages {root} 0 R>>".encode()
    told = "".join(f"/{key}({value})" for key, value in (info or {}).items())
    parts.append(f"<<{told}>>".encode("latin-1"))
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part.replace(b"{root}", b"%d" % root)))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\n" % (len(parts) + 1, len(parts)))
    out.write(b"startxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def docx(
    paragraphs: Sequence[str],
    *,
    heading: str | None = None,
    title: str = "",
    author: str = "",
    created: str = "2022-02-18T12:00:00Z",
    extra: str = "",
    more_parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """A DOCX of these paragraphs; `extra` is markup after them."""
    head = ""
    if heading:
        head = (
            '<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>'
            f"<w:r><w:t>{escape(heading)}</w:t></w:r></w:p>"
        )
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    document = (
        f'<?xml version="1.0"?><w:document xmlns:w="{_WORD_SPACE}"><w:body>'
        f"{head}{body}{extra}</w:body></w:document>"
    )
    return zipped(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _RELATIONS.encode(),
            "word/document.xml": document.encode(),
            "word/styles.xml": _STYLES.encode(),
            "docProps/core.xml": _CORE.format(title=title, author=author, created=created).encode(),
            **(more_parts or {}),
        }
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


class Web:
    """Pages by link, as a way in asks for them; what is missing is not found."""

    def __init__(self, pages: Mapping[str, bytes | str]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, url: str) -> Fetched | NotModified | FetchFailed:
        """Answer as a Fetcher would."""
        self.asked.append(url)
        body = self.pages.get(url)
        if body is None:
            return FetchFailed(url=url, reason="there is no such page (HTTP 404)", permanent=True)
        return Fetched(
            url=url,
            status=200,
            body=body.encode() if isinstance(body, str) else body,
            content_type=None,
            charset=None,
            etag=None,
            last_modified=None,
            permanent_redirect_to=None,
        )
