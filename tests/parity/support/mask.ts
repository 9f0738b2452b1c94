/** What differs between two runs of the same command and says nothing: replaced by words of the same width where columns depend on it. */

const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
/** describe's times (RFC 1123 with zone) and kubectl's log lines. */
const DATE = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g;
const VERSION = /(resourceVersion(?:\\*")?: ?(?:\\*")?|^\s*Resource Version: +)\d+/gm;
/** kubectl's word on --resource-version. */
const VERSION_FOUND = /(Expected resource version to be \d+, was )\d+/g;
/** The five letters that the API server adds to a generated name; those of pods follow their template's hash. */
const SUFFIX = /(-[0-9a-f]{8,10}|\b(?:g|j|generated)-?)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
/** An event's name ends with its time in hexadecimal digits. */
const EVENT = /\.1[0-9a-f]{15}\b/g;
/** Ages under a minute are 2 or 3 wide: all become 3, so that columns stay. */
const SHORT_AGE = /(?<![\w.:-])(?:\d\ds|\ds(?: |(?=$)))(?![\w-])/gm;
const LONG_AGE = /(?<=\s)1m\d{1,2}s(?= |$)/gm;

/** client-go's remarks on a watch that its own time limit ended: whether it notices is a race. */
const REFLECTOR = /^[EIW]\d{4} .* reflector\.go:\d+\] .*\n/gm;
/** What client-go logs: severity, time, process. */
const LOG = /^([EIWF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm;
/** Cluster IPs are drawn at random; where a line ends with one, no column depends on it. */
const CLUSTER_IP = /\b10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+(?="?,?$)/gm;

/** Pods get their IPs in the order in which they happen to come; the same number of digits stays. */
const POD_IP = /\b10\.244\.\d\.\d\b/g;
const POD_IP_AT_END = /\b10\.244\.\d\.\d+(?=(?::\d+)?"?,?$)/gm;
/** Drawn at random, or measured. */
const CONTAINER = /containerd:\/\/[0-9a-f]{64}/g;
const TOKEN_VOLUME = /kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
const SLICE = /\b(web\d?|np|lb)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
const PULL = / in \d+(?:\.\d+)?m?s \(\d+(?:\.\d+)?m?s including waiting\)/g;
/** Where the two programs find the API server. */
const SERVER = /https?:\/\/127\.0\.0\.1:\d+|unix:\/\/\S+apiserver\.sock/g;

/** Each cluster has an authority of its own, and certificates. */
const FINGERPRINT = /X509SHA256=[0-9a-f]{64}/g;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

export function mask(text: string): string {
  return text
    .replace(CERTIFICATE, '<certificate>')
    .replace(FINGERPRINT, 'X509SHA256=<fingerprint>')
    .replace(UID, '<uid>')
    .replace(TIME, '<time>')
    .replace(DATE, '<date>')
    .replace(VERSION, '$1<version>')
    .replace(VERSION_FOUND, '$1<version>')
    .replace(REFLECTOR, '')
    .replace(LOG, '$1<log> ')
    .replace(CLUSTER_IP, '<ip>')
    .replace(POD_IP_AT_END, '10.244.N.N')
    .replace(POD_IP, '10.244.N.N')
    .replace(CONTAINER, 'containerd://<id>')
    .replace(TOKEN_VOLUME, 'kube-api-access-xxxxx')
    .replace(PULL, ' in <time> (<time> including waiting)')
    .replace(SLICE, '$1-xxxxx')
    .replace(EVENT, '.<time>')
    .replace(SUFFIX, '$1-xxxxx')
    .replace(LONG_AGE, '<a>')
    .replace(SHORT_AGE, '<a>')
    .replace(SERVER, '<server>');
}
