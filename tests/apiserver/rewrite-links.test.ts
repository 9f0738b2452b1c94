/** Links of proxied pages. */
import { rewriteLinks } from '../../src/apiserver/subresources/rewrite-links.ts';

const PREFIX = '/api/v1/namespaces/default/pods/web/proxy';
const through = (html: string): string => rewriteLinks(html, PREFIX, '10.244.1.3:80');

test.each([
  ['<a href="/x/y?z#w">to /x</a>', `<a href="${PREFIX}/x/y?z#w">to /x</a>`],
  ['<a href="/">', `<a href="${PREFIX}/">`],
  ['<a href="/x/">', `<a href="${PREFIX}/x/">`],
  ['<a href="x/y">', '<a href="x/y">'],
  ['<a href="http://10.244.1.3:80/x">', `<a href="${PREFIX}/x">`],
  ['<a href="http://example.com/x">', '<a href="http://example.com/x">'],
  ['<a href="//example.com/x">', '<a href="//example.com/x">'],
  [`<a href="${PREFIX}/x">`, `<a href="${PREFIX}/x">`],
  ['<IMG SRC=/a.png alt=\'a "b"\'/>', `<img src="${PREFIX}/a.png" alt="a &#34;b&#34;"/>`],
  ['<a href="/?a=1&amp;b=2">', `<a href="${PREFIX}/?a=1&amp;b=2">`],
  ['<p title="/x">1 < 2</p>', '<p title="/x">1 < 2</p>'],
  ['<!doctype html><!-- <a href="/x"> --></body>', '<!doctype html><!-- <a href="/x"> --></body>'],
  ['<script src="/a.js">if (a<b) "<a href=\'/x\'>"</script><a href="/y">', `<script src="${PREFIX}/a.js">if (a<b) "<a href='/x'>"</script><a href="${PREFIX}/y">`],
])('%s', (html, expected) => {
  expect(through(html)).toBe(expected);
});

test('a long page of nothing but openings takes no time', () => {
  const html = '<a '.repeat(20_000);
  expect(through(html).length).toBeLessThanOrEqual(html.length);
});
