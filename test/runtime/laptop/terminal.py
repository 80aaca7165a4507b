"""Runs a program on a pseudo-terminal of 100 columns and prints what stands on its screen at the end."""

import fcntl
import os
import pty
import re
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
written = b""
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # Linux says "input/output error" when the last process has closed the terminal.
        break
    if not chunk:
        break
    written += chunk
_, status = os.waitpid(pid, 0)

screen, row = [""], 0
for part in re.split(r"(\x1b\[\d*[A-Za-z]|\n)", written.decode().replace("\r", "")):
    control = re.fullmatch(r"\x1b\[(\d*)([A-Za-z])", part)
    if part == "\n":
        row += 1
        if row == len(screen):
            screen.append("")
    elif control is None:
        screen[row] += part
    elif control[2] == "A":
        row -= int(control[1])
    elif control[2] == "K":
        screen[row] = ""
    elif control[2] != "m":
        sys.exit(f"a terminal code that this screen does not know: {part!r}")
print("\n".join(screen))
sys.exit(os.waitstatus_to_exitcode(status))
