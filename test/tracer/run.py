"""
Runs the tracer's tests on every Python of this machine from 3.8 on: `python3 test/tracer/run.py [PYTHON…]`.

Two interpreters at a time; prints a line for each, and the output of those that failed. Exit 1 when one failed.
"""
import glob
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))


def pythons():
    """One interpreter per version: pyenv's, and those on PATH."""
    root = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    found = {}
    candidates = [sys.executable] + sorted(glob.glob(os.path.join(root, 'versions', '*', 'bin', 'python')))
    for folder in os.environ.get('PATH', '').split(os.pathsep):
        candidates += sorted(glob.glob(os.path.join(folder, 'python3.[0-9]*[0-9t]')))
    for path in candidates:
        ask = 'import sys; print(sys.implementation.name, sys.version_info[0], sys.version_info[1], sys.version.split()[0])'
        try:
            answer = subprocess.run([path, '-c', ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20)
            kind, major, minor, version = answer.stdout.decode().split()
        except (OSError, ValueError, AttributeError, subprocess.SubprocessError):
            continue
        if kind == 'cpython' and (int(major), int(minor)) >= (3, 8):
            found.setdefault(version, path)
    return sorted(found.items(), key=lambda item: [int(part) for part in item[0].split('.') if part.isdigit()])


def run(item):
    version, path = item
    done = subprocess.run(
        [path, '-m', 'unittest', 'discover', '-s', HERE], cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    text = done.stdout.decode(errors='replace')
    print('python %-8s %s' % (version, text.strip().splitlines()[-1] if text.strip() else 'no output'), flush=True)
    return done.returncode == 0 or print(text, flush=True)


def main():
    chosen = [(path, path) for path in sys.argv[1:]] or pythons()
    with ThreadPoolExecutor(2) as pool:
        good = list(pool.map(run, chosen))
    return 0 if good and all(good) else 1


if __name__ == '__main__':
    sys.exit(main())
