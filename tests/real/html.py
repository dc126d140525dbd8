"""What a reader of the HTML report would notice, in a real browser.

usage: html.py PAGES [SCREENSHOTS]"""
import os
import sys
from browser import Browser

PAGES = sys.argv[1]
SCREENSHOTS = sys.argv[2] if len(sys.argv) > 2 else None
WIDTHS = (390, 820, 1280)
THEMES = ("light", "dark")
OPENS_WITHIN = 2.0  # seconds, with 5,000 findings

# Text whose contrast with what is behind it is below WCAG 2.1's AA.
PALE = """
(() => {
  const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => {
    const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92
      : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || e.closest('svg') || e.matches('script'))
      continue;
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
      continue;
    const a = light(rgb(getComputedStyle(e).color).slice(0, 3));
    const b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5)
      pale.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(1));
  }
  return [...new Set(pale)];
})()"""

# What a screen reader, or a keyboard, would miss.
NAMELESS = """
(() => {
  const all = s => [...document.querySelectorAll(s)];
  const ids = all('[id]').map(e => e.id);
  const levels = all('h1,h2,h3').map(e => Number(e.tagName[1]));
  return [
    ...['header', 'main', 'footer', 'h1', 'head > title', 'html[lang]']
      .filter(s => all(s).length !== 1),
    ...all('table').filter(e => !e.caption).map(() => 'table'),
    ...all('th').filter(e => !e.scope).map(() => 'th'),
    ...all('svg').filter(e => !e.getAttribute('aria-label') &&
      e.getAttribute('aria-hidden') !== 'true').map(() => 'svg'),
    ...all('input,select').filter(e => e.labels.length === 0)
      .map(e => e.id),
    ...all('button,a').filter(e => !e.textContent.trim()).map(() => 'link'),
    ...all('a[href^="#"]').map(e => e.getAttribute('href').slice(1))
      .filter(id => !document.getElementById(id)),
    ...ids.filter((id, i) => ids.indexOf(id) !== i),
    ...all('.chart').filter(e => e.tabIndex !== 0).map(() => 'chart'),
    ...levels.filter((l, i) => i > 0 && l > levels[i - 1] + 1)
      .map(l => 'h' + l)
  ];
})()"""

# All words of the page but those of tools, wherever they are.
WORDS = """(() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll('script,style,[hidden],#tools,#save')
    .forEach(e => e.remove());
  return body.textContent.replace(/\\s+/g, ' ').trim();
})()"""

HOSTS = """[...document.querySelectorAll('#findings tbody tr')]
  .filter(r => !r.hidden).map(r => r.cells[0].textContent)"""

passed = failed = 0


