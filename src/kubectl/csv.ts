/** One record of comma-separated values, as Go's encoding/csv reads it (reader.go: readRecord). */

const BARE_QUOTE = 'bare " in non-quoted-field';
const QUOTE = 'extraneous or missing " in quoted-field';

/** The fields of the first line that is not empty: quotes protect commas and line breaks, "" is a quote. Throws what Go says. */
export function readCsvRecord(text: string): string[] {
  // Columns count bytes: a letter of this string is one.
  const lines = Buffer.from(text).toString('latin1').replace(/\r$/, '').replaceAll('\r\n', '\n').split(/(?<=\n)/);
  const first = lines.findIndex((line) => line !== '' && line !== '\n');
  if (first < 0) throw new Error('EOF');
  let number = first;
  let line = lines[first] as string;
  let at = 0;
  const fail = (column: number, what: string): never => {
    throw new Error(`${number === first ? '' : `record on line ${first + 1}; `}parse error on line ${number + 1}, column ${column + 1}: ${what}`);
  };

  const bare = (): string => {
    const [field = ''] = /^[^,\n]*/.exec(line.slice(at)) ?? [];
    const quote = field.indexOf('"');
    if (quote >= 0) fail(at + quote, BARE_QUOTE);
    at += field.length;
    return field;
  };
  const quoted = (): string => {
    let field = '';
    for (at++; ; ) {
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        field += line.slice(at);
        at = line.length;
        if (number + 1 >= lines.length) fail(at, QUOTE);
        line = lines[++number] as string;
        at = 0;
        continue;
      }
      field += line.slice(at, quote);
      at = quote + 1;
      if (line[at] !== '"') {
        if (line[at] !== ',' && line.slice(at) !== '' && line.slice(at) !== '\n') fail(quote, QUOTE);
        return field;
      }
      field += '"';
      at++;
    }
  };

  for (const fields: string[] = []; ; at++) {
    fields.push(Buffer.from(line[at] === '"' ? quoted() : bare(), 'latin1').toString());
    if (line[at] !== ',') return fields;
  }
}
