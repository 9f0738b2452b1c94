/**
 * Lets the links of a proxied page lead through the proxy: absolute paths get the proxy's before them. Tags are written anew
 * on the way, with quotes around all values. Follows apimachinery pkg/util/proxy/transport.go; links to the API server's own
 * host are left as they are, since who asked by which host is not known here.
 */
import { posix } from 'node:path';

/** Attributes with URLs, by their tags. */
const URLS: Readonly<Record<string, readonly string[]>> = {
  a: ['href'], applet: ['codebase'], area: ['href'], audio: ['src'], base: ['href'], blockquote: ['cite'], body: ['background'], button: ['formaction'], command: ['icon'], del: ['cite'], embed: ['src'],
  form: ['action'], frame: ['longdesc', 'src'], head: ['profile'], html: ['manifest'], iframe: ['longdesc', 'src'], img: ['longdesc', 'src', 'usemap'], input: ['src', 'usemap', 'formaction'], ins: ['cite'],
  link: ['href'], object: ['classid', 'codebase', 'data', 'usemap'], q: ['cite'], script: ['src'], source: ['src'], video: ['poster', 'src'],
};
/** What is in these is no markup. */
const RAW_TEXT: ReadonlySet<string> = new Set(['iframe', 'noembed', 'noframes', 'noscript', 'plaintext', 'script', 'style', 'title', 'textarea', 'xmp']);

/** A comment, a declaration or an end tag; a start tag with its name and attributes; or text. */
const TOKEN = /<!--(?:[\s\S]*?-->|[\s\S]*)|<[!?/][^>]*>|<([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>|[^<]+|</gi;
const ATTRIBUTE = /([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;
const URL_PARTS = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/([^/?#]*))?([^?#]*)([\s\S]*)$/i;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string): string => text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
  if (name !== undefined) return ENTITIES[name] ?? whole;
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
});
const escaped = (text: string): string => text.replace(/[&'<>"\r]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? `&#${char.charCodeAt(0)};`);

/** @param prefix the proxy's path, without a slash at its end; @param host where the page is from: "10.244.1.3:80" */
export function rewriteLinks(html: string, prefix: string, host: string): string {
  let out = '';
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(html); match; match = TOKEN.exec(html)) {
    const [whole, tag, attributes = ''] = match;
    if (tag === undefined) {
      // A tag that never ends has swallowed the rest.
      if (whole === '<' && /[a-z]/i.test(html.charAt(TOKEN.lastIndex))) break;
      out += whole;
      continue;
    }
    const name = tag.toLowerCase();
    out += `<${name}${attributesOf(name, attributes, (url) => rewriteUrl(url, prefix, host))}${whole.endsWith('/>') ? '/' : ''}>`;
    if (!RAW_TEXT.has(name)) continue;
    const rest = html.slice(TOKEN.lastIndex);
    const end = rest.toLowerCase().indexOf(`</${name}`);
    const raw = end < 0 ? rest : rest.slice(0, end);
    out += raw;
    TOKEN.lastIndex += raw.length;
  }
  return out;
}

function attributesOf(tag: string, text: string, rewrite: (url: string) => string): string {
  return [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => {
    const key = name.toLowerCase();
    const value = unescaped(double ?? single ?? bare ?? '');
    return ` ${key}="${escaped(URLS[tag]?.includes(key) ? rewrite(value) : value)}"`;
  }).join('');
}

function rewriteUrl(url: string, prefix: string, host: string): string {
  const [, urlHost = '', path = '', rest = ''] = URL_PARTS.exec(url) ?? [];
  if ((urlHost !== '' && urlHost !== host) || !path.startsWith('/')) return url;
  return `${path.startsWith(prefix) ? path : posix.join(prefix, path)}${rest}`;
}
