"""What the long suites of drivers and tools share: two clusters of the installed PostgreSQL, one of
them behind the demo with a port of its own and a duty that allows everything there, so that a
suite can run against each and be compared."""
import glob
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = pathlib.Path(sys.argv[0]).name
KEPT = ROOT / "target" / NAME
CALLER = "alice"
AS_ROOT = os.geteuid() == 0


def end(why):
    sys.exit(f"{NAME}: {why}")


def say(what):
    print(f"{NAME}: {what}", flush=True)


def run(*line, **options):
    done = subprocess.run([str(word) for word in line], text=True, capture_output=True, **options)
    if done.returncode != 0:
        end(" ".join(str(word) for word in line) + ":\n" + done.stdout + done.stderr)
    return done.stdout


def server():
    """The programs of the newest server that is installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    if not found:
        end("no server below /usr/lib/postgresql (expected: Debian's package postgresql)")
    return pathlib.Path(found[-1]).parent


def free_port(first):
    for port in range(first, first + 2000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    end("no free port")


def unprivileged(line):
    """PostgreSQL does not run as root."""
    if not AS_ROOT:
        return [str(word) for word in line]
    return ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--",
            *[str(word) for word in line]]


def place(parent, name):
    """A directory that the server may write."""
    made = parent / name
    made.mkdir()
    if AS_ROOT:
        shutil.chown(made, "nobody", "nogroup")
    return made


class Cluster:
    """A server whose superuser is called like the caller; whoever comes from here is trusted."""

    def __init__(self, binaries, directory, *settings):
        self.binaries, self.directory, self.port = binaries, directory, free_port(15500)
        run(*unprivileged([binaries / "initdb", "-D", directory / "data", "-U", CALLER, "-A", "trust",
                           "--no-sync", "--encoding=UTF8", "--locale=C"]))
        options = ["listen_addresses=127.0.0.1", "fsync=off",
                   f"unix_socket_directories={directory}", *settings]
        with open(directory / "log", "w") as log:
            self.process = subprocess.Popen(
                unprivileged([binaries / "postgres", "-D", directory / "data", "-p", self.port,
                              *[word for option in options for word in ("-c", option)]]),
                stdout=log, stderr=log, start_new_session=True)
        for _ in range(200):
            if "ready to accept" in (directory / "log").read_text():
                return
            time.sleep(0.1)
        end("the cluster did not start:\n" + (directory / "log").read_text())

    def psql(self, sql, database="postgres"):
        return run("psql", "-X", "-q", "-h", "127.0.0.1", "-p", self.port, "-U", CALLER, "-d",
                   database, "-v", "ON_ERROR_STOP=1", "-c", sql)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Gateway:
    """The demo, with a target of its own port and a duty that allows everything there."""

    def __init__(self, directory, target):
        self.offset = free_port(8080 + 6700 + os.getpid() % 1500) - 8080
        self.listen = free_port(17000 + self.offset)  # the demo adds its offset to this one too
        self.url = f"http://localhost:{8080 + self.offset}"
        (directory / "gateway.yaml").write_text(
            "secrets: [SUITE_PW]\n"
            "targets:\n"
            f"  - {{name: suite, type: postgres, address: \"127.0.0.1:{target}\", tls: disable,"
            f" listen: {self.listen - self.offset}, credential: {{username: {CALLER}, password: \"${{env:SUITE_PW}}\"}}}}\n"
            "duties:\n"
            "  - name: everything-on-suite\n"
            "    groups: [engineers]\n"
            "    targets: [suite]\n"
            "    rules: [{allow: [read, create, change, destroy, schema, privilege, program, session,"
            " forward, unknown]}]\n")
        self.log = directory / "gateway.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [ROOT / "countersign", "demo", "--data", directory / "d", "--port-offset",
                 str(self.offset), "--config", directory / "gateway.yaml"],
                stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "SUITE_PW": "not asked for"})
        for _ in range(6000):
            if "Countersign is ready" in self.log.read_text():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        end("the demo did not start:\n" + self.log.read_text())

    def token(self, name=CALLER):
        """A password of that person for 15 minutes."""
        asks = urllib.request.Request(f"{self.url}/demo/token?as={name}", data=b"", method="POST")
        with urllib.request.urlopen(asks) as answer:
            return answer.read().decode().strip()

    def warm(self, database):
        """Asks the first question, which waits until a parser is loaded."""
        run("psql", "-X", "-q", "-h", "localhost", "-p", self.listen, "-U", CALLER, "-d", database,
            "-c", "select 1", env={**os.environ, "PGPASSWORD": self.token(), "PGSSLMODE": "disable"})

    def get(self, path):
        asks = urllib.request.Request(f"{self.url}/api/v1/{path}")
        asks.add_header("Authorization", "Bearer " + self.token("frank"))
        with urllib.request.urlopen(asks) as answer:
            return json.load(answer)

    def states(self):
        """How many sessions with the target there were, by state; once all had time to close."""
        time.sleep(3)
        states, cursor = {}, ""
        while cursor is not None:
            page = self.get("sessions?limit=500" + (f"&cursor={cursor}" if cursor else ""))
            for session in page["items"]:
                if session["target"] == "suite":
                    states[session["state"]] = states.get(session["state"], 0) + 1
            cursor = page.get("next")
        return states

    def stop(self):
        self.process.terminate()
        self.process.wait()


def skips():
    """Lines `test | pattern | reason` of the suite's own list; how the two are meant, it says."""
    found = []
    for line in (pathlib.Path(__file__).parent / f"{NAME}.skips").read_text().splitlines():
        if line and not line.startswith("#"):
            test, pattern, reason = line.split(" | ", 2)
            found.append((test, pattern, reason))
    return found


