/** What the writers of the crash tests and those who check on them agree about. */

/** An acknowledged transaction. A change is [key, value, lease] or, for a deletion, [key]. */
export interface Told {
  readonly revision: number;
  readonly writer: number;
  readonly changes: readonly (readonly [key: string, value: string, lease: string] | readonly [key: string])[];
}

export const ACCOUNTS = 6;
export const START_BALANCE = 1000;
export const accountKey = (account: number): string => `/registry/accounts/a${account}`;
