import { describe, expect, it } from "vitest"
import { printed, run } from "./Container.ts"

/** A script, what it prints, and its status. As dash and busybox ash have it. */
const scripts: ReadonlyArray<readonly [script: string, out: ReadonlyArray<string>, status?: number]> = [
  ["echo a b; echo 'c  d' \"e  f\"", ["a b", "c  d e  f"]],
  ["x='a  b'; echo $x; echo \"$x\"", ["a b", "a  b"]],
  ["set -- a 'b c'; for i in \"$@\"; do echo [$i]; done; echo $# $2", ["[a]", "[b c]", "2 b c"]],
  ["echo ${x:-none} ${x:=some} $x ${x:+set} ${#x}", ["none some some set 4"]],
  ["f=/a/b.tar.gz; echo ${f##*/} ${f%.*} ${f%%.*} ${f#/}", ["b.tar.gz /a/b.tar /a/b a/b.tar.gz"]],
  ["echo ${x:?is missing}; echo never", ["err: sh: x: is missing"], 2],
  ["echo $((1 + 2 * 3)) $((7 / 2)) $((-7 % 3)) $(( (1 + 2) * 3 ))", ["7 3 -1 9"]],
  ["i=1; echo $((i++)) $i $((i += 2)) $((i > 3 ? 10 : 20)) $((0x10 | 1))", ["1 2 4 10 17"]],
  ["x=3; echo $(( ${x} + $x + x ))", ["9"]],
  ["echo $((1 / 0)); echo never", ["err: sh: divide by zero"], 2],
  ["true && echo yes || echo no; false && echo yes || echo no", ["yes", "no"]],
  ["! false; echo $?; ! true; echo $?", ["0", "1"]],
  ["if [ 1 -gt 2 ]; then echo a; elif [ a = a ]; then echo b; else echo c; fi", ["b"]],
  ["i=0; while [ $i -lt 3 ]; do i=$((i + 1)); [ $i = 2 ] && continue; echo $i; done", ["1", "3"]],
  ["i=0; until [ $i = 2 ]; do i=$((i+1)); done; echo $i", ["2"]],
  ["for i in 1 2 3; do for j in a b; do [ $i = 2 ] && break 2; echo $i$j; done; done; echo end", ["1a", "1b", "end"]],
  ["for i in 1 2; do for j in a b; do continue 2; done; echo never; done; echo end", ["end"]],
  ["break; echo on", ["on"]],
  ["case a-b in a-*) echo dash;; *) echo other;; esac; case '*' in '*') echo star;; esac", ["dash", "star"]],
  ["case x in '?') echo quoted;; [a-z]) echo class;; esac; case 5 in [!0-9]) echo no;; *) echo yes;; esac", ["class", "yes"]],
  ["f() { echo $1 $#; return 3; }; f a b; echo $?", ["a 2", "3"]],
  ["x=1; f() { local x=2; echo $x; }; f; echo $x", ["2", "1"]],
  ["f() { for i in 1 2; do return 4; done; }; f; echo $?", ["4"]],
  ["(x=2; cd /tmp; exit 3); echo $? $x. $PWD", ["3 . /"]],
  ["{ echo a; echo b; } > /f; cat /f; echo c >> /f; wc -l < /f", ["a", "b", "3"]],
  ["echo a >&2; echo b 2>&1 >/dev/null; { echo c >&2; } 2>&1", ["err: a", "c"]],
  ["while true; do { break; } > /f; done; echo seen", ["seen"]],
  ["exec > /f; echo hidden; cat /f >&2", ["err: hidden"]],
  ["echo a b c | while read x y; do echo $y; z=1; done; echo [$z]", ["b c", "[]"]],
  ["printf 'b\\na\\nb\\n' | sort | uniq -c", ["      1 a", "      2 b"]],
  ["exit 3 | cat; echo $?", ["0"]],
  ["x=$(echo a; exit 4); echo $x $?", ["a 4"]],
  ["echo $(echo $(echo deep)) `echo back` \"$(echo 'a  b')\"", ["deep back a  b"]],
  ["x=$(false) || echo failed", ["failed"]],
  ["eval 'x=1; y=2'; echo $x$y", ["12"]],
  ["set -e; false; echo never", [], 1],
  ["set -e; false || true; false && true; if false; then :; fi; ! true; echo on", ["on"]],
  ["set -e; true && false; echo never", [], 1],
  ["set -e; f() { false; echo on; }; f || true; f; echo never", ["on"], 1],
  ["sh -c 'exit 5'; echo $?; sh -c 'echo $0 $1' zero one", ["5", "zero one"]],
  ["X=1 sh -c 'echo $X'; echo [$X]; env Y=2 sh -c 'echo $Y'", ["1", "[]", "2"]],
  ['cat <<EOF\na $x $((1+1)) "q"\nEOF\necho after', ['a  2 "q"', "after"]],
  ["cat <<'EOF' > /f\n$x `no`\nEOF\ncat /f", ["$x `no`"]],
  ["cat <<-EOF\n\t\ttabs\n\tEOF\necho \\\n  continued", ["tabs", "continued"]],
  ["trap 'echo bye' EXIT; echo hi; exit 2", ["hi", "bye"], 2],
  ["no-such; echo $?", ["err: sh: no-such: not found", "127"]],
  ["cat /none; echo $?", ["err: cat: can't open '/none': No such file or directory", "1"]],
  ["cat < /none; echo $?", ["err: sh: can't open /none: no such file", "1"]],
  ["if true; then echo a", ["err: sh: syntax error: unexpected end of file"], 2],
  ["[ a -eq 1 ]; echo $?", ["err: sh: a: bad number", "2"]],
  ["mkdir -p /a/b; touch /a/b/c /a/d; ls /a; [ -d /a/b ] && [ ! -e /x ] && echo ok; echo /a/*", ["b", "d", "ok", "/a/b /a/d"]],
  ["cp /etc/motd /m; mv /m /n; cat /n; rm /n; cat /n", ["welcome", "err: cat: can't open '/n': No such file or directory"], 1],
  ["printf '%s=%03d %5.1f%%|%-4s|\\n' a 7 2.25 b", ["a=007   2.3%|b   |"]],
  ["echo a:b:c | cut -d: -f2,3; echo abc | tr a-b A-B; seq 3 | tail -n 1; echo 'x y' | wc -w", ["b:c", "ABc", "3", "2"]],
  [
    "printf 'a.b\\naxb\\n(c)\\n' | grep 'a.b' | grep -c .; echo '(c)' | grep '(c)'; echo ab | grep -E 'a|z'; echo n | grep '['",
    ["2", "(c)", "ab", "err: grep: bad regex '[': Invalid preceding regular expression"],
    2
  ],
  ["date +%Y-%m-%dT%H:%M:%S; command -v sh-none || echo none", ["1970-01-01T00:00:00", "none"]]
]

