"""`make run`: prepare the demo, then keep a server and a worker running until Ctrl-C (python -m config.demo).

Plain Python, because Django cannot start before the secret key that this hands out exists.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
KEY_FILE = BASE_DIR / "var" / "demo.key"
STOP_SECONDS = 10
PAUSE_SECONDS = 2
"""Before a worker that ended is started again."""
QUICK_SECONDS = 10
"""Shorter than a worker waits for a locked database: however long that is locked, it is not given up."""
MOST_QUICK_ENDS = 5
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]
GIVEN_UP = (
    f"后台任务进程连续 {MOST_QUICK_ENDS} 次启动后很快结束，不再重新启动；原因见上方日志。"
    "网页仍可使用，但交给后台的导入会一直等待。排除原因后，请按 Ctrl-C 停止，再执行 make run。"
)

Process = subprocess.Popen[bytes]


def secret_key() -> str:
    """The demo's own random key, made once and readable by its owner only."""
    if not KEY_FILE.exists():
        KEY_FILE.touch(mode=0o600)
        KEY_FILE.write_text(secrets.token_urlsafe(50))
    return KEY_FILE.read_text()


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for_port(port: int, server: Process) -> None:
    """Return once the server answers, or has ended."""
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def stop(processes: Collection[Process]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave one of them behind
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


class Worker:
    """A process that is started again when it ends; not for ever, if it ends soon after each start."""

    def __init__(
        self, start: Callable[[], Process], *, pause: float = PAUSE_SECONDS, quick: float = QUICK_SECONDS
    ) -> None:
        self._start, self._pause, self._quick = start, pause, quick
        self._quick_ends = 0
        self._begin()

    def _begin(self) -> None:
        self._process = self._start()
        self._began = time.monotonic()

    def keep(self) -> bool:
        """Start it again if it has ended. False once it is given up; each is told on standard error."""
        if self._process.poll() is None:
            return True
        is_quick = time.monotonic() - self._began < self._quick
        self._quick_ends = self._quick_ends + 1 if is_quick else 0
        if self._quick_ends == MOST_QUICK_ENDS:
            print(GIVEN_UP, file=sys.stderr)
            return False
        print("后台任务进程意外结束，正在重新启动；原因见上方日志。", file=sys.stderr)
        time.sleep(self._pause)
        self._begin()
        return True


def prepare(environment: dict[str, str]) -> int:
    return subprocess.run([*MANAGE, "load_demo"], env=environment, cwd=BASE_DIR, check=False).returncode


def serve(port: int, environment: dict[str, str]) -> int:
    """Run the server, and a worker beside it, until the server ends (an error) or somebody interrupts."""
    processes: dict[str, Process] = {}

    def start(name: str, *command: str) -> Process:
        # Sessions of their own: the terminal's Ctrl-C reaches this process alone, which stops both in order.
        processes[name] = subprocess.Popen(command, env=environment, cwd=BASE_DIR, start_new_session=True)
        return processes[name]

    try:
        server = start("server", sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi")
        worker = Worker(lambda: start("worker", *MANAGE, "db_worker", "--no-startup-delay", "--verbosity", "0"))
        wait_for_port(port, server)
        print(
            f"\n管理端：http://127.0.0.1:{port}/admin/\n公开页：http://127.0.0.1:{port}/\n按 Ctrl-C 停止。\n",
            flush=True,
        )
        has_worker = True
        while server.poll() is None:
            has_worker = has_worker and worker.keep()
            time.sleep(0.5)
        print("服务进程意外结束，系统已停止；原因见上方日志。", file=sys.stderr)
        return 1
    finally:
        stop(processes.values())


def interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    port = int(os.environ.get("PORT") or "8000")
    if not is_port_free(port):
        print(f"端口 {port} 已被占用，请换一个端口重试，例如 make run PORT={port + 1}。", file=sys.stderr)
        return 1
    environment = {
        **os.environ,
        "DEMO": "on",
        "DEBUG": "off",
        "SECRET_KEY": secret_key(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BIND": f"127.0.0.1:{port}",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, interrupt)
    try:
        return prepare(environment) or serve(port, environment)
    except KeyboardInterrupt:
        print("\n系统已停止。")
        return 0


if __name__ == "__main__":
    sys.exit(main())
