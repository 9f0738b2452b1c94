/**
 * kubectl describe and ours against the same cluster: the same text, and the same questions to the server. Keys of maps
 * that the real one takes in random order are alone in the objects that are compared.
 *
 * UPDATE_GOLDEN=1 writes the real kubectl's text to tests/kubectl/describe/golden.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CASES, describeServer, fileOf, inUtc, ODD_CASES } from '../kubectl/describe/cluster.ts';
import { describeParity, oracleBeside, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';

async function real(args: readonly string[], server: string): Promise<Outcome> {
  const { stderr, ...rest } = await oracleBeside([...args, `--server=${server}`], { TZ: process.env['TZ'] ?? '' });
  return { ...rest, stderr: stderr.replaceAll('kubectl.1.33', 'kubectl') };
}

/** A question with its parameters in order; field selectors are made from maps. */
function normalized(request: string): string {
  const [method, url = ''] = request.split(' ');
  const { pathname, searchParams } = new URL(url, 'http://x');
  const query = [...searchParams].map(([key, value]) => `${key}=${key === 'fieldSelector' ? value.split(',').sort().join(',') : value}`).sort();
  return `${method} ${pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

describeParity('describe, beside the real kubectl', () => {
  const server = describeServer();
  let url = '';
  beforeAll(async () => {
    url = await server.listen();
  });
  afterAll(() => server.close());
  const asked = (): string[] => server.requests.splice(0).map(normalized);

  test.each([...CASES, ...ODD_CASES])('%s', async (line) => {
    asked();
    const theirs = await real(line.split(' '), url);
    const theirQuestions = asked();
    const file = fileOf(line);
    if (process.env['UPDATE_GOLDEN'] && CASES.includes(line)) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, inUtc(theirs.stdout));
    }
    const mine = await ours(line.split(' '), server.transport());
    expect(mine).toEqual(theirs);
    expect(asked().filter((question) => question !== 'GET /version')).toEqual(theirQuestions);
    if (CASES.includes(line)) expect(inUtc(theirs.stdout)).toBe(readFileSync(file, 'utf8'));
  });
});
