import { readFileSync } from 'node:fs';
import { ours } from '../../parity/run-ours.ts';
import { CASES, describeServer, fileOf, inUtc } from './cluster.ts';

/** The files hold what the real kubectl v1.33 prints; tests/parity/describe.test.ts sees to that. */
describe('kubectl describe', () => {
  const transport = describeServer().transport();

  test.each(CASES)('%s', async (line) => {
    const { stdout, stderr, code } = await ours(line.split(' '), transport);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(inUtc(stdout)).toBe(readFileSync(fileOf(line), 'utf8'));
  });
});
