/** What stands in the file that is edited: a header with what was wrong, and the objects (kubectl editoptions.go: editHeader, editResults). */
import { isInvalid, isNotFound, StatusError } from '../../api/status.ts';
import { goQuote } from '../../api/quote.ts';
import type { Info } from '../builder/info.ts';
import { textOf } from '../errors.ts';

export type EditMode = 'normal' | 'create' | 'last-applied';

const OBJECT_HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;
const ANNOTATION_HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

interface Reason {
  readonly head: string;
  readonly other: readonly string[];
}

/** What came of one round of editing. */
export class EditResults {
  readonly reasons: Reason[] = [];
  retryable = 0;
  notFound = 0;
  /** How many objects the user may put right in another round. */
  invalid = 0;

  constructor(readonly file = '') {}

  /** Notes a fault; returns the line that tells of it. */
  add(error: unknown, { resource, name }: Info): string {
    const what = `${resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`} ${goQuote(name)}`;
    if (isInvalid(error)) {
      this.invalid++;
      this.reasons.push({ head: `${what} was not valid`, other: (error.status.details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`) });
      return `error: ${what} is invalid`;
    }
    if (isNotFound(error)) {
      this.notFound++;
      return `error: ${what} could not be found on the server`;
    }
    this.retryable++;
    return `error: ${what} could not be patched: ${textOf(error)}`;
  }

  header(mode: EditMode): string {
    let text = mode === 'last-applied' ? ANNOTATION_HEADER : OBJECT_HEADER;
    for (const { head, other } of this.reasons) {
      text += `# ${commented(head)}${other.length > 0 ? ':' : ''}\n`;
      for (const line of other) text += `# * ${commented(line)}\n`;
      text += '#\n';
    }
    return text;
  }
}

/** Later lines of a text are comments, too. */
const commented = (text: string): string => text.replace(/\n(?=[^#])/g, '\n# ');

/** The fault of a file that is no object at all. */
export function failedValidation(message: string): StatusError {
  return new StatusError(422, 'Invalid', message, { causes: [{ reason: 'FieldValueInvalid', field: '<nil>', message: `Invalid value: "The edited file failed validation": ${message}` }] });
}

/** Without the lines that are comments. */
export function withoutComments(text: string): string {
  return text.split('\n').filter((line) => !/^\s*#(?!!)/.test(line)).join('\n');
}

/** Whether anything but comments and blanks is there. */
export const hasLines = (text: string): boolean => text.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
