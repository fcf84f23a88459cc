"""Runs a program in a terminal of a given size, presses keys, and prints what is on its screen then.

    python3 terminal.py COLUMNS ROWS KEYS PROGRAM [ARGUMENT...]

Keys are words: <enter> <esc> <tab> <ctrl-d> … press a key, ~text waits until the text is on the screen, 2s waits so long, all else is typed.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

import pyte

NAMED = {"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "up": "\x1b[A", "down": "\x1b[B"}
LONGEST = 60


def key(name):
    return chr(ord(name[-1]) - ord("a") + 1) if name.startswith("ctrl-") else NAMED[name]


def main(columns, rows, words, argv):
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color")
        os.execvp(argv[0], argv)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen = pyte.Screen(columns, rows)
    screen.write_process_input = lambda answer: os.write(terminal, answer.encode())
    stream = pyte.ByteStream(screen)

    def watch(seconds, text=None):
        end = time.monotonic() + seconds
        while time.monotonic() < end and (text is None or not any(text in line for line in screen.display)):
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                stream.feed(os.read(terminal, 65536))
            except OSError:
                sys.exit("the program has ended\n" + "\n".join(screen.display))
        if text is not None and time.monotonic() >= end:
            sys.exit(f"no {text!r} within {seconds} s\n" + "\n".join(screen.display))

    for word in words.split():
        if re.fullmatch(r"\d+(\.\d+)?s", word):
            watch(float(word[:-1]))
        elif word.startswith("~"):
            watch(LONGEST, word[1:].replace("_", " "))
        elif re.fullmatch(r"<.+>", word):
            os.write(terminal, key(word[1:-1]).encode())
            watch(0.4)
        else:
            os.write(terminal, word.replace("_", " ").encode())
            watch(0.4)
    print("\n".join(line.rstrip() for line in screen.display))
    os.kill(child, signal.SIGKILL)


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
