"""Completion of ``fetchmill-cli`` for bash, zsh and fish, made from its parser: what it takes is what is offered."""

from collections.abc import Iterator, Sequence
from typing import Final

from core.settings import Existing
from resources.packaging.layout import NAME
from resources.packaging.linux.command_line import Command, Kind, Option, commands

PROGRAM: Final = f"{NAME}-cli"
_FUNCTION: Final = "_" + PROGRAM.replace("-", "_")
# The words before the columns of summaries; that the program is not there is not the shell's to say.
_RECIPES: Final = f"command {PROGRAM} recipes 2>/dev/null"
_WORDS: Final = {
    Kind.EXISTING: tuple(one.value for one in Existing),
    Kind.AUTO: ("auto",),
    Kind.PROXIES: ("system", "none"),
}


def bash() -> str:
    """For bash 4 and newer. Names of files are left to readline, which knows about tildes and quotes."""
    program, *named = commands()
    words = " ".join((*(one.name for one in named), *_flags(program)))
    flags = "\n".join(f"        {one.name}) words='{' '.join(_flags(one))}' ;;" for one in named)
    values = "\n".join(f"        {'|'.join(names)}) {_bash_value(kind)} ;;" for names, kind in _values(named))
    operands = "\n".join(
        f"            {one.name}) {_bash_value(one.operand)} ;;" for one in named if one.operand
    )
    return f"""\
# bash completion for {PROGRAM}
{_FUNCTION}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' at
    # --option=value comes in three words
    if [[ $option == = ]]; then
        option=${{COMP_WORDS[COMP_CWORD - 2]}}
    elif [[ $word == = ]]; then
        word=''
    fi
    for ((at = 1; at < COMP_CWORD; at++)); do
        if [[ ${{COMP_WORDS[at]}} != -* ]]; then
            command=${{COMP_WORDS[at]}}
            break
        fi
    done
    COMPREPLY=()
    case $option in
{values}
    esac
    case $command in
        '') words='{words}' ;;
{flags}
    esac
    if [[ $command && $word != -* ]]; then
        case $command in
{operands}
        esac
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -F {_FUNCTION} {PROGRAM}
"""


def zsh() -> str:
    """For zsh's ``compinit``."""
    program, *named = commands()
    cases = "\n".join(_zsh_case(one) for one in named)
    described = "\n".join(f"                {_quoted(_zsh_pair(one))}" for one in named)
    return f"""\
#compdef {PROGRAM}

_{PROGRAM}_recipes() {{
    local -a recipes=(${{${{(f)"$({_RECIPES})"}}%% *}})
    compadd -a recipes
}}

_{PROGRAM}_recipes_and_files() {{
    _alternative 'recipes:recipe:_{PROGRAM}_recipes' 'files:file:_files'
}}

_{PROGRAM}() {{
    local context state state_descr line
    typeset -A opt_args
    _arguments -C \\
{_zsh_arguments(program)}        '1:command:->command' '*::argument:->argument'
    case $state in
        command)
            local -a commands=(
{described}
            )
            _describe command commands
            ;;
        argument)
            case $words[1] in
{cases}
            esac
            ;;
    esac
}}

_{PROGRAM} "$@"
"""


def fish() -> str:
    """For fish 3 and newer."""
    program, *named = commands()
    rows = [f"complete -c {PROGRAM} -f"]
    rows += [_fish_row("__fish_use_subcommand", option) for option in program.options]
    for one in named:
        rows.append(
            f"complete -c {PROGRAM} -n __fish_use_subcommand -a {one.name} -d {_fish_quoted(one.help)}"
        )
    for one in named:
        seen = f"__fish_seen_subcommand_from {one.name}"
        if one.operand:
            rows.append(f"complete -c {PROGRAM} -n '{seen}' {_FISH_VALUES[one.operand]}")
        rows += [_fish_row(seen, option) for option in one.options]
    return f"# fish completion for {PROGRAM}\n" + "\n".join(rows) + "\n"


def _flags(command: Command) -> list[str]:
    return [name for option in command.options for name in option.names]


def _values(named: Sequence[Command]) -> Iterator[tuple[list[str], Kind]]:
    """The options that take a value, by its kind."""
    taking = {option for command in named for option in command.options}
    for kind in Kind:
        if names := sorted(name for option in taking if option.kind is kind for name in option.names):
            yield names, kind


def _bash_value(kind: Kind) -> str:
    """Commands that offer values and end the function."""
    match kind:
        case Kind.NOTHING:
            return "return"
        case Kind.FOLDERS:
            return "compopt -o dirnames; return"
        case Kind.FILES:
            return "compopt -o default; return"
        case Kind.RECIPES:
            return (
                f'mapfile -t COMPREPLY < <(compgen -W "$({_RECIPES} | cut -d " " -f 1)" -- "$word"); return'
            )
        case Kind.RECIPES_AND_FILES:
            return f"compopt -o default; {_bash_value(Kind.RECIPES)}"
        case _:
            words = " ".join(_WORDS[kind])
            return f"mapfile -t COMPREPLY < <(compgen -W '{words}' -- \"$word\"); return"


_ZSH_VALUES: Final = {
    Kind.NOTHING: "",
    Kind.FILES: "_files",
    Kind.FOLDERS: "_files -/",
    Kind.RECIPES: f"_{PROGRAM}_recipes",
    Kind.RECIPES_AND_FILES: f"_{PROGRAM}_recipes_and_files",
    **{kind: f"({' '.join(words)})" for kind, words in _WORDS.items()},
}
_FISH_RECIPES: Final = rf"({_RECIPES} | string replace -r '\s+' \t)"
_FISH_VALUES: Final = {
    Kind.NOTHING: "-x",
    Kind.FILES: "-F",
    Kind.FOLDERS: "-x -a '(__fish_complete_directories)'",
    Kind.RECIPES: f'-a "{_FISH_RECIPES}"',
    Kind.RECIPES_AND_FILES: f'-r -F -a "{_FISH_RECIPES}"',
    **{kind: f"-x -a '{' '.join(words)}'" for kind, words in _WORDS.items()},
}


def _zsh_case(command: Command) -> str:
    end = ""
    if command.operand:
        place = "*" if command.takes_many else "1"
        end = f"        {_quoted(f'{place}:{command.operand.value}:{_ZSH_VALUES[command.operand]}')}"
    return f"                {command.name}) _arguments -s \\\n{_zsh_arguments(command)}{end} ;;"


def _zsh_arguments(command: Command) -> str:
    return "".join(
        f"        {_quoted(_zsh_option(option, name))} \\\n"
        for option in command.options
        for name in option.names
    )


def _zsh_option(option: Option, name: str) -> str:
    others = "*" if option.repeats else f"({' '.join(option.names)})"
    said = _zsh_escaped(option.help, "[]:")
    if option.kind is None:
        return f"{others}{name}[{said}]"
    return f"{others}{name}=[{said}]:{_zsh_escaped(option.metavar, ':')}:{_ZSH_VALUES[option.kind]}"


def _zsh_pair(command: Command) -> str:
    return f"{command.name}:{_zsh_escaped(command.help, ':')}"


def _zsh_escaped(text: str, characters: str) -> str:
    return "".join(f"\\{one}" if one in f"\\{characters}" else one for one in text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_row(condition: str, option: Option) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = (
        ""
        if option.kind is None
        else f" {'-r ' if option.kind is Kind.FILES else ''}{_FISH_VALUES[option.kind]}"
    )
    return f"complete -c {PROGRAM} -n '{condition}' {names}{value} -d {_fish_quoted(option.help)}"