def unmet(met):
    """Says which listed differences were not seen, for a list grows old."""
    for test, pattern, _ in skips():
        if pattern != "-" and (test, pattern) not in met:
            say(f"listed, but not seen: {test} | {pattern}")


def keep(work):
    """Keeps what each side said, and removes the rest."""
    for file in ["gateway.log", "direct/suite.out", "direct/log", "through/suite.out", "through/log"]:
        if (work / file).exists():
            shutil.copy(work / file, KEPT / file.replace("/", "."))
    shutil.rmtree(work, ignore_errors=True)


class Outcomes:
    """What came of each test, by name: one line `passed`, `skipped …`, `failed …` or another. Numbers
    in it (ports, processes, times) count as the same."""

    NUMBER = re.compile(r"\d+")

    def __init__(self, direct, through):
        self.direct, self.through = direct, through

    def compare(self, report):
        """Says and writes what differs; whether that is only what the list has."""
        left_out = [test for test, pattern, _ in skips() if pattern == "-"]
        allowed = [(test, pattern) for test, pattern, _ in skips() if pattern != "-"]
        kinds, meant, different, met = {}, [], [], set()
        for test in sorted(self.direct.keys() | self.through.keys()):
            if any(re.search(name, test) for name in left_out):
                continue
            one = self.direct.get(test, "did not run")
            other = self.through.get(test, "did not run")
            if self.NUMBER.sub("#", one) == self.NUMBER.sub("#", other):
                kind = one.split(" ", 1)[0]
                kinds[kind] = kinds.get(kind, 0) + 1
                if kind not in ("passed", "skipped"):
                    report.write(f"==== {test}\nboth: {one}\n")
                continue
            report.write(f"==== {test}\n-{one}\n+{other}\n")
            found = [(name, pattern) for name, pattern in allowed
                     if re.search(name, test) and re.search(pattern, other)]
            met.update(found)
            (meant if found else different).append((test, one, other))
        same = sum(kinds.values())
        say(f"{len(self.direct)} tests directly, {len(self.through)} through the edge:"
            f" {same} the same ({', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}),"
            f" {len(meant)} differ as listed, {len(different)} differ")
        for test, one, other in different:
            say(f"  {test}\n    directly: {one[:300]}\n    through:  {other[:300]}")
        say(f"all differences, and what fails both ways, are in {report.name}")
        return not different and kinds.get("passed", 0) > 0, met
