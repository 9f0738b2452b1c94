/** What differs between two runs of the same command and says nothing: replaced by words of the same width where columns depend on it. */

const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
/** describe's times (RFC 1123 with zone) and kubectl's log lines. */
const DATE = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g;
const VERSION = /(resourceVersion"?: ?)"\d+"/g;
/** The five letters that the API server adds to a generated name; those of pods follow their template's hash. */
const SUFFIX = /(-[0-9a-f]{8,10}|\b(?:g|j|generated)-?)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
/** An event's name ends with its time in hexadecimal digits. */
const EVENT = /\.1[0-9a-f]{15}\b/g;
/** Ages under a minute are 2 or 3 wide: all become 3, so that columns stay. */
const SHORT_AGE = /(?<![\w.:-])(?:\d\ds|\ds(?: |(?=$)))(?![\w-])/gm;
const LONG_AGE = /(?<=\s)1m\d{1,2}s(?= |$)/gm;

export function mask(text: string): string {
  return text
    .replace(UID, '<uid>')
    .replace(TIME, '<time>')
    .replace(DATE, '<date>')
    .replace(VERSION, '$1"<version>"')
    .replace(EVENT, '.<time>')
    .replace(SUFFIX, '$1-xxxxx')
    .replace(LONG_AGE, '<a>')
    .replace(SHORT_AGE, '<a>')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, '<server>');
}
