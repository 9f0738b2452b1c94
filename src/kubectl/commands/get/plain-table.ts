/** kubectl get --server-print=false: name and age, all that can be said of any object (tableprinter.go: printObjectMeta). */
import { humanDuration } from '../../../api/duration.ts';
import { parseTime } from '../../../api/time.ts';
import type { Info } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { TablePrinter, type TableOptions } from '../../printers/table.ts';

const COLUMNS = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  { name: 'Age', type: 'string', priority: 0 },
];

export async function plainTable(ctx: CommandContext, infos: readonly Info[], options: TableOptions): Promise<string> {
  const now = await ctx.now();
  const writer = new TabWriter();
  const rows = infos.flatMap(({ object }) => {
    if (!object) return [];
    const created = parseTime(object.metadata?.creationTimestamp);
    return [{ cells: [object.metadata?.name ?? '', created === undefined ? '<unknown>' : humanDuration(now - created)], object }];
  });
  new TablePrinter(options, writer).print({ columnDefinitions: COLUMNS, rows });
  return writer.flush();
}
