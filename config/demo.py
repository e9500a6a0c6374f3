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
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
KEY_FILE = BASE_DIR / "var" / "demo.key"
STOP_SECONDS = 10
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]


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


def wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return once the server answers, or has ended."""
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave one of them behind
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def prepare(environment: dict[str, str]) -> int:
    return subprocess.run([*MANAGE, "load_demo"], env=environment, cwd=BASE_DIR, check=False).returncode


def serve(port: int, environment: dict[str, str]) -> int:
    """Run server and worker until one of them ends (an error) or somebody interrupts."""

    def start(*command: str) -> subprocess.Popen[bytes]:
        # Sessions of their own: the terminal's Ctrl-C reaches this process alone, which stops both in order.
        return subprocess.Popen(command, env=environment, cwd=BASE_DIR, start_new_session=True)

    processes: list[subprocess.Popen[bytes]] = []
    try:
        server = start(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi")
        processes.append(server)
        processes.append(start(*MANAGE, "db_worker", "--no-startup-delay", "--verbosity", "0"))
        wait_for_port(port, server)
        print(
            f"\n管理端：http://127.0.0.1:{port}/admin/\n公开页：http://127.0.0.1:{port}/\n按 Ctrl-C 停止。\n",
            flush=True,
        )
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        print("服务进程意外结束，系统已停止；原因见上方日志。", file=sys.stderr)
        return 1
    finally:
        stop(processes)


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
