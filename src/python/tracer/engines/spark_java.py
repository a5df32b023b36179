"""
Before Spark starts its JVM: is there a Java that fits, and where?

Spark's own launcher takes JAVA_HOME, else the first `java` on PATH, and says little when that doesn't work. Here the same choice is
made beforehand; where it would fail, a Java that fits is looked for, and where there is none that is said in words.
"""
import os
import re
import shutil
import sys

# Major versions of Java by version of Spark: the oldest that starts it, and the newest that it is known to run with (None: no limit known).
_NEEDS = (
    ((4, 0), 17, None),
    # Hadoop's client asks for the security manager, which Java 24 has no more.
    ((3, 3), 8, 23),
    ((3, 0), 8, 16),
    ((2, 0), 8, 8),
)
_HOW_TO_GET = {
    'linux': 'Install one, for example with `sudo apt install openjdk-{0}-jre-headless` or `sudo dnf install java-{0}-openjdk-headless`',
    'darwin': 'Install one, for example with `brew install openjdk@{0}`',
    'win32': 'Install one, for example with `winget install EclipseAdoptium.Temurin.{0}.JRE`',
}
# Where installers put Java; `*` stands for one folder.
_PLACES = (
    '/usr/lib/jvm/*',
    '/usr/lib64/jvm/*',
    '/usr/java/*',
    '/opt/java/*',
    '/opt/java',
    '/opt/jdk*',
    '/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home',
    '/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home',
    '/Library/Java/JavaVirtualMachines/*/Contents/Home',
    '~/Library/Java/JavaVirtualMachines/*/Contents/Home',
    '~/.sdkman/candidates/java/*',
    '~/.jdks/*',
    '~/.jabba/jdk/*',
    '~/.local/share/mise/installs/java/*',
    '~/.asdf/installs/java/*',
    'C:/Program Files/Java/*',
    'C:/Program Files/Eclipse Adoptium/*',
    'C:/Program Files/Microsoft/jdk*',
    'C:/Program Files/Amazon Corretto/*',
    'C:/Program Files/Zulu/*',
)
_REGISTRY = (
    r'SOFTWARE\JavaSoft\JDK',
    r'SOFTWARE\JavaSoft\JRE',
    r'SOFTWARE\JavaSoft\Java Development Kit',
    r'SOFTWARE\JavaSoft\Java Runtime Environment',
)


class Java:
    """`home`: its folder. `major`: 8, 11, 17…; None when it doesn't say."""

    def __init__(self, home, major, path):
        self.home = home
        self.major = major
        self.path = path


class Choice:
    """
    `java`: the one that Spark will use, None when it isn't known. `home`: what JAVA_HOME must be for that; None: as it is.
    `note`: for the user; ''. `problem`: why no JVM can start; ''.
    """

    def __init__(self, java=None, home=None, note='', problem=''):
        self.java = java
        self.home = home
        self.note = note
        self.problem = problem


def needs(version):
    """(oldest, newest or None) major version of Java for a version of Spark such as '4.0.1'."""
    numbers = tuple(int(part) for part in re.findall(r'\d+', version)[:2])
    for since, oldest, newest in _NEEDS:
        if numbers >= since:
            return oldest, newest
    return 8, 8


def choose(version, environ):
    """Which Java this Spark gets. Reads files; asks a `java` that has no file with its version (0.1 s)."""
    wanted = needs(version)
    home = environ.get('JAVA_HOME')
    if home:
        return _of_home(home, wanted, version)
    program = shutil.which('java', path=environ.get('PATH'))
    java = _of_program(program) if program else None
    if java is not None and fits(java.major, wanted):
        return Choice(java)
    why = (
        'There is no Java on PATH and JAVA_HOME is not set'
        if java is None
        else 'The Java on PATH (%s) is version %d, which does not run Spark %s' % (java.path, java.major, version)
    )
    return _another(why, wanted, version)


