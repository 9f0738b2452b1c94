/** Which policy a namespace's labels ask for. Follows pod-security-admission api/helpers.go. */
import { invalid, Path, type FieldError } from '../../validation/field.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface LevelVersion {
  readonly level: Level;
  /** The minor version; Infinity for "latest". */
  readonly minor: number;
}

export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

type Labels = Readonly<Record<string, string>> | undefined;

const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted'];
const PREFIX = 'pod-security.kubernetes.io/';
const PRIVILEGED: LevelVersion = { level: 'privileged', minor: Infinity };

/** "restricted:latest", "baseline:v1.25" */
export const formatPolicy = ({ level, minor }: LevelVersion): string => `${level}:${minor === Infinity ? 'latest' : `v1.${minor}`}`;
export const samePolicy = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.minor === b.minor;
/** Less than 0 where the first is less strict. */
export const compareLevels = (a: Level, b: Level): number => LEVELS.indexOf(a) - LEVELS.indexOf(b);

/** The policy, which is there even where labels are faulty. */
export function policyOf(labels: Labels): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const fault = (label: string, value: string, text: string): undefined => void errors.push(invalid(Path.of('metadata', 'labels').key(label), value, text));
  const mode = (name: string): { level: Level | 'faulty' | undefined; minor: number | undefined } => {
    const level = labels?.[PREFIX + name];
    const version = labels?.[`${PREFIX + name}-version`];
    if (level !== undefined && !LEVELS.includes(level)) fault(PREFIX + name, level, `must be one of ${LEVELS.join(', ')}`);
    const minor = version === undefined ? undefined : minorOf(version);
    if (version !== undefined && minor === undefined) fault(`${PREFIX + name}-version`, version, 'must be "latest" or "v1.x"');
    return { level: level === undefined ? undefined : LEVELS.includes(level) ? (level as Level) : 'faulty', minor: minor ?? (version === undefined ? undefined : Infinity) };
  };
  const [enforce, audit, warn] = [mode('enforce'), mode('audit'), mode('warn')];
  const enforced: LevelVersion = { level: enforce.level === 'faulty' ? 'restricted' : (enforce.level ?? 'privileged'), minor: enforce.minor ?? Infinity };
  // Whoever enforces is warned about the same, if nothing else is said.
  const follows = warn.level === undefined && enforce.level !== undefined && enforce.level !== 'faulty' && compareLevels(enforce.level, 'privileged') > 0;
  const open = (level: Level | 'faulty' | undefined): Level => (level === undefined || level === 'faulty' ? 'privileged' : level);
  return {
    policy: {
      enforce: enforced,
      audit: { level: open(audit.level), minor: audit.minor ?? Infinity },
      warn: follows ? { level: enforced.level, minor: warn.minor ?? enforced.minor } : { level: open(warn.level), minor: warn.minor ?? Infinity },
    },
    errors,
  };
}

export const isPrivileged = ({ enforce, audit, warn }: Policy): boolean => [enforce, audit, warn].every(({ level }) => level === PRIVILEGED.level);

function minorOf(version: string): number | undefined {
  if (version === 'latest') return Infinity;
  const match = /^v1\.(\d|[1-9]\d*)$/.exec(version);
  return match ? Number(match[1]) : undefined;
}
