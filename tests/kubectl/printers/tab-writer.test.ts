import { TabWriter } from '../../../src/kubectl/printers/tab-writer.ts';

const layout = (text: string, options = {}): string => {
  const writer = new TabWriter(options);
  writer.write(text);
  return writer.flush();
};

describe('columns', () => {
  it('are at least six wide and three apart, and the last is not padded', () => expect(layout('A\tB\tC\n1\tlonger\t3\n')).toBe('A     B        C\n1     longer   3\n'));
  it('count characters, not bytes', () => expect(layout('ééééééé\tx\n😀\ty\n')).toBe('ééééééé   x\n😀         y\n'));
  it('keep empty cells', () => expect(layout('A\t\tC\nlonger name\t\tx\n')).toBe('A                   C\nlonger name         x\n'));
  it('end where a line has no such cell', () => expect(layout('a\tb\nno cells\nlonger cell\tc\n', { rememberWidths: false })).toBe('a     b\nno cells\nlonger cell   c\n'));
  it('take other widths for describe', () => expect(layout('Name:\tweb\nNamespace:\tx\n', { minWidth: 0, padding: 2 })).toBe('Name:       web\nNamespace:  x\n'));
  it('need not end with a newline', () => expect(layout('a\tb')).toBe('a     b'));

  it('are remembered between flushes', () => {
    const writer = new TabWriter();
    writer.row(['a-long-name', 'x']);
    expect(writer.flush()).toBe('a-long-name   x\n');
    writer.row(['b', 'y']);
    expect(writer.flush()).toBe('b             y\n');
    writer.forgetWidths();
    writer.row(['b', 'y']);
    expect(writer.flush()).toBe('b     y\n');
  });
});
