"""Commands that install packages: `pip install …`, `conda install …`, as they stand in cells."""

from __future__ import annotations

CONDA = ('conda', 'mamba', 'micromamba')
# Options that take a value: of pip, and of conda where pip has none of that name.
WITH_VALUE = frozenset(
    """
    -r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target
    --prefix --root --python --proxy --timeout --retries --cache-dir --upgrade-strategy --no-binary --only-binary
    --trusted-host --progress-bar --src --log -C --config-settings --config-setting --implementation --abi
    --python-version --platform --report --index --default-index -n --name -p --channel --file""".split()
)
# What these name is installed too, but is no package by name.
NAMES_MORE = ('-r', '--requirement', '-e', '--editable', '--file')
# With one of these, the package of this name may not be the one that pip finds without.
OTHER_SOURCES = ('-i', '--index-url', '--extra-index-url', '-f', '--find-links', '--index', '--default-index')
ENDS_COMMAND = ('|', '||', '&&', ';', '&')


class Install:
    """`packages`: names, with extras and versions. `others`: what else it would have installed, or from where."""

    def __init__(self) -> None:
        self.packages: list[str] = []
        self.others: list[str] = []


def is_bare(text: str) -> bool:
    """`pip install x`, for which IPython needs no `%`. Never Python."""
    words = text.split(None, 2)
    return len(words) == 3 and words[1] == 'install' and is_installer(words[0])


def read(command: str) -> Install | None:
    """What a shell command installs; None when it installs nothing."""
    if 'install' not in command:
        return None
    found = None
    for words in commands_of(command):
        at = next((i for i in range(1, len(words)) if words[i] == 'install' and installer_before(words, i)), None)
        if at is not None:
            found = found or Install()
            read_arguments(found, words[at + 1 :], installer_before(words, at) in CONDA)
    return found


def installer_before(words: list[str], index: int) -> str:
    """The `pip` of `python -m pip -q install`; '' when there is none."""
    before = [word for word in words[:index] if not word.startswith('-')]
    name = before[-1].replace('\\', '/').rpartition('/')[2] if before else ''
    return name if is_installer(name) else ''


def is_installer(name: str) -> bool:
    return name in CONDA or name[:3] == 'pip' and not name[3:].strip('0123456789.')


def commands_of(line: str) -> list[list[str]]:
    """The words of each command in a line of shell, without quotes, redirections and comments."""
    import shlex

    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # a quote without its partner
        words = line.split()
    commands: list[list[str]] = [[]]
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ENDS_COMMAND:
            commands.append([])
        elif is_redirection(word):
            skip = word.endswith('>')
        elif word.endswith(';'):
            commands[-1].append(word[:-1])
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def is_redirection(word: str) -> bool:
    """`>`, `2>&1`, `>/dev/null`; not `>=2`, which belongs to a package."""
    text = word.lstrip('0123456789&')
    return text.startswith('>') and not text.startswith('>=')


def read_arguments(found: Install, words: list[str], is_conda: bool) -> None:
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word.startswith('-'):
            option, equals, value = word.partition('=')
            if not equals and option in WITH_VALUE:
                value = words[index] if index < len(words) else ''
                index += 1
            if option in NAMES_MORE or option in OTHER_SOURCES:
                found.others.append(('%s %s' % (option, value)).strip())
            continue
        package = from_conda(word) if is_conda else word
        while index < len(words) and (words[index][0] in '<>=!~' or package[-1] in '<>=~,'):  # `pandas >= 2`
            package += words[index]
            index += 1
        (found.packages if is_package(package) else found.others).append(package)


def from_conda(word: str) -> str:
    """`conda-forge::numpy=1.26` as pip writes it."""
    name, equals, version = word.rpartition('::')[2].partition('=')
    if equals and version[:1].isdigit() and name[-1:].isalnum():
        return '%s==%s.*' % (name, version.partition('=')[0])
    return name + equals + version


def is_package(text: str) -> bool:
    """A name, perhaps with extras and versions: no folder, no address, no variable."""
    import re

    name = r'[A-Za-z0-9](?:[\w.-]*\w)?(?:\[[\w, .-]*\])?'
    version = r'(?:===?|[<>!~]=|[<>])[\w.*+!-]+'
    return re.match(r'%s(?:%s(?:,%s)*)?$' % (name, version, version), text) is not None
