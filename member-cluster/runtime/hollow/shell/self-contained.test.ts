import { expect, it } from 'vitest';
import { isSelfContained } from './self-contained.ts';

const script = (text: string) => ['sh', '-c', text];

it.each([
  [['true']],
  [['/bin/sleep', '5']],
  [script('echo hello; exit 3')],
  [script('if [[ -r /data/foo ]] ; then exit 0 ; else touch /data/foo ; exit 1 ; fi')],
  [script('for i in $(seq 3); do echo "$i at $(date)"; sleep 1 > /tmp/log; done')],
  [script('A=b; export A; set -e; A=c env && ! false || (cd /tmp; test -d x)')],
])('%j needs nothing of its image', (command) => {
  expect(isSelfContained(command)).toBe(true);
});

it.each([
  [[]],
  [['sh']],
  [['./run.sh']],
  [['perl', '-wle', 'print 1']],
  [script('cat /usr/share/words')],
  [script('echo begin; python3 train.py')],
  [script('echo $(cat /version)')],
  [script('while read line; do echo $line; done < /list')],
  [script('exit $(( $RANDOM / 16384 ))')],
  [script('$COMMAND now')],
  [script('date +%Y')],
  [script('set -o pipefail; true')],
  [script('sleep 1 & wait')],
  [script('[[ -n a && -n b ]]')],
  [script('if true; then')],
])('%j may need more', (command) => {
  expect(isSelfContained(command)).toBe(false);
});