def check(name, good, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {seen}")


def path(name):
    return os.path.join(PAGES, name + ".html")


def looks(browser):
    """Each page at each width in both themes."""
    for name in ("0", "10", "nasty", "5000"):
        for width in WIDTHS:
            for theme in THEMES:
                where = f"{name} at {width} {theme}"
                browser.view(width, 1000, theme)
                browser.open(path(name))
                check(where + " fits", browser.run(
                    "document.documentElement.scrollWidth <= innerWidth"))
                check(where + " asks the network",
                      len(browser.requests()) == 1, browser.requests())
                check(where + " complains", not browser.complaints(),
                      browser.complaints())
                if name == "10":
                    pale = browser.run(PALE)
                    check(where + " is pale", not pale, pale)
                if SCREENSHOTS:
                    browser.screenshot(os.path.join(
                        SCREENSHOTS, f"{name}-{width}-{theme}.png"))


def names(browser):
    for name in ("0", "10", "nasty"):
        browser.open(path(name))
        missing = browser.run(NAMELESS)
        check(name + " has names for all", not missing, missing)


def acts(browser):
    """Sort, filter, follow a link."""
    browser.view(1280, 1000, "light")
    browser.open(path("10"))
    first = browser.run(HOSTS)
    browser.run("document.querySelectorAll('#findings th button')[3].click()")
    attempts = browser.run(
        "[...document.querySelectorAll('#findings tbody tr')]"
        ".map(r => Number(r.cells[3].textContent))")
    check("sorts numbers as numbers, most first",
          attempts == sorted(attempts, reverse=True), attempts)
    browser.run("document.querySelectorAll('#findings th button')[0].click()")
    browser.run("document.querySelectorAll('#findings th button')[0].click()")
    hosts = browser.run(HOSTS)
    check("sorts names", hosts == sorted(hosts, key=str.lower) and
          hosts != first, hosts)
    check("says how it is sorted", browser.run(
        "document.querySelector('#findings th').ariaSort") == "ascending")
    browser.run("""(() => { const s = document.querySelector('#search');
        s.value = 'apple push'; s.dispatchEvent(new Event('input')); })()""")
    hosts = browser.run(HOSTS)
    check("searches for all words", len(hosts) == 1 and
          "push.apple" in hosts[0], hosts)
    check("filters the evidence too", browser.run(
        "document.querySelectorAll('.evidence > details:not([hidden])')"
        ".length") == 1)
    browser.run("""(() => { const s = document.querySelector('#search');
        s.value = ''; s.dispatchEvent(new Event('input'));
        const k = document.querySelector('#kinds');
        k.value = 'pinning'; k.dispatchEvent(new Event('change')); })()""")
    check("filters by class", len(browser.run(HOSTS)) == 2)
    browser.open(path("10"))
    check("begins closed", browser.run(
        "document.querySelectorAll('details[open]').length") == 0)
    browser.run("document.querySelector('#findings tbody a').click()")
    check("opens what a link points to", browser.run(
        "new Promise(r => setTimeout(() => r("
        "document.querySelectorAll('details[open]').length), 200))") == 1)


def reads_without_scripts(browser):
    """The page itself is the report: a script only sorts and filters it."""
    browser.view(1280, 1000, "light")
    for name in ("0", "10", "nasty", "5000"):
        where = f"{name} without scripts"
        browser.open(path(name))
        words = browser.run(WORDS)
        rows = browser.run("[...document.querySelectorAll('table')]"
                           ".map(t => t.rows.length)")
        browser.scripts(False)
        browser.open(path(name))
        check(where + " has not run any", browser.run(
            "!document.querySelector('#findings th button') && "
            "document.querySelector('#save').hidden"))
        check(where + " says the same", browser.run(WORDS) == words)
        seen = browser.run("[...document.querySelectorAll('table')]"
                           ".map(t => t.rows.length)")
        check(where + " has whole tables", seen == rows, (seen, rows))
        check(where + " has a row for each finding", browser.run(
            "document.querySelectorAll('#findings tbody tr').length === "
            "JSON.parse(document.querySelector('#report').textContent)"
            ".findings.length"))
        check(where + " shows all rows", browser.run(
            "[...document.querySelectorAll('#findings tr')]"
            ".every(r => r.checkVisibility() && r.offsetHeight > 0)"))
        check(where + " shows no tool that does nothing", browser.run(
            "[...document.querySelectorAll('#tools,#save,button,input,select')]"
            ".every(e => !e.checkVisibility())"))
        closed = browser.run("""[...document.querySelectorAll('details')]
            .map(d => { const empty = d.querySelector('summary')
              .nextElementSibling === null; d.open = true;
              return empty || !d.lastElementChild.checkVisibility(); })
            .filter(bad => bad).length""")
        check(where + " has evidence to open", closed == 0, closed)
        check(where + " complains", not browser.complaints(),
              browser.complaints())
        if SCREENSHOTS:
            browser.screenshot(os.path.join(SCREENSHOTS,
                                            f"{name}-without-scripts.png"))
        browser.scripts(True)


def prints(browser):
    browser.open(path("10"))
    pdf = os.path.join(SCREENSHOTS or PAGES, "10.pdf")
    browser.pdf(pdf)
    data = open(pdf, "rb").read()
    check("prints on A4", b"MediaBox [0 0 594.95" in data or
          b"MediaBox [0 0 595" in data)


def is_quick(browser):
    browser.view(1280, 1000, "light")
    best = min(browser.open(path("5000")) for _ in range(5))
    print(f"5,000 findings open in {best:.2f} s")
    check("5,000 findings open in time", best < OPENS_WITHIN, best)
    best = browser.run("""(() => { const start = performance.now();
        const s = document.querySelector('#search');
        s.value = 'unknown'; s.dispatchEvent(new Event('input'));
        document.body.offsetHeight; return performance.now() - start; })()""")
    check("5,000 findings are searched in time", best < 1000, best)


browser = Browser("chromium")
try:
    for step in (looks, names, acts, reads_without_scripts, prints,
                 is_quick):
        step(browser)
finally:
    browser.close()
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed > 0)
