/** The order of the test files: those that take minutes first, so that none of them is left to run alone at the end. */
import Sequencer from '@jest/test-sequencer';

const LONGEST = ['tests/lint.test.ts', 'tests/parity/online.test.ts', 'tests/e2e/', 'tests/parity/', 'tests/etcd/'];
const rank = ({ path }) => {
  const at = LONGEST.findIndex((start) => path.replaceAll('\\', '/').includes(start));
  return at < 0 ? LONGEST.length : at;
};

export default class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }
}
