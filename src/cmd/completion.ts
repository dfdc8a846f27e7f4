import type { Command } from 'commander';

type Shell = 'bash' | 'zsh' | 'fish';

/** Prints a script that completes the commands and options of `program`. */
export function completion(program: Command, shell: Shell): void {
  const words = wordsOf(program, []);
  console.log(shell === 'fish' ? fish(words) : bash(words, shell));
}

/** What may follow each path of command names. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsOf(command: Command, path: readonly string[]): Words {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const options = help
    .visibleOptions(command)
    .flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
  const words = new Map<string, readonly string[]>([
    [path.join(' '), [...commands.map((sub) => sub.name()), ...options]],
  ]);
  for (const sub of commands) {
    if (sub.name() === 'help') continue;
    for (const [key, value] of wordsOf(sub, [...path, sub.name()])) words.set(key, value);
  }
  return words;
}

function bash(words: Words, shell: Shell): string {
  const cases = [...words].map(([path, next]) => `    '${path}') next='${next.join(' ')}' ;;`);
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_koinon() {',
    '  local path="" word next=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$next" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _koinon koinon',
  ].join('\n');
}

function fish(words: Words): string {
  const lines = [...words].map(([path, next]) => {
    const seen = path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.split(' ').at(-1) ?? ''}`;
    return `complete -c koinon -f -n '${seen}' -a '${next.join(' ')}'`;
  });
  return lines.join('\n');
}
