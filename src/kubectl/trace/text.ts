/** A story as text: chapters for a page, single lines for a live view. Colours only on a terminal. */
import { formatGoDuration } from '../../api/duration.ts';
import type { Chapter, StoryLine, StoryStep } from './story.ts';

/** Marks a part of a line; the plain palette leaves text as it is. */
export interface Palette {
  readonly title: (text: string) => string;
  readonly component: (text: string) => string;
  readonly result: (text: string) => string;
  readonly failure: (text: string) => string;
  readonly faint: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN: Palette = { title: same, component: same, result: same, failure: same, faint: same };

const OFFSET_WIDTH = 9;
const INDENT = ' '.repeat(OFFSET_WIDTH + 4);

/** "+0ms", "+1.204s", "+6m0s" */
export const offsetText = (offsetMs: number): string => `+${offsetMs === 0 ? '0ms' : formatGoDuration(Math.round(offsetMs))}`;

/** Breaks at spaces so that no line is longer than `width`; 0 does not break. */
function wrap(text: string, width: number): string[] {
  if (width <= 20 || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

function detailLines(lines: readonly StoryLine[], width: number, palette: Palette): string[] {
  const labels = Math.max(0, ...lines.map(({ label }) => label.length));
  return lines.flatMap(({ label, text }) => {
    const [first = '', ...rest] = wrap(text, width === 0 ? 0 : width - INDENT.length - labels - 2);
    return [`${INDENT}${palette.faint(`${label.padEnd(labels)}  ${first}`)}`, ...rest.map((line) => `${INDENT}${' '.repeat(labels + 2)}${palette.faint(line)}`)];
  });
}

function stepLines(step: StoryStep, componentWidth: number, width: number, palette: Palette): string[] {
  const result = step.result === '' ? '' : `  → ${step.result}`;
  const head = `${palette.faint(offsetText(step.offsetMs).padStart(OFFSET_WIDTH))}  ${palette.component(step.component.padEnd(componentWidth))}  ${step.action}${step.failed ? palette.failure(result) : palette.result(result)}`;
  const why = step.why === '' ? [] : wrap(step.why, width === 0 ? 0 : width - INDENT.length).map((line) => `${INDENT}${line}`);
  return [head, ...why, ...detailLines(step.lines, width, palette)];
}

export interface TextOptions {
  /** Columns to fill; 0 does not break lines. */
  readonly width: number;
  readonly palette: Palette;
  /** Of many objects of one kind only so many are told in full. */
  readonly fullPerKind: number;
}

/** The whole story. */
export function storyText(chapters: readonly Chapter[], { width, palette, fullPerKind }: TextOptions): string {
  const componentWidth = Math.max(0, ...chapters.flatMap(({ steps }) => steps.map(({ component }) => component.length)));
  const told = new Map<string, number>();
  const left = new Map<string, number>();
  const parts: string[] = [];
  for (const { object, resource, namespace, steps } of chapters) {
    const count = (told.get(resource) ?? 0) + 1;
    told.set(resource, count);
    if (count > fullPerKind) {
      left.set(resource, (left.get(resource) ?? 0) + 1);
      continue;
    }
    const title = `${palette.title(object)}${namespace === '' ? '' : palette.faint(`  (namespace ${namespace})`)}`;
    parts.push([title, ...steps.flatMap((step) => stepLines(step, componentWidth, width, palette))].join('\n'));
  }
  for (const [resource, count] of left) parts.push(`… and ${count} more ${resource} with stories of their own: trace one of them, or all with --all`);
  return `${parts.join('\n\n')}\n`;
}

/** One step as it happens: which object it concerns stands before it. */
export function liveText(object: string, step: StoryStep, palette: Palette): string {
  const result = step.result === '' ? '' : ` → ${step.result}`;
  return `${palette.faint(offsetText(step.offsetMs).padStart(OFFSET_WIDTH))}  ${palette.title(object)}  ${palette.component(step.component)}  ${step.action}${step.failed ? palette.failure(result) : palette.result(result)}${step.why === '' ? '' : `  ${palette.faint(step.why)}`}\n`;
}
