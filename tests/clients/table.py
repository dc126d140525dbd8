#!/usr/bin/env python3
"""What pinspot makes of the clients' captures, in the form of expected.tsv.

usage: table.py FILE...

FILE is named like its capture and holds the output of pinspot scan --handshakes
--format jsonl.  A line per capture and host: name, host, then its connections in order: outcome, sign, the
code of a readable alert that decided, resumption where there was any; equal
neighbours are counted ("rejected:clear-alert:46*3").
"""
import json
import sys


def word(h):
    codes = [a["code"] for a in h["alerts"] if a["code"] is not None]
    parts = [h["outcome"]] + ([h["sign"]] if h["sign"] else [])
    if codes and (h["sign"] == "clear-alert" or
                  h["outcome"] == "refused-by-server"):
        parts.append(str(codes[0]))
    if h["resumption"] != "none":
        parts.append("+" + str(h["resumption"]))
    return ":".join(parts)


def main():
    for path in sorted(sys.argv[1:]):
        hosts = {}
        for h in sorted(map(json.loads, open(path)), key=lambda h: h["frame"]):
            runs = hosts.setdefault(h["host"]["name"], [])
            if runs and runs[-1][0] == word(h):
                runs[-1][1] += 1
            else:
                runs.append([word(h), 1])
        name = path.split("/")[-1].removesuffix(".pcap")
        for host, runs in sorted(hosts.items()):
            print("\t".join((name, host, " ".join(
                w if n == 1 else "%s*%d" % (w, n) for w, n in runs))))


main()
