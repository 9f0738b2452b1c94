import { page, unaligned } from '../../../src/kubectl/describe/writer.ts';

describe('DescriptionWriter', () => {
  test('aligns neighbouring lines and indents by levels', async () => {
    const text = await page((w) => {
      w.field('Name', 'web');
      w.field('Namespace', 'default');
      w.heading('Spec');
      w.field('A', 1, 1);
      w.row(1, 'Longer', 'x', 'y');
    });
    expect(text).toBe('Name:       web\nNamespace:  default\nSpec:\n  A:      1\n  Longer  x  y\n');
  });

  test('begins columns anew after a flush', async () => {
    const text = await page((w) => {
      w.field('A', 1);
      w.flush();
      w.field('Longer', 2);
    });
    expect(text).toBe('A:  1\nLonger:  2\n');
  });

  test('writes the indentation of a nested part before each piece', async () => {
    const text = await page((w) => {
      const inner = w.nested(1);
      inner.write(0, 'Labels:\t');
      inner.line('<none>');
    });
    expect(text).toBe('  Labels:    <none>\n');
  });

  test('lets no terminal escapes through', async () => {
    expect(await page((w) => w.field('A', '\x1b[31mred\r'))).toBe('A:  ^[[31mred\\r\n');
  });

  test('can leave the tabs', () => {
    expect(unaligned((w) => w.field('A', 'b', 1))).toBe('  A:\tb\n');
  });
});
