/** `npm run lint` as tests, beside the others: they wait for other processes while it computes. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What the script prints, where it fails. */
const complaints = (script: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], { cwd: join(__dirname, '..'), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? '' : `${script} ends with ${code}\n${text}`));
  });

// The import rules have a test of their own.
test.each(['lint:types', 'lint:rules'])('%s', async (script) => expect(await complaints(script)).toBe(''), 600_000);
