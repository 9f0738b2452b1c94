/** Validation of ConfigMaps and Secrets. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { ConfigMap, Secret } from '../../api/generated/types.ts';
import { equal, jsonKind } from '../../api/json.ts';
import { forbidden, invalid, Path, required, tooLong, WHOLE, type FieldError } from './field.ts';
import { configMapKeyErrors } from './formats.ts';
import { checkImmutable } from './metadata.ts';

/** Bytes of a Secret's or ConfigMap's values together. */
const MAX_SIZE = 1024 * 1024;
const DATA = Path.of('data');
const BINARY_DATA = Path.of('binaryData');
const IMMUTABLE_WHEN_SET = 'field is immutable when `immutable` is set';

/** Bytes that base64 text stands for. */
const decodedSize = (base64: string): number => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);

export function validateConfigMap(configMap: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(configMap.data ?? {})) {
    for (const text of configMapKeyErrors(key)) errors.push(invalid(DATA.key(key), key, text));
    if (configMap.binaryData && Object.hasOwn(configMap.binaryData, key)) errors.push(invalid(DATA.key(key), key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(configMap.binaryData ?? {})) {
    for (const text of configMapKeyErrors(key)) errors.push(invalid(BINARY_DATA.key(key), key, text));
    size += decodedSize(value);
  }
  if (size > MAX_SIZE) errors.push(tooLong(WHOLE, MAX_SIZE));
  return errors;
}

/** An immutable object stays immutable, and so do its parts. */
function checkFrozen<T extends { readonly immutable?: boolean }>(now: T, old: T, parts: readonly (keyof T & string)[], errors: FieldError[]): void {
  if (!old.immutable) return;
  if (!now.immutable) errors.push(forbidden('immutable', IMMUTABLE_WHEN_SET));
  for (const part of parts) if (!equal(now[part], old[part])) errors.push(forbidden(part, IMMUTABLE_WHEN_SET));
}

export function validateConfigMapUpdate(configMap: ConfigMap, old: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  checkFrozen(configMap, old, ['data', 'binaryData'], errors);
  return [...errors, ...validateConfigMap(configMap)];
}

/** Go's text for what JSON.parse refuses (encoding/json), as far as users of docker-registry secrets meet it. */
function jsonError(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  if (text.trim() === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && !Array.isArray(value)) return undefined;
    return `json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`;
  } catch {
    const first = text.trimStart().charAt(0);
    return '{["-0123456789tfn'.includes(first) ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`;
  }
}

export function validateSecret(secret: Secret): FieldError[] {
  const errors: FieldError[] = [];
  const data = secret.data ?? {};
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    for (const text of configMapKeyErrors(key)) errors.push(invalid(DATA.key(key), key, text));
    size += decodedSize(value);
  }
  if (size > MAX_SIZE) errors.push(tooLong(DATA, MAX_SIZE));
  const need = (...keys: string[]): void => {
    for (const key of keys) if (data[key] === undefined) errors.push(required(DATA.key(key)));
  };
  const needJson = (key: string): void => {
    need(key);
    const value = data[key];
    const error = value === undefined ? undefined : jsonError(value);
    if (error !== undefined) errors.push(invalid(DATA.key(key), '<secret contents redacted>', error));
  };
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata?.annotations?.['kubernetes.io/service-account.name']) errors.push(required(Path.of('metadata', 'annotations').key('kubernetes.io/service-account.name')));
      break;
    case 'kubernetes.io/dockercfg':
      needJson('.dockercfg');
      break;
    case 'kubernetes.io/dockerconfigjson':
      needJson('.dockerconfigjson');
      break;
    case 'kubernetes.io/basic-auth':
      if (data.username === undefined && data.password === undefined) need('username', 'password');
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.push(required(DATA.key('ssh-privatekey')));
      break;
    case 'kubernetes.io/tls':
      need('tls.crt', 'tls.key');
      break;
    case undefined:
    default:
      // Opaque, and types of the users' own.
      break;
  }
  return errors;
}

export function validateSecretUpdate(secret: Secret, old: Secret): FieldError[] {
  const errors: FieldError[] = [];
  checkImmutable(secret.type, old.type, Path.of('type'), errors);
  checkFrozen(secret, old, ['data'], errors);
  return [...errors, ...validateSecret(secret)];
}
