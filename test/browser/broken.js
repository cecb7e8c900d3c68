// SPDX-License-Identifier: Apache-2.0
// Pages that are wrong in one way each, served under our own headers. A check that lets one of
// them pass proves nothing about the others.
"use strict";

const page = (head, body, root = 'lang="en" dir="ltr"') => `<!doctype html>
<html ${root}><head><meta charset="utf-8"><title>Broken</title>${head}</head>
<body><main><h1>Broken</h1>${body}</main></body></html>
`;
const css = '<link rel="stylesheet" href="/broken.css">';

exports.sheet = `.pale { color: #999; background: #fff } .wide { inline-size: 500px }
.thin { inline-size: 1em; padding: 0; overflow-wrap: anywhere; line-height: 1.2 }
.tiny { display: inline-block; inline-size: 8px; block-size: 8px }
html { background: #fff; color: #000 } body { margin: 0 }`;
exports.script = 'throw new Error("broken on purpose");';

// [what is wrong, the check that must say so, what it must say, the page]
exports.broken = [
  ["nothing", "", "", page(css, "<p>Sound.</p>")],
  ["a text too pale", "axe", "color-contrast", page(css, '<p class="pale">Pale</p>')],
  ["a button without a name", "axe", "button-name", page(css, '<button type="button"></button>')],
  ["a field without a label", "axe", "label",
   page(css, '<form action="/x"><input type="text" name="a"></form>')],
  ["a picture without words", "axe", "image-alt", page(css, '<img src="/broken.svg">')],
  ["targets too small", "axe", "target-size",
   page(css, '<p><a class="tiny" href="/a">.</a><a class="tiny" href="/b">.</a></p>')],
  ["a page without a language", "axe", "html-has-lang", page(css, "<p>x</p>", 'dir="ltr"')],
  ["a box wider than the page", "overflow", "180 px beside", page(css, '<p class="wide">x</p>')],
  ["a box that sticks out at the left of an Arabic page", "overflow", "180 px beside",
   page(css, '<p class="wide">x</p>', 'lang="ar" dir="rtl"')],
  ["a button whose letters stand below each other", "squeezed", "lines",
   page(css, '<button type="button" class="thin">Acknowledge</button>')],
  ["an inline style", "listen", "Content Security Policy", page(css, '<p style="color:red">x</p>')],
  ["a style element", "listen", "Content Security Policy", page(`${css}<style>p{}</style>`, "")],
  ["an inline script", "listen", "Content Security Policy",
   page(css, "<script>document.title = 'x'</script>"), "scripts"],
  ["an event handler", "listen", "Content Security Policy",
   page(css, '<img alt="x" src="/broken.svg" onload="x()">'), "scripts"],
  ["a style from elsewhere", "listen", "Content Security Policy",
   page('<link rel="stylesheet" href="http://elsewhere.localhost/x.css">', "")],
  ["a script that fails", "listen", "broken on purpose",
   page(`${css}<script src="/broken.js"></script>`, ""), "scripts"],
  ["a picture that is not there", "listen", "404",
   page(css, '<img alt="gone" src="/nowhere.svg">')],
  ["a tag that never closes", "html", "close-order", page(css, "<div><p>x</div></section>")],
  ["two ids", "html", "no-dup-id", page(css, '<p id="a">x</p><p id="a">y</p>')],
  ["a list in a paragraph", "html", "", page(css, "<p>x<ul><li>y</li></ul></p>")],
  ["a label of nothing", "html", "input-missing-label",
   page(css, '<label for="no">x</label><input id="yes" type="text" name="a">')],
  ["an Arabic page that runs from the left", "direction", "runs ltr",
   page(css, "<p>x</p>", 'lang="ar" dir="ltr"'), "ar"],
  ["a page in another language than asked for", "direction", "is in en", page(css, ""), "az"],
  ["a night that is light", "theme", "is light", page(css, "<p>x</p>"), "night"],
];
