/** Files of a folder over HTTP (Go's net/http: FileServer), and short answers. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.htm': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.jpg': 'image/jpeg', '.gif': 'image/gif', '.xml': 'text/xml; charset=utf-8', '.pdf': 'application/pdf', '.wasm': 'application/wasm', '.txt': 'text/plain; charset=utf-8',
};

export function answerText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(`${text}\n`);
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(301, { 'Content-Type': 'text/html; charset=utf-8', Location: location });
  response.end(`<a href="${escaped(location)}">Moved Permanently</a>.\n\n`);
}

/** @param path below the folder, as in the URL */
export function serveFile(response: ServerResponse, folder: string, path: string): void {
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return answerText(response, 400, 'invalid URL path');
  }
  // Nothing leads out of the folder.
  const file = join(folder, join('/', name));
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return answerText(response, 404, '404 page not found');
  if (stats.isDirectory()) {
    if (path !== '' && !path.endsWith('/')) return void response.writeHead(301, { Location: `${path.split('/').at(-1) ?? ''}/` }).end();
    if (statSync(join(file, 'index.html'), { throwIfNoEntry: false })?.isFile() === true) return send(response, join(file, 'index.html'));
    return list(response, file);
  }
  send(response, file);
}

function send(response: ServerResponse, file: string): void {
  const { size, mtime } = statSync(file);
  response.writeHead(200, { 'Content-Type': TYPES[extname(file).toLowerCase()] ?? 'text/plain; charset=utf-8', 'Content-Length': size, 'Accept-Ranges': 'none', 'Last-Modified': mtime.toUTCString() });
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

function list(response: ServerResponse, folder: string): void {
  const names = readdirSync(folder, { withFileTypes: true }).map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Last-Modified': statSync(folder).mtime.toUTCString() });
  response.end(`<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${names.map((name) => `<a href="${escaped(encodeURI(name))}">${escaped(name)}</a>\n`).join('')}</pre>\n`);
}

const escaped = (text: string): string => text.replace(/[&<>'"]/g, (char) => `&#${char.charCodeAt(0)};`);
