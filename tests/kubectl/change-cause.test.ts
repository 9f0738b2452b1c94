import type { FlagTable } from '../../src/kubectl/flags.ts';
import { changeCause, recordFlags } from '../../src/kubectl/shared/record.ts';

const table: FlagTable = { ...recordFlags, output: { type: 'string', default: '', short: 'o', description: '' }, recursive: { type: 'bool', default: false, short: 'R', description: '' }, 'dry-run': { type: 'string', default: 'none', noValue: 'unchanged', description: '' } };

describe('the cause of a change', () => {
  it.each([
    ['set image deploy/web a=b --record', 'kubectl set image deploy/web a=b --record=true'],
    ['--record=true set image deploy/web a=b', 'kubectl set image deploy/web a=b --record=true'],
    ['set -n x image --record deploy/web a=b', 'kubectl set image deploy/web a=b --namespace=x --record=true'],
    ['label -oyaml --record pod p a=b', 'kubectl label pod p a=b --output=yaml --record=true'],
    ['label -o=yaml --dry_run pod p', 'kubectl label pod p --output=yaml --dry-run=unchanged'],
    ['label -Ro yaml pod p', 'kubectl label pod p --recursive=true --output=yaml'],
    ['label --record -- pod -x', 'kubectl label pod -x --record=true'],
  ])('%s', (line, expected) => expect(changeCause({ program: 'kubectl', argv: line.split(' ') }, table)).toBe(expected));
});
