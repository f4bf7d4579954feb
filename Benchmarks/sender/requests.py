"""What an nginx has answered, from its stub_status: every rival is measured in the same way, from outside.

requests.py count PORT                    requests so far
requests.py measure PORT PID BASE COUNT   time and CPU of PID from its first request until COUNT are answered since
                                          BASE, or, where COUNT is 0, until it ends
"""

import os
import socket
import sys
import time

INTERVAL = 0.01
STALL = 60
REQUEST = b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Status:
    """One connection, over which each question is a request that nginx counts, too."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", int(port)))
        self.own = 0

    def requests(self):
        """Requests of others."""
        self.socket.sendall(REQUEST)
        self.own += 1
        answer = b""
        while not (b"Waiting:" in answer and answer.endswith(b"\n")):
            part = self.socket.recv(4096)
            if not part:
                sys.exit("requests.py: nginx has closed the connection")
            answer += part
        return int(answer.split(b"requests", 1)[1].split()[2]) - self.own


def cpu_seconds(pid):
    """User and system time; None of a process that has ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(port, pid, base, count):
    status = Status(port)
    first = last = None
    changed = time.monotonic()
    while last is None or not count or last[0] < count:
        time.sleep(INTERVAL)
        cpu = cpu_seconds(pid)
        if cpu is None:
            if count:
                sys.exit(f"requests.py: the process {pid} has ended")
            break
        sample = (status.requests() - base, time.monotonic(), cpu)
        if sample[0] > (last[0] if last else 0):
            first, last = first or sample, sample
            changed = sample[1]
        elif sample[1] - changed > STALL:
            sys.exit(f"requests.py: no request for {STALL} s, after {last[0] if last else 0} of {count}")
    requests, seconds, cpu = (end - begin for end, begin in zip(last, first))
    print(
        f'"requests": {requests}, "seconds": {seconds:.3f}, "cpu_seconds": {cpu:.2f}, '
        f'"per_second": {requests / seconds:.0f}, "per_cpu_second": {requests / cpu:.0f}'
    )


def main():
    match sys.argv[1:]:
        case ["count", port]:
            print(Status(port).requests())
        case ["measure", port, pid, base, count]:
            measure(port, pid, int(base), int(count))
        case _:
            sys.exit(__doc__)


main()