def fits(major, wanted):
    """Whether it may be tried: None, a version that nobody tells, may."""
    oldest, newest = wanted
    return major is None or major >= oldest and (newest is None or major <= newest)


def in_words(wanted):
    oldest, newest = wanted
    if newest is None:
        return 'Java %d or newer' % oldest
    return 'Java %d' % oldest if newest == oldest else 'Java %d to %d' % wanted


def _of_home(home, wanted, version):
    program = os.path.join(home, 'bin', 'java.exe' if os.name == 'nt' else 'java')
    if not os.path.isfile(program):
        return _another('JAVA_HOME is %s, where there is no Java (no %s)' % (home, program), wanted, version)
    java = Java(home, _major_of_home(home) or _ask(program), program)
    if fits(java.major, wanted):
        return Choice(java)
    why = 'JAVA_HOME is %s, which is Java %d and does not run Spark %s' % (home, java.major, version)
    return _another(why, wanted, version)


def _another(why, wanted, version):
    """Looks for one that fits; a long-term release first, as that is what Spark is tested with."""
    found = [java for java in installed() if java.major is not None and fits(java.major, wanted)]
    if not found:
        how = _HOW_TO_GET.get(sys.platform, 'Install one').format(max(m for m in (8, 11, 17) if fits(m, wanted)))
        return Choice(
            problem='%s. Spark %s needs %s. %s, or set JAVA_HOME to the folder of one.'
            % (why, version, in_words(wanted), how)
        )
    best = min(found, key=lambda java: (java.major not in (17, 21, 11, 8), java.major != 17, -java.major))
    return Choice(best, best.home, '%s. This run uses the Java %d in %s instead.' % (why, best.major, best.home))


def installed():
    """Every Java in the usual places of this system."""
    import glob

    homes = []
    for place in _PLACES:
        if os.name == 'nt' or not place.startswith('C:'):
            homes += sorted(glob.glob(os.path.expanduser(place)))
    homes += _registered()
    seen = set()
    found = []
    for home in homes:
        program = os.path.join(home, 'bin', 'java.exe' if os.name == 'nt' else 'java')
        real = os.path.realpath(home)
        if real not in seen and os.path.isfile(program):
            seen.add(real)
            found.append(Java(home, _major_of_home(home), program))
    return found


def _registered():
    if os.name != 'nt':
        return []
    import winreg

    homes = []
    for path in _REGISTRY:
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
                for index in range(winreg.QueryInfoKey(key)[0]):
                    with winreg.OpenKey(key, winreg.EnumKey(key, index)) as version:
                        homes.append(winreg.QueryValueEx(version, 'JavaHome')[0])
        except OSError:
            continue
    return homes


def _of_program(program):
    real = os.path.realpath(program)
    home = os.path.dirname(os.path.dirname(real))
    major = _major_of_home(home)
    if major is None and os.path.basename(home) == 'jre':  # Java 8: the file lies above
        major = _major_of_home(os.path.dirname(home))
    if major is None:
        major = _ask(program)
        if major is None:
            return None  # such as macOS's stand-in, which only says that there is no Java
    return Java(home, major, program)


def _major_of_home(home):
    """From the file `release`, which every Java of today has; None without."""
    try:
        with open(os.path.join(home, 'release'), encoding='utf-8', errors='replace') as file:
            return _major(re.search(r'JAVA_VERSION="([^"]+)"', file.read()))
    except OSError:
        return None


def _ask(program):
    """By `java -version`; None when it doesn't answer."""
    import subprocess

    try:
        done = subprocess.run([program, '-version'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return _major(re.search(r'version "([^"]+)"', done.stdout.decode('utf-8', 'replace')))


def _major(match):
    if match is None:
        return None
    numbers = re.findall(r'\d+', match.group(1))
    if not numbers:
        return None
    return int(numbers[1]) if numbers[0] == '1' and len(numbers) > 1 else int(numbers[0])
