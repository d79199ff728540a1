#!/usr/bin/env python3
"""SIPp's built-in scenarios behind a console: `-sn uas` waits for calls, `dial` calls once with `-sn uac`.

usage: peer.py ADDRESS PORT FOLDER

Commands: `dial URI`, `idle`, `nothing`. Tells the exit code of each SIPp that has ended; it decides nothing of SIP.
"""

import re
import select
import shutil
import signal
import subprocess
import sys
import time

URI = re.compile(r"sip:(?:([^@]*)@)?(\[[^\]]*\]|[^:;]*)(?::(\d+))?(?:;transport=(\w+))?$")


def tell(*words):
    print(*words, flush=True)


def listens(name, port):
    """Whether somebody of this machine has the port: of UDP bound, of TCP listening (state 0A)."""
    for table in (f"/proc/net/{name}", f"/proc/net/{name}6"):
        with open(table) as rows:
            for row in [row.split() for row in rows][1:]:
                if int(row[1].rpartition(":")[2], 16) == port and (name == "udp" or row[3] == "0A"):
                    return True
    return False


class Peer:
    """SIPp waiting for calls over UDP and TCP, and at most one that calls."""

    def __init__(self, address, port, folder):
        self.address, self.port, self.folder = address, port, folder
        self.waiting, self.calling = {}, None
        self.wait_for_calls()

    def start(self, *words):
        at = f"[{self.address}]" if ":" in self.address else self.address
        # However this program ends, its SIPp ends with it.
        command = ["setpriv", "--pdeathsig", "KILL", shutil.which("sipp") or "sipp", *words]
        command += ["-i", at, "-nostdin", "-timeout_error"]
        silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=self.folder, **silent)

    def wait_for_calls(self):
        self.since = time.monotonic()
        for name, kind in (("udp", "u1"), ("tcp", "t1")):
            self.waiting[name] = self.start("-sn", "uas", "-t", kind, "-p", self.port)
        while not all(listens(name, int(self.port)) for name in self.waiting):
            if time.monotonic() > self.since + 5:
                tell("error: SIPp does not listen")
                break
            time.sleep(0.01)

    def dial(self, uri):
        found = URI.match(uri)
        if not found:
            return tell("error: not a SIP URI that SIPp can call")
        user, host, port, transport = found.groups()
        kind = {None: "u1", "udp": "u1", "tcp": "t1"}.get(transport)
        if kind is None:
            return tell(f"error: this SIPp has no {transport}")
        target = f"{host}:{port or 5060}"
        self.calling = self.start("-sn", "uac", "-t", kind, "-s", user or "service", "-m", "1", "-timeout", "20", target)
        tell("ok")
        return tell("calling", uri)

    def look(self):
        """Tells of the one that called, once it has ended."""
        if self.calling and self.calling.poll() is not None:
            tell("uac ended, exit code", self.calling.returncode)
            self.calling = None

    def idle(self):
        """Ends every SIPp; those that waited say so with the code of their calls, and new ones wait."""
        tell("ok")
        if self.calling:
            self.calling.terminate()
            self.calling.wait()
            self.look()
        # One that has only just begun knows no signals yet.
        time.sleep(max(0, self.since + 0.5 - time.monotonic()))
        for process in self.waiting.values():
            # SIPp ends in good order: its exit code is that of the calls it had.
            process.send_signal(signal.SIGUSR1)
        for name, process in self.waiting.items():
            tell(f"uas over {name} ended, exit code", process.wait())
        self.wait_for_calls()
        tell("idle")

    def obey(self, line):
        words = line.split()
        match words:
            case ["dial", uri]:
                self.dial(uri)
            case ["idle"]:
                self.idle()
            case ["nothing"]:
                tell("ok")
            case _:
                tell("error: unknown command")


def main():
    peer = Peer(*sys.argv[1:4])
    version = subprocess.run(["sipp", "-v"], capture_output=True, text=True).stdout.split()
    tell("version:", " ".join(version[:2]))
    tell("ready")
    try:
        while True:
            if select.select([sys.stdin], [], [], 0.05)[0]:
                line = sys.stdin.readline()
                if not line:
                    break
                peer.obey(line)
            peer.look()
    finally:
        for process in [*peer.waiting.values(), *filter(None, [peer.calling])]:
            process.kill()


if __name__ == "__main__":
    main()