describe("the containers' shell", () => {
  it.each(scripts.map(([script, out, status = 0]) => ({ script, out, status })))("$script", ({ out, script, status }) => {
    expect(printed(script, { files: { "/etc/motd": "welcome\n" } })).toEqual({ out, exit: String(status) })
  })

  it("runs scripts that are files, with their parameters", () => {
    const files = { "/run.sh": "#!/bin/sh\necho $0 $1\n", "/lib.sh": "greet() { echo hello $1; }\n" }
    expect(printed("sh /run.sh a; /run.sh b; . /lib.sh; greet c; sh /none", { files }).out).toEqual([
      "/run.sh a",
      "/run.sh b",
      "hello c",
      "err: sh: can't open '/none': No such file or directory"
    ])
    expect(run({ argv: ["sh", "-e", "/run.sh", "x"], files }).log).toEqual(["0s out: /run.sh x"])
  })

  it("keeps what is printed without an end of line until there is one, or the end", () => {
    expect(run({ argv: ["sh", "-c", "printf a; sleep 1; echo b; printf c"] })).toMatchObject({
      log: ["1s out: ab", "1s out: c"],
      exit: "0 at 1s"
    })
  })

  it("writes files that are there afterwards", () => {
    expect(run({ argv: ["sh", "-c", "echo 1 > /a; sleep 2; rm /a; echo 2 > b; sleep 1"], until: 1 }).files).toEqual({ "/a": "1\n" })
    expect(run({ argv: ["sh", "-c", "echo 1 > /a; sleep 2; rm /a; cd /x; echo 2 > b"] }).files).toEqual({ "/x/b": "2\n" })
  })
})
